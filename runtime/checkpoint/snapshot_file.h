#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/base/snapshot_reader.h"

namespace millrace {

/// Writes a snapshot to a file that nobody sees before it is whole: under a name with `.tmp` behind it, put on the disk, then renamed. The format is
/// described in README.md. One thread: open, any number of blocks, commit; without commit nothing remains.
class SnapshotFileWriter {
 public:
  SnapshotFileWriter() = default;
  ~SnapshotFileWriter();
  SnapshotFileWriter(const SnapshotFileWriter&) = delete;
  SnapshotFileWriter& operator=(const SnapshotFileWriter&) = delete;

  Status open(std::string path);
  /// At most 2^30 bytes, and not none.
  Status add_block(std::string_view payload);
  Status commit();
  int64_t payload_bytes() const { return static_cast<int64_t>(payload_bytes_); }

 private:
  Status write(const void* bytes, size_t size);
  Status add(std::string_view payload, uint32_t size_word);
  Status failed() const;

  std::string path_;
  int fd_ = -1;
  uint64_t blocks_ = 0;
  uint64_t payload_bytes_ = 0;
};

/// A snapshot as a file has it. Opening it reads all of it once and compares every checksum, so that a damaged one is known before anything is taken from it.
/// One thread.
class SnapshotFile {
 public:
  static Result<std::unique_ptr<SnapshotFile>> open(const std::string& path);
  /// The same of bytes in memory, which outlive it; `name` is for messages.
  static Result<std::unique_ptr<SnapshotFile>> of_bytes(std::string_view bytes, std::string name);
  ~SnapshotFile();
  SnapshotFile(const SnapshotFile&) = delete;
  SnapshotFile& operator=(const SnapshotFile&) = delete;

  /// From the front; the file outlives it.
  SnapshotReader reader() const;

 private:
  SnapshotFile(std::string_view bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}
  Status check();
  Status damaged(const std::string& how) const;

  std::string_view bytes_;
  std::string name_;
  bool is_mapped_ = false;
  uint64_t payload_bytes_ = 0;
};

/// The names in a folder are on the disk once this returns.
Status make_names_lasting(const std::string& folder);

}  // namespace millrace
