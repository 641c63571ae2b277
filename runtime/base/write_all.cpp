#include "runtime/base/write_all.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace millrace {

WriteOutcome write_all(int fd, const char* bytes, size_t size) noexcept {
  while (size > 0) {
    ssize_t written = ::write(fd, bytes, size);
    if (written >= 0) {
      bytes += written;
      size -= static_cast<size_t>(written);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EPIPE || errno == ECONNRESET) return WriteOutcome::ReaderGone;
    if (errno != EAGAIN) return WriteOutcome::Failed;
    pollfd ready{fd, POLLOUT, 0};
    ::poll(&ready, 1, -1);
  }
  return WriteOutcome::Done;
}

void ignore_broken_pipes() noexcept { std::signal(SIGPIPE, SIG_IGN); }

Status system_error(const char* what) { return Status::error(std::string(what) + ": " + std::strerror(errno)); }

}  // namespace millrace
