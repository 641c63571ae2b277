#include "runtime/checkpoint/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/write_all.h"

namespace millrace {

Result<std::unique_ptr<MappedFile>> MappedFile::open(const std::string& path, Read read) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // a pipe of the name must not hold up the start
  struct stat info {};
  if (fd < 0 || ::fstat(fd, &info) != 0) {
    Status failed = system_error(("cannot read '" + path + "'").c_str());
    if (fd >= 0) ::close(fd);
    return failed;
  }
  const auto size = static_cast<size_t>(info.st_size);
  const int flags = MAP_PRIVATE | (read == Read::All ? MAP_POPULATE : 0);
  void* mapped = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, flags, fd, 0);
  Status mapping = mapped == MAP_FAILED ? system_error(("cannot read '" + path + "'").c_str()) : Status{};
  ::close(fd);
  if (!mapping.ok()) return mapping;
  return std::unique_ptr<MappedFile>(new MappedFile({static_cast<const char*>(mapped), size}));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace millrace
