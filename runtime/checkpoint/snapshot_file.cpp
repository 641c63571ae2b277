#include "runtime/checkpoint/snapshot_file.h"

#include <utility>

#include "runtime/base/crc32c.h"

namespace millrace {

Status SnapshotFile::take_block(const BlockPlace& place, std::string_view file, const std::string& name) {
  const auto damaged = [&](const char* how) {
    return Status::error("'" + name + "' is damaged: block " + std::to_string(blocks_.size()) + how);
  };
  if (place.size == 0 || place.offset > file.size() || place.size > file.size() - place.offset) return damaged(" is cut off");
  const std::string_view block = file.substr(place.offset, place.size);
  if (crc32c(0, block.data(), block.size()) != place.checksum) return damaged(" is not what was written");
  blocks_.push_back(block);
  payload_bytes_ += block.size();
  return {};
}

Result<std::unique_ptr<SnapshotFile>> SnapshotFile::open(const PathOfNumber& path_of, int64_t number) {
  std::unique_ptr<SnapshotFile> snapshot(new SnapshotFile);
  const std::string path = path_of(number);
  auto own = MappedFile::open(path, MappedFile::Read::All);
  if (!own) return own.error();
  const Result<SnapshotIndex> index = SnapshotIndex::of((*own)->bytes(), path);
  if (!index) return index.error();
  snapshot->files_.emplace(0, std::move(own).value());
  for (const BlockPlace& place : index->blocks) {
    const std::string name = place.steps_back == 0 ? path : path_of(number - place.steps_back);
    std::unique_ptr<MappedFile>& file = snapshot->files_[place.steps_back];
    if (file == nullptr) {
      auto opened = MappedFile::open(name, MappedFile::Read::Parts);
      if (!opened) return Status::error("'" + path + "' needs an earlier one: " + opened.error().message());
      file = std::move(opened).value();
    }
    Status taken = snapshot->take_block(place, file->bytes(), name);
    if (!taken.ok()) return taken;
  }
  return snapshot;
}

Result<std::unique_ptr<SnapshotFile>> SnapshotFile::of_bytes(std::string_view bytes, std::string name) {
  const Result<SnapshotIndex> index = SnapshotIndex::of(bytes, name);
  if (!index) return index.error();
  std::unique_ptr<SnapshotFile> snapshot(new SnapshotFile);
  for (const BlockPlace& place : index->blocks) {
    if (place.steps_back != 0) return Status::error("'" + name + "' is not whole without the files before it");
    Status taken = snapshot->take_block(place, bytes, name);
    if (!taken.ok()) return taken;
  }
  return snapshot;
}

SnapshotReader SnapshotFile::reader() const {
  return SnapshotReader(
      [this, next = size_t{0}]() mutable -> Result<std::string_view> { return next < blocks_.size() ? blocks_[next++] : std::string_view(); },
      payload_bytes_);
}

}  // namespace millrace
