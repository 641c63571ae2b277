#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/abi/state_spec.h"
#include "runtime/base/status.h"
#include "runtime/state/arena.h"

namespace millrace {
class SnapshotReader;
class SnapshotWriter;
}  // namespace millrace

namespace millrace::abi {

/// Rows between two pipelines, in order of arrival or, once finished, in the order of its sort keys. Owned by a query's states;
/// one thread. Its memory may be shared with those who keep its rows.
struct TupleBuffer {
 public:
  explicit TupleBuffer(const TupleBufferSpec& spec) : spec_(spec) {}

  char* append() noexcept;
  /// Sorts, stably; strings compare bytewise, NaN is the largest number.
  void finish();
  void clear() noexcept;
  /// Rows that are there for the first batch alone are forgotten.
  void end_batch() noexcept {
    if (spec_.once) clear();
  }

  /// Fails once there are more rows than may be kept.
  Status limit() const;
  void snapshot(SnapshotWriter& writer) const;
  /// In place of the present rows; a snapshot that does not fit fails the reader.
  void restore(SnapshotReader& reader);
  /// The same of one row; it comes behind the present ones. nullptr when the snapshot does not have it.
  void snapshot_row(SnapshotWriter& writer, const char* row) const;
  char* restore_row(SnapshotReader& reader);

  int64_t count() const { return static_cast<int64_t>(rows_.size()); }
  char* const* rows() const { return rows_.data(); }
  int64_t memory_bytes() const { return arena_->reserved_bytes() + static_cast<int64_t>(rows_.capacity() * sizeof(char*)); }
  Arena& arena() { return *arena_; }

  /// Shows rows of somebody else, who keeps `memory`; only for reading, until the next clear().
  void show(std::vector<char*> rows) { rows_ = std::move(rows); }
  /// Gives the rows away; the memory that they lie in must be kept by means of `memory`, and goes on being used.
  std::vector<char*> take_rows() { return std::exchange(rows_, {}); }
  const std::shared_ptr<Arena>& memory() const { return arena_; }
  /// Rows to come lie in new memory.
  void renew_memory() { arena_ = std::make_shared<Arena>(); }

 private:
  TupleBufferSpec spec_;
  std::vector<char*> rows_;
  std::shared_ptr<Arena> arena_ = std::make_shared<Arena>();  // shared with the views that keep its rows
};

}  // namespace millrace::abi
