#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "runtime/base/result.h"

namespace millrace {

/// The bytes of one file, decompressed when its name ends in .gz or .zst. One thread.
class FileBytes {
 public:
  virtual ~FileBytes() = default;
  /// Fills from the front; 0 at the end.
  virtual Result<size_t> read(std::span<char> buffer) = 0;
  /// Passes over the first bytes of a file that has just been opened; fails when there are not as many.
  virtual Status skip(int64_t bytes);
  /// See mark_before in file_identity.h, and check_mark; of a compressed file nothing is known.
  virtual uint32_t mark(int64_t) const { return 0; }
  virtual Status check(int64_t, uint32_t) const { return {}; }
  /// Of a file that has just been opened: goes on at a place that has this mark, or fails.
  Status go_on_at(int64_t place, uint32_t mark);
  /// By which ranges of a plain file can be read side by side, and which `skip` moves to any place; -1: it is no plain file.
  virtual int seekable_fd() const { return -1; }
};

/// Opens a file for reading; says which file and why when that does not work.
Result<std::unique_ptr<FileBytes>> open_file_bytes(const std::string& path);

}  // namespace millrace
