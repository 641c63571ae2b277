#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/abi/stream_join.h"
#include "runtime/state/arena.h"

namespace millrace {

/// Rows of one side of a join of streams that expire within one stretch of time: their memory is given back as a whole. Rows lie one
/// behind the other in chunks that double from 1 KiB to 4 MiB; their strings lie apart, so that the rows can be walked.
class StreamJoinSegment {
 public:
  explicit StreamJoinSegment(uint32_t row_size) : row_size_(row_size) {}
  ~StreamJoinSegment();
  StreamJoinSegment(const StreamJoinSegment&) = delete;
  StreamJoinSegment& operator=(const StreamJoinSegment&) = delete;

  /// Begins anew for another stretch; keeps its largest chunk.
  void reset(int64_t index) noexcept;
  int64_t index() const { return index_; }

  abi::StreamJoinRow* take_row() noexcept {
    if (chunks_.empty() || chunks_.back().used == chunks_.back().capacity) add_chunk();
    Chunk& chunk = chunks_.back();
    ++count_;
    return reinterpret_cast<abi::StreamJoinRow*>(chunk.begin + chunk.used++ * row_size_);
  }
  abi::Arena& strings() { return strings_; }

  template <class Visit>
  void for_each_row(Visit visit) {
    for (const Chunk& chunk : chunks_) {
      for (size_t i = 0; i < chunk.used; ++i) visit(reinterpret_cast<abi::StreamJoinRow*>(chunk.begin + i * row_size_));
    }
  }

  /// Those that have not been taken by `take_expired`.
  template <class Visit>
  void for_each_kept_row(Visit visit) const {
    for (const Pending& pending : pending_) visit(pending.row);
    for (const Chunk& chunk : chunks_) {
      for (size_t i = 0; i < chunk.used && !is_ordered_; ++i) visit(reinterpret_cast<const abi::StreamJoinRow*>(chunk.begin + i * row_size_));
    }
  }

  /// Whether the rows are taken out in order of their end. From the first `take_expired` on a new row is to be told by `add_pending`.
  bool is_ordered() const { return is_ordered_; }
  void add_pending(abi::StreamJoinRow* row);
  /// The rows not taken yet that have expired, in order of their end, equal ones in order of arrival.
  template <class Visit>
  void take_expired(int64_t watermark_us, Visit visit) {
    if (!is_ordered_) order();
    while (!pending_.empty() && pending_.front().expires_us <= watermark_us) visit(pop_pending());
  }
  /// Rows that are still to be taken.
  int64_t count() const { return count_; }
  int64_t memory_bytes() const { return chunk_bytes_ + strings_.reserved_bytes(); }

 private:
  struct Chunk {
    char* begin;
    size_t used;
    size_t capacity;  ///< in rows
  };
  struct Pending {
    int64_t expires_us;
    abi::StreamJoinRow* row;
  };

  static bool is_later(const Pending& a, const Pending& b);
  void add_chunk() noexcept;
  void free_chunk(const Chunk& chunk) noexcept;
  void order();
  abi::StreamJoinRow* pop_pending();

  uint32_t row_size_;
  int64_t index_ = 0;
  std::vector<Chunk> chunks_;
  int64_t chunk_bytes_ = 0;
  int64_t count_ = 0;
  bool is_ordered_ = false;
  std::vector<Pending> pending_;  ///< a heap, the next to expire in front
  abi::Arena strings_;
};

}  // namespace millrace
