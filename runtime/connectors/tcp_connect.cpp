#include "runtime/connectors/tcp_connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "runtime/connectors/tcp_peer.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

namespace {

constexpr int64_t kAttemptNs = 2'000'000'000;
constexpr int64_t kLongestWaitUs = 50'000;
constexpr int kReceiveBufferBytes = 4 << 20;

}  // namespace

ConnectAttempt::ConnectAttempt(const TcpEndpoint& endpoint) : endpoint_(endpoint) {
  auto found = resolve(endpoint, false);
  if (!found) {
    unknown_ = found.error();
    return;
  }
  addresses_ = std::move(found).value();
  next_ = addresses_.get();
  try_next();
}

ConnectAttempt::~ConnectAttempt() {
  if (fd_ >= 0) ::close(fd_);
}

/// Begins with the next address that can be begun with.
void ConnectAttempt::try_next() {
  while (fd_ < 0 && next_ != nullptr) {
    const addrinfo* at = next_;
    next_ = at->ai_next;
    fd_ = ::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) continue;
    // Before the connection is made, as the window is agreed upon then.
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes, sizeof kReceiveBufferBytes);
    give_up_ns_ = steady_clock_ns() + kAttemptNs;
    connected_ = ::connect(fd_, at->ai_addr, at->ai_addrlen) == 0;
    if (!connected_ && errno != EINPROGRESS) give_up(errno);
  }
}

void ConnectAttempt::give_up(int error) {
  error_ = error;
  ::close(std::exchange(fd_, -1));
}

ConnectAttempt::State ConnectAttempt::advance(int64_t timeout_us) {
  while (fd_ >= 0 && !connected_) {
    pollfd ready{fd_, POLLOUT, 0};
    const int count = ::poll(&ready, 1, static_cast<int>((timeout_us + 999) / 1000));
    if (count <= 0) {  // a signal says nothing of the connection
      if (steady_clock_ns() < give_up_ns_) return State::UnderWay;
      give_up(ETIMEDOUT);
    } else {
      int outcome = 0;
      socklen_t size = sizeof outcome;
      ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &outcome, &size);
      connected_ = outcome == 0;
      if (!connected_) give_up(outcome);
    }
    try_next();
    timeout_us = 0;
  }
  return connected_ ? State::Connected : State::Failed;
}

int ConnectAttempt::take_fd() {
  int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  notice_vanished_peer(fd_, endpoint_.peer_timeout_us);
  return std::exchange(fd_, -1);
}

Status ConnectAttempt::why() const {
  if (!unknown_.ok()) return unknown_;
  return Status::error("cannot connect to " + endpoint_.text() + ": " + std::strerror(error_));
}

Result<int> connect_once(const TcpEndpoint& endpoint, int64_t timeout_us, const ConnectorContext& context) {
  int64_t deadline = steady_clock_ns() + timeout_us * 1000;
  ConnectAttempt attempt(endpoint);
  for (;;) {
    int64_t left_us = std::max<int64_t>((deadline - steady_clock_ns()) / 1000, 1000);
    ConnectAttempt::State state = attempt.advance(std::min(left_us, kLongestWaitUs));
    if (state == ConnectAttempt::State::Connected) return attempt.take_fd();
    if (state == ConnectAttempt::State::Failed) return attempt.why();
    bool is_late = steady_clock_ns() >= deadline;
    if (is_late || context.stopping()) {
      return Status::error("cannot connect to " + endpoint.text() + ": " + std::strerror(is_late ? ETIMEDOUT : EINTR));
    }
  }
}

Result<int> connect_within(const TcpEndpoint& endpoint, int64_t timeout_us, const ConnectorContext& context) {
  int64_t deadline = steady_clock_ns() + timeout_us * 1000;
  bool waited = false;
  for (;;) {
    int64_t left_us = std::max<int64_t>((deadline - steady_clock_ns()) / 1000, 0);
    auto outcome = connect_once(endpoint, left_us, context);
    if (outcome || context.stopping() || left_us == 0) return outcome;
    if (!waited && context.notice) context.notice("waiting for " + endpoint.text());
    waited = true;
    sleep_us(context, std::min(kFirstRetryPauseUs, left_us));
  }
}

}  // namespace millrace
