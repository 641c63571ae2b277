#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/snapshot_reader.h"
#include "runtime/checkpoint/mapped_file.h"
#include "runtime/checkpoint/snapshot_index.h"

namespace millrace {

/// A snapshot as its file, and those before it that have some of its blocks, have it. Opening it reads all of it once and compares every checksum, so that a damaged
/// one is known before anything is taken from it. One thread.
class SnapshotFile {
 public:
  /// That of `number`.
  static Result<std::unique_ptr<SnapshotFile>> open(const PathOfNumber& path_of, int64_t number);
  /// One whose blocks all lie in its own file, which is in memory and outlives it; `name` is for messages.
  static Result<std::unique_ptr<SnapshotFile>> of_bytes(std::string_view bytes, std::string name);

  /// From the front; the file outlives it.
  SnapshotReader reader() const;

 private:
  SnapshotFile() = default;
  Status take_block(const BlockPlace& place, std::string_view file, const std::string& name);

  std::map<uint32_t, std::unique_ptr<MappedFile>> files_;  ///< by how many numbers they go back
  std::vector<std::string_view> blocks_;
  uint64_t payload_bytes_ = 0;
};

}  // namespace millrace
