#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "runtime/abi/state_spec.h"
#include "runtime/abi/stream_join.h"
#include "runtime/state/stream_join_segment.h"

namespace millrace {

class SnapshotReader;
class SnapshotWriter;

/// One side of a join of two streams: each arriving row probes the other side's table and is put into its own [Wilschut and Apers,
/// "Dataflow query execution in a parallel main-memory environment", PDIS 1991]. Rows hang in chains by hash and lie in segments by
/// the time at which they expire: a segment is forgotten as a whole, and its memory used again. Only a side whose unmatched rows are
/// shown takes them out one by one at their exact end, so that what a batch shows does not depend on the segments.
///
/// In each batch: any number of insertions and probes, `expire` at most once, then `end_batch`. One thread; owned by a query's states.
class StreamJoinTable : public abi::StreamJoinTable {
 public:
  explicit StreamJoinTable(const abi::StreamJoinSpec& spec);

  abi::StreamJoinRow* insert(uint64_t hash, int64_t expires_us, bool linked, bool matched) noexcept;
  void unlink(abi::StreamJoinRow* row) noexcept;
  abi::Arena& strings() { return current_->strings(); }

  void expire(int64_t watermark_us) noexcept;
  const std::vector<abi::StreamJoinRow*>& expired_unmatched() const { return expired_unmatched_; }
  /// Forgets what the watermark has reached and gives memory back.
  void end_batch(int64_t watermark_us) noexcept;

  /// At any time but between `expire` and `end_batch`.
  void snapshot(SnapshotWriter& writer) const;
  /// Into a new table; a snapshot that does not fit fails the reader.
  void restore(SnapshotReader& reader);

  bool shows_unmatched() const { return spec_.shows_unmatched; }
  int64_t row_count() const { return row_count_; }
  int64_t memory_bytes() const;
  /// The most rows that were kept at the end of a batch, and about what they took.
  int64_t most_rows() const { return most_rows_; }
  int64_t most_bytes() const { return most_bytes_; }

 private:
  using Segments = std::map<int64_t, std::unique_ptr<StreamJoinSegment>>;

  StreamJoinSegment* segment_of(int64_t expires_us);
  StreamJoinSegment* make_segment(int64_t index);
  void link(abi::StreamJoinRow* row) noexcept;
  void grow() noexcept;
  void forget_rows(StreamJoinSegment& segment, int64_t watermark_us) noexcept;
  void note_most();
  void retire(Segments::iterator segment);

  abi::StreamJoinSpec spec_;
  std::vector<abi::StreamJoinChain> chain_heads_;
  uint64_t linked_count_ = 0;
  int64_t row_count_ = 0;
  int64_t most_rows_ = 0;
  int64_t most_bytes_ = 0;
  int64_t rows_when_measured_ = 0;
  int64_t next_sequence_ = 0;

  Segments segments_;                           ///< by the time of their end
  StreamJoinSegment* current_ = nullptr;        ///< of the last insertion
  std::array<StreamJoinSegment*, 64> cache_{};  ///< by the low bits of the index
  std::vector<std::unique_ptr<StreamJoinSegment>> retired_;  ///< all rows expired; read until the batch ends
  std::vector<std::unique_ptr<StreamJoinSegment>> spare_;

  bool has_expired_ = false;  ///< in this batch
  std::vector<abi::StreamJoinRow*> expired_unmatched_;
};

}  // namespace millrace
