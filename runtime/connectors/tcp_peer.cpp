#include "runtime/connectors/tcp_peer.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>

namespace millrace {

namespace {

constexpr int kQuestions = 3;        ///< without an answer
constexpr int kAnswersMissing = 2;   ///< below that it may just be on its way

}  // namespace

void notice_vanished_peer(int fd, int64_t timeout_us) {
  const auto seconds = static_cast<int>(std::clamp<int64_t>(timeout_us / 1'000'000, 1, 60'000));
  const int on = 1;
  const int silence = std::max(seconds / 2, 1);
  const int pause = std::max((seconds - silence) / kQuestions, 1);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &silence, sizeof silence);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &pause, sizeof pause);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kQuestions, sizeof kQuestions);
}

void drop_stalled_peer(int fd, int64_t timeout_us) {
  const auto ms = static_cast<unsigned>(std::clamp<int64_t>(timeout_us / 1000, 1, INT32_MAX));
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

bool peer_has_vanished(int fd, int64_t timeout_us) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
  return int64_t{info.tcpi_last_ack_recv} * 1000 >= timeout_us && std::max(info.tcpi_retransmits, info.tcpi_probes) >= kAnswersMissing;
}

bool is_broken(int fd) {
  pollfd state{fd, 0, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLERR | POLLHUP)) != 0;
}

int broken_by(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

int64_t unconfirmed_bytes(int fd) {
  int bytes = 0;
  return ::ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : -1;
}

}  // namespace millrace
