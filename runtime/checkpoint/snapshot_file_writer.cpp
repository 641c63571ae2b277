#include "runtime/checkpoint/snapshot_file_writer.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/crc32c.h"
#include "runtime/base/write_all.h"

namespace millrace {

namespace {

/// Smaller blocks are written anew: it is not for them that a file is kept.
constexpr size_t kLeastReused = size_t{64} << 10;
/// How far back a block may lie. So what a checkpoint needs is at most so many files, and every byte is written again from time to time.
constexpr uint32_t kMostStepsBack = 15;

std::string unfinished(const std::string& path) { return path + ".tmp"; }

uint64_t new_seed() {
  uint64_t seed = 0;
  if (::getrandom(&seed, sizeof seed, 0) != sizeof seed) seed = static_cast<uint64_t>(steady_clock_ns());
  return seed;
}

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
  if (write_all(fd_, static_cast<const char*>(bytes), size) != WriteOutcome::Done) return failed();
  offset_ += size;
  return {};
}

Status SnapshotFileWriter::open(std::string path) {
  path_ = std::move(path);
  fd_ = ::open(unfinished(path_).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd_ < 0) return failed();
  index_.seed = new_seed();
  const SnapshotHeader header = snapshot_header();
  return write(&header, sizeof header);
}

void SnapshotFileWriter::reuse(const PathOfNumber& path_of, int64_t number, int64_t earlier) {
  if (earlier < 0 || number - earlier > kMostStepsBack) return;
  const Result<SnapshotIndex> index = SnapshotIndex::read(path_of(earlier));
  if (!index) return;
  index_.seed = index->seed;
  const auto steps = static_cast<uint32_t>(number - earlier);
  std::map<uint32_t, uint64_t> needed;  // bytes of each file, by how far back it lies
  for (const BlockPlace& block : index->blocks) needed[block.steps_back + steps] += block.size;
  std::erase_if(needed, [&](const auto& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path_of(number - file.first), error);
    return error || file.first > kMostStepsBack || file.second * 2 < size;
  });
  for (BlockPlace block : index->blocks) {
    block.steps_back += steps;
    if (block.hash != 0 && needed.contains(block.steps_back)) earlier_.emplace(block.hash, block);
  }
}

Status SnapshotFileWriter::add_block(std::string_view payload) {
  BlockPlace place{offset_, static_cast<uint32_t>(payload.size()), crc32c(0, payload.data(), payload.size()), 0, 0, 0};
  if (payload.size() >= kLeastReused) place.hash = block_hash(index_.seed, payload);
  const auto found = place.hash == 0 ? earlier_.end() : earlier_.find(place.hash);
  const bool is_there = found != earlier_.end() && found->second.size == place.size && found->second.checksum == place.checksum;
  index_.blocks.push_back(is_there ? found->second : place);
  index_.payload_bytes += payload.size();
  return is_there ? Status{} : write(payload.data(), payload.size());
}

Status SnapshotFileWriter::commit() {
  const size_t index_bytes = index_.blocks.size() * sizeof(BlockPlace);
  SnapshotEnd end{offset_, index_.blocks.size(), index_.payload_bytes, index_.seed, crc32c(0, index_.blocks.data(), index_bytes), 0};
  end.checksum = checksum_of(end);
  Status written = write(index_.blocks.data(), index_bytes);
  if (written.ok()) written = write(&end, sizeof end);
  if (!written.ok()) return written;
  if (::fsync(fd_) != 0) return failed();
  if (::close(std::exchange(fd_, -1)) != 0) return failed();
  if (::rename(unfinished(path_).c_str(), path_.c_str()) != 0) return failed();
  return make_names_lasting(std::filesystem::path(path_).parent_path().string());
}

}  // namespace millrace
