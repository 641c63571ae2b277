#include "runtime/base/write_all.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace millrace {

WriteOutcome write_all(int fd, const char* bytes, size_t size) noexcept {
  size_t written = 0;
  return write_rest(fd, bytes, size, &written);
}

WriteOutcome write_rest(int fd, const char* bytes, size_t size, size_t* written) noexcept {
  while (*written < size) {
    ssize_t count = ::write(fd, bytes + *written, size - *written);
    if (count >= 0) {
      *written += static_cast<size_t>(count);
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

bool put_on_disk(int fd) noexcept {
  int outcome = 0;
  do outcome = ::fsync(fd);
  while (outcome != 0 && errno == EINTR);
  return outcome == 0;
}

void ignore_broken_pipes() noexcept { std::signal(SIGPIPE, SIG_IGN); }

Status system_error(const char* what) { return Status::error(std::string(what) + ": " + std::strerror(errno)); }

}  // namespace millrace
