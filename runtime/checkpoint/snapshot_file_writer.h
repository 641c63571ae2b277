#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/base/status.h"
#include "runtime/checkpoint/snapshot_index.h"

namespace millrace {

/// Writes a snapshot to a file that nobody sees before it is whole: under a name with `.tmp` behind it, put on the disk, then renamed. The format is
/// described in README.md. One thread: open, perhaps `reuse`, any number of blocks, commit; without commit nothing remains.
class SnapshotFileWriter {
 public:
  SnapshotFileWriter() = default;
  ~SnapshotFileWriter();
  SnapshotFileWriter(const SnapshotFileWriter&) = delete;
  SnapshotFileWriter& operator=(const SnapshotFileWriter&) = delete;

  Status open(std::string path);
  /// Blocks that are those of an earlier checkpoint are not written again, but referred to; unless little else of their file is needed any more, or it is old.
  /// `number`: of the one that is written. Without a readable earlier one everything is written.
  void reuse(const PathOfNumber& path_of, int64_t number, int64_t earlier);
  /// Fewer than 2^32 bytes, and not none.
  Status add_block(std::string_view payload);
  Status commit();

  int64_t payload_bytes() const { return static_cast<int64_t>(index_.payload_bytes); }
  /// In this file.
  int64_t bytes_written() const { return static_cast<int64_t>(offset_); }

 private:
  Status write(const void* bytes, size_t size);
  Status failed() const;

  std::string path_;
  int fd_ = -1;
  uint64_t offset_ = 0;
  SnapshotIndex index_;
  std::unordered_map<uint64_t, BlockPlace> earlier_;  ///< by hash
};

/// The names in a folder are on the disk once this returns.
Status make_names_lasting(const std::string& folder);

}  // namespace millrace
