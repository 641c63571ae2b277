#include "runtime/state/over_state.h"

#include <algorithm>
#include <cstring>
#include <utility>

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
      forget_at_(spec.rank_max == INT64_MAX || spec.shows_changed ? SIZE_MAX : kFewestRowsToForget),
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
  shown_.clear();
  sorted_ = 0;
  forgotten_ = 0;
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

/// Where the rows of a partition end whose ranks are wanted.
size_t OverState::end_of_ranks(size_t begin, size_t end) const {
  if (spec_.rank_max == INT64_MAX) return end;
  const std::span<const SortKey> order(spec_.sort.data() + spec_.partition_keys, spec_.sort.size() - spec_.partition_keys);
  int64_t rank = 0;
  for (size_t i = begin; i < end; ++i) {
    const bool peer = i > begin && spec_.ranked_by != OverFunction::RowNumber && compare_tuples(order, rows_[i - 1], rows_[i]) == 0;
    if (!peer) rank = spec_.ranked_by == OverFunction::DenseRank ? rank + 1 : static_cast<int64_t>(i - begin) + 1;
    if (rank > spec_.rank_max) return i;
  }
  return end;
}

/// Keeps of each partition the rows up to rank_max. Amortised: happens when there are twice as many as the last time.
void OverState::forget_low_ranks() {
  sort_new_rows();
  size_t kept = 0;
  for (size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
    end = end_of_partition(begin);
    const size_t wanted = end_of_ranks(begin, end);
    for (size_t i = begin; i < wanted; ++i) rows_[kept++] = rows_[i];
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

/// A row of each partition that has new rows; puts these in order.
std::vector<char*> OverState::changed_partitions() {
  const std::span<const SortKey> keys(spec_.sort.data(), spec_.partition_keys);
  const auto before = [this](const char* a, const char* b) { return compare_tuples(spec_.sort, a, b) < 0; };
  const auto middle = rows_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  std::stable_sort(middle, rows_.end(), before);
  std::vector<char*> changed;
  for (auto row = middle; row != rows_.end(); ++row) {
    if (changed.empty() || compare_tuples(keys, changed.back(), *row) != 0) changed.push_back(*row);
  }
  std::inplace_merge(rows_.begin(), middle, rows_.end(), before);
  sorted_ = rows_.size();
  return changed;
}

/// Only what a batch has added to is computed anew. Rows beyond the last rank leave at once.
void OverState::evaluate_changed(PipelineContext& ctx) {
  if (forgotten_ > rows_.size() + kFewestRowsToForget) {
    move_rows();
    forgotten_ = 0;
  }
  shown_.clear();
  results_.reset();
  const std::span<const SortKey> keys(spec_.sort.data(), spec_.partition_keys);
  const auto in_earlier_partition = [&](const char* a, const char* b) { return compare_tuples(keys, a, b) < 0; };
  OverPartition partition(spec_, code_, ctx, *this, memory_);
  size_t forgotten = 0;
  std::vector<std::pair<size_t, size_t>> beyond;
  for (const char* row : changed_partitions()) {
    const auto begin = static_cast<size_t>(std::lower_bound(rows_.begin(), rows_.end(), row, in_earlier_partition) - rows_.begin());
    const size_t end = end_of_partition(begin);
    const size_t wanted = end_of_ranks(begin, end);
    partition.evaluate({rows_.data() + begin, wanted - begin});
    memory_.arena().reset();
    shown_.insert(shown_.end(), rows_.begin() + static_cast<std::ptrdiff_t>(begin), rows_.begin() + static_cast<std::ptrdiff_t>(wanted));
    if (wanted < end) beyond.emplace_back(wanted, end);
    forgotten += end - wanted;
  }
  if (forgotten == 0) return;
  for (const auto& [from, to] : beyond) std::fill(rows_.begin() + static_cast<std::ptrdiff_t>(from), rows_.begin() + static_cast<std::ptrdiff_t>(to), nullptr);
  std::erase(rows_, nullptr);
  sorted_ = rows_.size();
  forgotten_ += forgotten;
}

void OverState::evaluate(PipelineContext& ctx) noexcept {
  if (spec_.shows_changed) return evaluate_changed(ctx);
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
