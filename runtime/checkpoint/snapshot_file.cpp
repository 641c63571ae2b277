#include "runtime/checkpoint/snapshot_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "runtime/base/write_all.h"
#include "runtime/base/crc32c.h"

namespace millrace {

namespace {

constexpr char kMagic[8] = {'M', 'I', 'L', 'L', 'R', 'A', 'C', 'E'};
constexpr uint32_t kVersion = 1;
constexpr uint32_t kEndOfBlocks = 0xFFFFFFFF;  ///< in place of a block's size
constexpr size_t kLargestBlock = size_t{1} << 30;

struct FileHeader {
  char magic[8];
  uint32_t version;
  uint32_t checksum;  ///< of what stands before it
};

struct BlockHeader {
  uint32_t size;      ///< of the payload, which follows
  uint32_t checksum;  ///< of the block's number, its size and the payload
};

struct FileEnd {
  uint64_t blocks;
  uint64_t payload_bytes;
};

uint32_t checksum_of(uint64_t number, uint32_t size_word, std::string_view payload) {
  uint32_t crc = crc32c(0, &number, sizeof number);
  crc = crc32c(crc, &size_word, sizeof size_word);
  return crc32c(crc, payload.data(), payload.size());
}

uint32_t checksum_of(const FileHeader& header) { return crc32c(0, &header, offsetof(FileHeader, checksum)); }

std::string unfinished(const std::string& path) { return path + ".tmp"; }

}  // namespace

Status make_names_lasting(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return system_error(("cannot open the folder '" + folder + "'").c_str());
  // Not every file system knows it for folders.
  Status outcome = ::fsync(fd) == 0 || errno == EINVAL ? Status{} : system_error(("cannot write to the folder '" + folder + "'").c_str());
  ::close(fd);
  return outcome;
}

SnapshotFileWriter::~SnapshotFileWriter() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(unfinished(path_).c_str());
}

Status SnapshotFileWriter::failed() const { return system_error(("cannot write '" + path_ + "'").c_str()); }

Status SnapshotFileWriter::write(const void* bytes, size_t size) {
  return write_all(fd_, static_cast<const char*>(bytes), size) == WriteOutcome::Done ? Status{} : failed();
}

Status SnapshotFileWriter::open(std::string path) {
  path_ = std::move(path);
  fd_ = ::open(unfinished(path_).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd_ < 0) return failed();
  FileHeader header{{}, kVersion, 0};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.checksum = checksum_of(header);
  return write(&header, sizeof header);
}

Status SnapshotFileWriter::add(std::string_view payload, uint32_t size_word) {
  const BlockHeader header{size_word, checksum_of(blocks_, size_word, payload)};
  Status written = write(&header, sizeof header);
  return written.ok() ? write(payload.data(), payload.size()) : written;
}

Status SnapshotFileWriter::add_block(std::string_view payload) {
  Status added = add(payload, static_cast<uint32_t>(payload.size()));
  ++blocks_;
  payload_bytes_ += payload.size();
  return added;
}

Status SnapshotFileWriter::commit() {
  const FileEnd end{blocks_, payload_bytes_};
  Status written = add({reinterpret_cast<const char*>(&end), sizeof end}, kEndOfBlocks);
  if (!written.ok()) return written;
  if (::fsync(fd_) != 0) return failed();
  if (::close(std::exchange(fd_, -1)) != 0) return failed();
  if (::rename(unfinished(path_).c_str(), path_.c_str()) != 0) return failed();
  return make_names_lasting(std::filesystem::path(path_).parent_path().string());
}

Result<std::unique_ptr<SnapshotFile>> SnapshotFile::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (fd < 0 || ::fstat(fd, &info) != 0) {
    Status failed = system_error(("cannot read '" + path + "'").c_str());
    if (fd >= 0) ::close(fd);
    return failed;
  }
  const auto size = static_cast<size_t>(info.st_size);
  void* mapped = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  Status mapping = mapped == MAP_FAILED ? system_error(("cannot read '" + path + "'").c_str()) : Status{};
  ::close(fd);
  if (!mapping.ok()) return mapping;
  std::unique_ptr<SnapshotFile> file(new SnapshotFile({static_cast<const char*>(mapped), size}, path));
  file->is_mapped_ = mapped != nullptr;
  Status checked = file->check();
  if (!checked.ok()) return checked;
  return file;
}

Result<std::unique_ptr<SnapshotFile>> SnapshotFile::of_bytes(std::string_view bytes, std::string name) {
  std::unique_ptr<SnapshotFile> file(new SnapshotFile(bytes, std::move(name)));
  Status checked = file->check();
  if (!checked.ok()) return checked;
  return file;
}

SnapshotFile::~SnapshotFile() {
  if (is_mapped_) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

Status SnapshotFile::damaged(const std::string& how) const { return Status::error("'" + name_ + "' is damaged: " + how); }

Status SnapshotFile::check() {
  FileHeader header{};
  if (bytes_.size() < sizeof header) return damaged("it is too short");
  std::memcpy(&header, bytes_.data(), sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return Status::error("'" + name_ + "' is no checkpoint of Millrace");
  if (header.checksum != checksum_of(header)) return damaged("its header is not what was written");
  if (header.version != kVersion) {
    return Status::error("'" + name_ + "' has version " + std::to_string(header.version) + " of the format; this program reads version " +
                         std::to_string(kVersion));
  }
  size_t at = sizeof header;
  for (uint64_t number = 0;; ++number) {
    BlockHeader block{};
    if (bytes_.size() - at < sizeof block) return damaged("it ends too early");
    std::memcpy(&block, bytes_.data() + at, sizeof block);
    at += sizeof block;
    const bool is_end = block.size == kEndOfBlocks;
    const size_t size = is_end ? sizeof(FileEnd) : block.size;
    if (size > kLargestBlock || size > bytes_.size() - at || size == 0) return damaged("block " + std::to_string(number) + " is cut off");
    const std::string_view payload = bytes_.substr(at, size);
    if (block.checksum != checksum_of(number, block.size, payload)) return damaged("block " + std::to_string(number) + " is not what was written");
    at += size;
    if (!is_end) {
      payload_bytes_ += size;
      continue;
    }
    FileEnd end{};
    std::memcpy(&end, payload.data(), sizeof end);
    const bool agrees = end.blocks == number && end.payload_bytes == payload_bytes_ && at == bytes_.size();
    return agrees ? Status{} : damaged("its end does not belong to it");
  }
}

SnapshotReader SnapshotFile::reader() const {
  size_t at = sizeof(FileHeader);
  return SnapshotReader(
      [this, at]() mutable -> Result<std::string_view> {
        BlockHeader block{};
        std::memcpy(&block, bytes_.data() + at, sizeof block);
        if (block.size == kEndOfBlocks) return std::string_view();
        const std::string_view payload = bytes_.substr(at + sizeof block, block.size);
        at += sizeof block + block.size;
        return payload;
      },
      payload_bytes_);
}

}  // namespace millrace
