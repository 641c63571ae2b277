#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/abi/counted_rows.h"
#include "runtime/abi/state_spec.h"
#include "runtime/base/status.h"

namespace millrace {

class SnapshotReader;
class SnapshotWriter;

/// The rows of one side of a join whose sides change: a multiset, as weights say [Gupta, Mumick and Subrahmanian, "Maintaining views incrementally",
/// SIGMOD 1993]. A row that has gone as often as it has come leaves, and its memory with it. Chains by join keys, in order of arrival, serve
/// the other side's rows; where rows may go, a second index by all values finds the one that goes.
///
/// Used by the query's thread.
class CountedRows : public abi::CountedRows {
 public:
  explicit CountedRows(const abi::CountedRowsSpec& spec);
  ~CountedRows();
  CountedRows(const CountedRows&) = delete;
  CountedRows& operator=(const CountedRows&) = delete;

  void add(uint64_t hash, int64_t weight, int64_t matches) noexcept;
  void suspect(abi::CountedRow* row) noexcept { suspects_.push_back(row); }

  /// At a batch's end: fails when there are too many rows, or one has more matches than it may.
  Status limit() const;
  void end_batch() noexcept { suspects_.clear(); }

  void snapshot(SnapshotWriter& writer) const;
  /// Into a new one; a snapshot that does not fit fails the reader.
  void restore(SnapshotReader& reader);

  int64_t row_count() const { return static_cast<int64_t>(row_count_); }
  int64_t memory_bytes() const;

 private:
  abi::CountedRow* find(uint64_t row_hash) noexcept;
  abi::CountedRow* keep_staged() noexcept;
  void link(abi::CountedRow* row) noexcept;
  void remove(abi::CountedRow* row) noexcept;
  void grow() noexcept;

  const abi::CountedRowsSpec spec_;
  std::vector<abi::CountedChain> chain_heads_;
  std::vector<abi::CountedRow*> by_value_;   ///< chains through `alike`, as many as by hash; empty if rows only come
  std::vector<char> staging_;
  std::vector<abi::CountedRow*> suspects_;   ///< rows that had more than one match
  size_t row_count_ = 0;
  int64_t row_bytes_ = 0;
  int64_t next_number_ = 0;
};

}  // namespace millrace
