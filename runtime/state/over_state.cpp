#include "runtime/state/over_state.h"

#include <algorithm>
#include <cstring>

#include "runtime/abi/calls/over.h"
#include "runtime/state/over_partition.h"
#include "runtime/state/tuple_order.h"

namespace millrace::abi {

namespace {

/// Fewer rows than that are not worth a sweep.
constexpr size_t kFewestRowsToForget = 4096;
constexpr uint32_t kSmallestEntry = 8;

}  // namespace

OverState::OverState(const OverSpec& spec, const CompiledCode* code)
    : spec_(spec),
      code_(code),
      forget_at_(spec.rank_max == INT64_MAX ? SIZE_MAX : kFewestRowsToForget),
      memory_({.entry_size = kSmallestEntry, .has_keys = false, .first_entries = 1}, nullptr) {}

char* OverState::append() noexcept {
  if (rows_.size() >= forget_at_) forget_low_ranks();
  char* row = arena_->take(spec_.tuple_size);
  std::memset(row, 0, spec_.tuple_size);
  rows_.push_back(row);
  evaluated_ = false;
  return row;
}

void OverState::clear() noexcept {
  rows_.clear();
  sorted_ = 0;
  evaluated_ = false;
  arena_->reset();
}

/// Rows that were in order already are merged with those that have come since.
void OverState::sort_new_rows() {
  const auto before = [this](const char* a, const char* b) { return compare_tuples(spec_.sort, a, b) < 0; };
  const auto middle = rows_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  std::stable_sort(middle, rows_.end(), before);
  std::inplace_merge(rows_.begin(), middle, rows_.end(), before);
  sorted_ = rows_.size();
}

size_t OverState::end_of_partition(size_t begin) const {
  const std::span<const SortKey> keys(spec_.sort.data(), spec_.partition_keys);
  size_t end = begin + 1;
  while (end < rows_.size() && compare_tuples(keys, rows_[begin], rows_[end]) == 0) ++end;
  return end;
}

/// Keeps of each partition the rows up to rank_max. Amortised: happens when there are twice as many as the last time.
void OverState::forget_low_ranks() {
  sort_new_rows();
  const std::span<const SortKey> order(spec_.sort.data() + spec_.partition_keys, spec_.sort.size() - spec_.partition_keys);
  size_t kept = 0;
  for (size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
    end = end_of_partition(begin);
    int64_t rank = 0;
    for (size_t i = begin; i < end; ++i) {
      const bool peer = i > begin && spec_.ranked_by != OverFunction::RowNumber && compare_tuples(order, rows_[i - 1], rows_[i]) == 0;
      if (!peer) rank = spec_.ranked_by == OverFunction::DenseRank ? rank + 1 : static_cast<int64_t>(i - begin) + 1;
      if (rank > spec_.rank_max) break;
      rows_[kept++] = rows_[i];
    }
  }
  const bool forgot = kept < rows_.size();
  rows_.resize(kept);
  sorted_ = kept;
  forget_at_ = std::max(kFewestRowsToForget, 2 * kept);
  if (forgot) move_rows();
}

/// Into fresh memory, so that what was forgotten takes none.
void OverState::move_rows() {
  auto fresh = std::make_unique<Arena>();
  for (char*& row : rows_) {
    char* moved = fresh->take(spec_.tuple_size);
    std::memcpy(moved, row, spec_.tuple_size);
    for (uint32_t offset : spec_.text_fields) {
      StringRef text;
      std::memcpy(&text, moved + offset, sizeof text);
      text.data = fresh->copy(text.data, text.size);
      std::memcpy(moved + offset, &text, sizeof text);
    }
    row = moved;
  }
  arena_ = std::move(fresh);
}

void OverState::evaluate(PipelineContext& ctx) noexcept {
  if (evaluated_) return;
  if (spec_.rank_max != INT64_MAX) forget_low_ranks();
  else sort_new_rows();
  results_.reset();
  OverPartition partition(spec_, code_, ctx, *this, memory_);
  for (size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
    end = end_of_partition(begin);
    partition.evaluate({rows_.data() + begin, end - begin});
    memory_.arena().reset();
  }
  evaluated_ = true;
}

int64_t OverState::memory_bytes() const {
  return arena_->reserved_bytes() + results_.reserved_bytes() + memory_.memory_bytes() +
         static_cast<int64_t>(rows_.capacity() * sizeof(char*));
}

extern "C" {

char* mr_over_append(OverState* state) noexcept { return state->append(); }

const char* mr_over_keep(OverState* state, const char* bytes, int64_t size) noexcept { return state->arena().copy(bytes, size); }

int64_t mr_over_evaluate(PipelineContext* ctx, OverState* state) noexcept {
  state->evaluate(*ctx);
  return state->count();
}

char* const* mr_over_rows(const OverState* state) noexcept { return state->rows(); }

const char* mr_over_keep_result(OverState* state, const char* bytes, int64_t size) noexcept {
  return state->results().copy(bytes, size);
}

}  // extern "C"

}  // namespace millrace::abi
