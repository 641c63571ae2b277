#include "runtime/connectors/tcp_connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/connectors/wait_readable.h"

namespace millrace {

namespace {

constexpr int64_t kAttemptUs = 2'000'000;
constexpr int kReceiveBufferBytes = 4 << 20;

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

Result<int> connect_once(const TcpEndpoint& endpoint, int64_t timeout_us, const ConnectorContext& context) {
  auto addresses = resolve(endpoint, false);
  if (!addresses) return addresses.error();
  int why = 0;
  for (const addrinfo* at = addresses->get(); at != nullptr; at = at->ai_next) {
    int fd = ::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) continue;
    // Before the connection is made, as the window is agreed upon then.
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes, sizeof kReceiveBufferBytes);
    why = ::connect(fd, at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
    if (why == EINPROGRESS) why = finish_connect(fd, std::clamp<int64_t>(timeout_us, 1000, kAttemptUs), context);
    if (why == 0) {
      int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return fd;
    }
    ::close(fd);
  }
  return Status::error("cannot connect to " + endpoint.text() + ": " + std::strerror(why));
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
