#include "runtime/connectors/file_identity.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/base/crc32c.h"

namespace millrace {

uint32_t mark_before(int fd, int64_t place) {
  std::array<char, 4096> bytes;
  const auto size = static_cast<size_t>(std::min<int64_t>(place, bytes.size()));
  size_t have = 0;
  while (have < size) {
    const ssize_t got = ::pread(fd, bytes.data() + have, size - have, place - static_cast<int64_t>(size - have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    have += static_cast<size_t>(got);
  }
  return size == 0 ? 0 : std::max(crc32c(0, bytes.data(), size), uint32_t{1});
}

Status check_mark(int fd, int64_t place, uint32_t mark, const std::string& what) {
  if (mark == 0 || mark_before(fd, place) == mark) return {};
  return Status::error(what + " is not the file that was read when the checkpoint was made: what stands before byte " + std::to_string(place) +
                       " is something else. Put that file back, or begin anew with --checkpoint-reset");
}

Status check_not_shorter(int fd, int64_t bytes_read, const std::string& what) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size >= bytes_read) return {};
  return Status::error(what + " became shorter while it was read: " + std::to_string(bytes_read) + " bytes of it had been read, it has " +
                       std::to_string(info.st_size));
}

}  // namespace millrace
