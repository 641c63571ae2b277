#include "runtime/connectors/socket_source.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/base/clock.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

namespace {

constexpr int64_t kRetryPauseUs = 100'000;
constexpr int64_t kLongestPauseUs = 5'000'000;
constexpr int64_t kAttemptUs = 2'000'000;
constexpr int kReceiveBufferBytes = 4 << 20;
// Blocking costs some 25 microseconds of wake-up; a sender that keeps sending is met sooner by looking again.
constexpr int64_t kSpinNs = 30'000;

/// Waits for a connect under way; 0 or the errno that it ended with.
int finish_connect(int fd, int64_t timeout_us, const ConnectorContext& context) {
  int64_t deadline = steady_clock_ns() + timeout_us * 1000;
  for (;;) {
    pollfd ready{fd, POLLOUT, 0};
    if (::poll(&ready, 1, 50) > 0) break;
    if (context.stopping()) return EINTR;
    if (steady_clock_ns() >= deadline) return ETIMEDOUT;
  }
  int outcome = 0;
  socklen_t size = sizeof outcome;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &outcome, &size);
  return outcome;
}

}  // namespace

SocketSource::~SocketSource() { disconnect(); }

void SocketSource::disconnect() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Status SocketSource::open() {
  // A host that does not exist will not come by waiting.
  auto known = resolve(options_.endpoint, false);
  return known ? connect_within(options_.connect_timeout_us) : known.error();
}

Status SocketSource::connect_within(int64_t timeout_us) {
  int64_t deadline = steady_clock_ns() + timeout_us * 1000;
  bool waited = false;
  for (;;) {
    int64_t left_us = std::max<int64_t>((deadline - steady_clock_ns()) / 1000, 0);
    Status outcome = connect_once(left_us);
    if (outcome.ok() || context_.stopping()) return outcome;
    if (left_us == 0) return outcome;
    if (!waited && context_.notice) context_.notice("waiting for " + options_.endpoint.text());
    waited = true;
    sleep_us(context_, std::min(kRetryPauseUs, left_us));
  }
}

Status SocketSource::connect_once(int64_t timeout_us) {
  auto addresses = resolve(options_.endpoint, false);
  if (!addresses) return addresses.error();
  int why = 0;
  for (const addrinfo* at = addresses->get(); at != nullptr; at = at->ai_next) {
    int fd = ::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) continue;
    // Before the connection is made, as the window is agreed upon then.
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes, sizeof kReceiveBufferBytes);
    why = ::connect(fd, at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
    if (why == EINPROGRESS) why = finish_connect(fd, std::clamp<int64_t>(timeout_us, 1000, kAttemptUs), context_);
    if (why == 0) {
      int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      fd_ = fd;
      line_is_open_ = false;
      pause_us_ = kRetryPauseUs;
      return {};
    }
    ::close(fd);
  }
  return Status::error("cannot connect to " + options_.endpoint.text() + ": " + std::strerror(why));
}

ReadResult SocketSource::read(std::span<char> buffer, int64_t timeout_us) {
  return fd_ >= 0 ? receive(buffer, timeout_us) : reconnect_within(timeout_us);
}

ReadResult SocketSource::receive(std::span<char> buffer, int64_t timeout_us) {
  int64_t spin_until = timeout_us == 0 ? 0 : steady_clock_ns() + kSpinNs;
  bool has_waited = false;
  for (;;) {
    ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got > 0) {
      line_is_open_ = buffer[static_cast<size_t>(got) - 1] != '\n';
      return ReadResult::data(static_cast<size_t>(got));
    }
    if (got == 0) return lost(buffer, "the connection was closed");
    if (errno == EINTR) return ReadResult::nothing();
    if (errno != EAGAIN) return lost(buffer, std::strerror(errno));
    if (timeout_us == 0 || has_waited) return ReadResult::nothing();
    if (steady_clock_ns() < spin_until) continue;
    has_waited = true;
    if (!wait_readable(context_, fd_, timeout_us)) return ReadResult::nothing();
  }
}

ReadResult SocketSource::lost(std::span<char> buffer, const std::string& why) {
  if (line_is_open_) {  // a partial last line is a row, and the end is told with the next read
    line_is_open_ = false;
    buffer[0] = '\n';
    return ReadResult::data(1);
  }
  if (!options_.reconnect) return ReadResult::end();
  disconnect();
  if (context_.notice) context_.notice(options_.endpoint.text() + ": " + why + "; connecting again");
  next_attempt_ns_ = steady_clock_ns();
  return ReadResult::nothing();
}

ReadResult SocketSource::reconnect_within(int64_t timeout_us) {
  int64_t until_attempt_us = std::max<int64_t>((next_attempt_ns_ - steady_clock_ns()) / 1000, 0);
  if (timeout_us >= 0 && timeout_us < until_attempt_us) {
    sleep_us(context_, timeout_us);
    return ReadResult::nothing();
  }
  sleep_us(context_, until_attempt_us);
  if (context_.stopping()) return ReadResult::nothing();
  if (connect_once(timeout_us < 0 ? kAttemptUs : timeout_us).ok()) {
    if (context_.notice) context_.notice(options_.endpoint.text() + ": connected again");
    return ReadResult::nothing();
  }
  next_attempt_ns_ = steady_clock_ns() + pause_us_ * 1000;
  pause_us_ = std::min(pause_us_ * 2, kLongestPauseUs);
  return ReadResult::nothing();
}

}  // namespace millrace
