#include "runtime/state/stream_join_segment.h"

#include <algorithm>

#include "runtime/base/state_memory.h"

namespace millrace {

namespace {

constexpr size_t kFirstChunkBytes = size_t{1} << 10;
constexpr size_t kLargestChunkBytes = 2 * kHugePageBytes;

}  // namespace

StreamJoinSegment::~StreamJoinSegment() {
  for (const Chunk& chunk : chunks_) free_chunk(chunk);
}

void StreamJoinSegment::free_chunk(const Chunk& chunk) noexcept { free_state(chunk.begin, chunk.capacity * row_size_); }

void StreamJoinSegment::reset(int64_t index) noexcept {
  index_ = index;
  while (chunks_.size() > 1) {
    std::swap(chunks_[chunks_.size() - 2], chunks_.back());  // the last one is the largest
    free_chunk(chunks_.back());
    chunks_.pop_back();
  }
  if (!chunks_.empty()) {
    chunks_.front().used = 0;
    chunk_bytes_ = static_cast<int64_t>(chunks_.front().capacity * row_size_);
  }
  count_ = 0;
  is_ordered_ = false;
  pending_.clear();
  strings_.reset();
}

void StreamJoinSegment::add_chunk() noexcept {
  size_t last = chunks_.empty() ? kFirstChunkBytes / 2 : chunks_.back().capacity * row_size_;
  size_t bytes = whole_block_bytes(std::max(std::min(last * 2, kLargestChunkBytes), size_t{row_size_}));
  size_t capacity = bytes / row_size_;
  chunks_.push_back({static_cast<char*>(allocate_state(capacity * row_size_)), 0, capacity});
  chunk_bytes_ += static_cast<int64_t>(capacity * row_size_);
}

bool StreamJoinSegment::is_later(const Pending& a, const Pending& b) {
  if (a.expires_us != b.expires_us) return a.expires_us > b.expires_us;
  return a.row->sequence > b.row->sequence;
}

void StreamJoinSegment::add_pending(abi::StreamJoinRow* row) {
  pending_.push_back({row->expires_us, row});
  std::push_heap(pending_.begin(), pending_.end(), is_later);
}

void StreamJoinSegment::order() {
  is_ordered_ = true;
  pending_.reserve(static_cast<size_t>(count_));
  for_each_row([this](abi::StreamJoinRow* row) { pending_.push_back({row->expires_us, row}); });
  std::make_heap(pending_.begin(), pending_.end(), is_later);
}

abi::StreamJoinRow* StreamJoinSegment::pop_pending() {
  std::pop_heap(pending_.begin(), pending_.end(), is_later);
  abi::StreamJoinRow* row = pending_.back().row;
  pending_.pop_back();
  --count_;
  return row;
}

}  // namespace millrace
