#include "runtime/state/stream_join_table.h"

#include "runtime/abi/calls/stream_join.h"

namespace millrace {

namespace {

constexpr size_t kFirstChains = 1024;
constexpr size_t kMostSpareSegments = 4;

}  // namespace

StreamJoinTable::StreamJoinTable(const abi::StreamJoinSpec& spec) : abi::StreamJoinTable{nullptr, 0}, spec_(spec) {
  chain_heads_.resize(kFirstChains);
  chains = chain_heads_.data();
  mask = kFirstChains - 1;
}

abi::StreamJoinRow* StreamJoinTable::insert(uint64_t hash, int64_t expires_us, bool linked, bool matched) noexcept {
  StreamJoinSegment* segment = segment_of(expires_us);
  abi::StreamJoinRow* row = segment->take_row();
  row->expires_us = expires_us;
  row->sequence = next_sequence_++;
  row->hash = static_cast<uint32_t>(hash);
  row->matched = matched;
  row->linked = linked;
  if (segment->is_ordered()) segment->add_pending(row);
  ++row_count_;
  if (linked) {
    link(row);
    if (++linked_count_ > mask) grow();
  }
  return row;
}

void StreamJoinTable::link(abi::StreamJoinRow* row) noexcept {
  abi::StreamJoinChain& chain = chains[row->hash & mask];
  row->next = nullptr;
  row->previous = chain.tail;
  (chain.tail != nullptr ? chain.tail->next : chain.head) = row;
  chain.tail = row;
}

void StreamJoinTable::unlink(abi::StreamJoinRow* row) noexcept {
  abi::StreamJoinChain& chain = chains[row->hash & mask];
  (row->previous != nullptr ? row->previous->next : chain.head) = row->next;
  (row->next != nullptr ? row->next->previous : chain.tail) = row->previous;
  row->linked = false;
  --linked_count_;
}

/// Doubles the chains. Rows of a chain go on in two, in their order.
void StreamJoinTable::grow() noexcept {
  // The rows keep the low half of their hash only.
  if (mask >= UINT32_MAX) return;
  std::vector<abi::StreamJoinChain> old(chain_heads_.size() * 2);
  old.swap(chain_heads_);
  chains = chain_heads_.data();
  mask = chain_heads_.size() - 1;
  for (const abi::StreamJoinChain& chain : old) {
    for (abi::StreamJoinRow* row = chain.head; row != nullptr;) {
      abi::StreamJoinRow* next = row->next;
      link(row);
      row = next;
    }
  }
}

StreamJoinSegment* StreamJoinTable::segment_of(int64_t expires_us) {
  int64_t index = expires_us >> spec_.segment_bits;
  if (current_ != nullptr && current_->index() == index) return current_;
  StreamJoinSegment*& cached = cache_[static_cast<uint64_t>(index) % cache_.size()];
  if (cached == nullptr || cached->index() != index) {
    auto found = segments_.find(index);
    cached = found != segments_.end() ? found->second.get() : make_segment(index);
  }
  current_ = cached;
  return cached;
}

StreamJoinSegment* StreamJoinTable::make_segment(int64_t index) {
  std::unique_ptr<StreamJoinSegment> segment;
  if (spare_.empty()) {
    segment = std::make_unique<StreamJoinSegment>(spec_.row_size);
  } else {
    segment = std::move(spare_.back());
    spare_.pop_back();
  }
  segment->reset(index);
  return segments_.emplace(index, std::move(segment)).first->second.get();
}

void StreamJoinTable::expire(int64_t watermark_us) noexcept {
  has_expired_ = true;
  note_most();
  while (!segments_.empty()) {
    auto first = segments_.begin();
    auto lowest = static_cast<int64_t>(static_cast<uint64_t>(first->first) << spec_.segment_bits);
    int64_t highest = lowest + ((int64_t{1} << spec_.segment_bits) - 1);
    bool whole = highest <= watermark_us;
    if (lowest > watermark_us || (!whole && !spec_.shows_unmatched)) return;
    forget_rows(*first->second, watermark_us);
    if (!whole) return;
    retire(first);
  }
}

void StreamJoinTable::forget_rows(StreamJoinSegment& segment, int64_t watermark_us) noexcept {
  auto forget = [this](abi::StreamJoinRow* row) {
    if (row->linked) unlink(row);
    --row_count_;
  };
  if (!spec_.shows_unmatched) {
    segment.for_each_row(forget);
    return;
  }
  segment.take_expired(watermark_us, [&](abi::StreamJoinRow* row) {
    forget(row);
    if (!row->matched) expired_unmatched_.push_back(row);
  });
}

void StreamJoinTable::retire(Segments::iterator segment) {
  StreamJoinSegment* gone = segment->second.get();
  if (current_ == gone) current_ = nullptr;
  StreamJoinSegment*& cached = cache_[static_cast<uint64_t>(gone->index()) % cache_.size()];
  if (cached == gone) cached = nullptr;
  retired_.push_back(std::move(segment->second));
  segments_.erase(segment);
}

/// The bytes are counted anew when the rows have grown by a sixteenth only, so that small batches do not pay for it.
void StreamJoinTable::note_most() {
  if (row_count_ <= most_rows_) return;
  most_rows_ = row_count_;
  if (most_rows_ - rows_when_measured_ <= rows_when_measured_ / 16) return;
  rows_when_measured_ = most_rows_;
  most_bytes_ = memory_bytes();
}

void StreamJoinTable::end_batch(int64_t watermark_us) noexcept {
  if (!has_expired_) expire(watermark_us);
  has_expired_ = false;
  expired_unmatched_.clear();
  for (auto& segment : retired_) {
    if (spare_.size() < kMostSpareSegments) spare_.push_back(std::move(segment));
  }
  retired_.clear();
}

int64_t StreamJoinTable::memory_bytes() const {
  auto bytes = static_cast<int64_t>(chain_heads_.capacity() * sizeof(abi::StreamJoinChain));
  for (const auto& [index, segment] : segments_) bytes += segment->memory_bytes();
  for (const auto& segment : spare_) bytes += segment->memory_bytes();
  return bytes;
}

}  // namespace millrace

namespace millrace::abi {

namespace {

millrace::StreamJoinTable& owner(StreamJoinTable* table) { return *static_cast<millrace::StreamJoinTable*>(table); }

}  // namespace

extern "C" {

StreamJoinRow* mr_stream_join_insert(StreamJoinTable* table, uint64_t hash, int64_t expires_us, bool linked, bool matched) noexcept {
  return owner(table).insert(hash, expires_us, linked, matched);
}

const char* mr_stream_join_keep(StreamJoinTable* table, const char* bytes, int64_t size) noexcept {
  return owner(table).strings().copy(bytes, size);
}

void mr_stream_join_unlink(StreamJoinTable* table, StreamJoinRow* row) noexcept { owner(table).unlink(row); }

int64_t mr_stream_join_expire(PipelineContext* ctx, StreamJoinTable* table) noexcept {
  millrace::StreamJoinTable& state = owner(table);
  state.expire(ctx->next_watermark_us);
  return static_cast<int64_t>(state.expired_unmatched().size());
}

StreamJoinRow* const* mr_stream_join_expired(const StreamJoinTable* table) noexcept {
  return static_cast<const millrace::StreamJoinTable*>(table)->expired_unmatched().data();
}

}  // extern "C"

}  // namespace millrace::abi
