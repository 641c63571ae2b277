#include "runtime/connectors/discard_received.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace millrace {

bool discard_received(int fd) {
  std::array<char, 4096> unread;
  ssize_t got = 0;
  do got = ::recv(fd, unread.data(), unread.size(), MSG_DONTWAIT);
  while (got > 0);
  return got < 0 && (errno == EAGAIN || errno == EINTR);
}

}  // namespace millrace
