#include "runtime/state/over_partition.h"

#include <algorithm>
#include <cstring>

#include "runtime/state/over_aggregate.h"
#include "runtime/state/tuple_order.h"

namespace millrace::abi {

namespace {

bool flag(const char* row, uint32_t offset) { return offset != UINT32_MAX && row[offset] != 0; }

template <class T>
void put(char* row, uint32_t offset, T value) {
  std::memcpy(row + offset, &value, sizeof value);
}

bool is_null(const SortKey& key, const char* row) { return flag(row, key.null_offset); }

}  // namespace

void copy_fields(std::span<const FieldCopy> copies, const char* from, char* to) {
  for (const FieldCopy& copy : copies) {
    if (copy.from == FieldCopy::kNothing) std::memset(to + copy.to, 0, copy.size);
    else std::memcpy(to + copy.to, from + copy.from, copy.size);
  }
}

void OverPartition::evaluate(std::span<char* const> rows) {
  rows_ = rows;
  find_peers();
  for (size_t i = 0; i < spec_.frames.size(); ++i) find_frame(spec_.frames[i], frames_[i]);
  for (const OverCall& call : spec_.calls) compute(call);
}

void OverPartition::find_peers() {
  const std::span<const SortKey> order(spec_.sort.data() + spec_.partition_keys, spec_.sort.size() - spec_.partition_keys);
  peers_start_.resize(rows_.size());
  peers_end_.resize(rows_.size());
  for (int64_t begin = 0, end = 0; begin < size(); begin = end) {
    end = begin + 1;
    while (end < size() && compare_tuples(order, row(begin), row(end)) == 0) ++end;
    std::fill(peers_start_.begin() + begin, peers_start_.begin() + end, begin);
    std::fill(peers_end_.begin() + begin, peers_end_.begin() + end, end);
  }
}

void OverPartition::find_frame(const Frame& frame, FrameRows& out) const {
  out.start.resize(rows_.size());
  out.end.resize(rows_.size());
  for (int64_t i = 0; i < size(); ++i) {
    const auto at = static_cast<size_t>(i);
    out.start[at] = std::clamp(start_of(frame, i), int64_t{0}, size());
    out.end[at] = std::clamp(end_of(frame, i), out.start[at], size());
  }
}

int64_t OverPartition::start_of(const Frame& frame, int64_t i) const {
  switch (frame.start.kind) {
    case FrameBound::Kind::Partition: return 0;
    case FrameBound::Kind::Rows: return i + frame.start.rows;
    case FrameBound::Kind::Peers: return peers_start_[static_cast<size_t>(i)];
    case FrameBound::Kind::Value: return first_by_value(frame, frame.start, i, false);
  }
  return 0;
}

int64_t OverPartition::end_of(const Frame& frame, int64_t i) const {
  switch (frame.end.kind) {
    case FrameBound::Kind::Partition: return size();
    case FrameBound::Kind::Rows: return i + frame.end.rows + 1;
    case FrameBound::Kind::Peers: return peers_end_[static_cast<size_t>(i)];
    case FrameBound::Kind::Value: return first_by_value(frame, frame.end, i, true);
  }
  return 0;
}

/// The first row whose key is at the bound of row i or, with `past_equal`, beyond it.
int64_t OverPartition::first_by_value(const Frame& frame, const FrameBound& bound, int64_t i, bool past_equal) const {
  const char* own = row(i);
  const bool out_of_range = is_null(bound.value, own) && !is_null(frame.key, own);
  const auto lies_before = [&](const char* other) {
    if (out_of_range) {  // the first or the last of the rows that have a key
      const bool before_keys = is_null(frame.key, other) && frame.key.nulls_first;
      return before_keys || (bound.rows > 0 && !is_null(frame.key, other));
    }
    const int order = compare_fields(frame.key, other, bound.value, own);
    return order < 0 || (past_equal && order == 0);
  };
  return std::partition_point(rows_.begin(), rows_.end(), lies_before) - rows_.begin();
}

void OverPartition::compute(const OverCall& call) {
  switch (call.function) {
    case OverFunction::RowNumber:
    case OverFunction::Rank:
    case OverFunction::DenseRank:
    case OverFunction::PercentRank:
    case OverFunction::CumeDist:
      return rank(call);
    case OverFunction::Ntile: return ntile(call);
    case OverFunction::Shift: return shift(call);
    case OverFunction::Nth:
    case OverFunction::Last:
      return pick(call);
    case OverFunction::Aggregate:
      return OverAggregate(call, code_, ctx_, over_, memory_).evaluate(rows_, frames_[call.frame]);
  }
}

void OverPartition::rank(const OverCall& call) {
  const auto rows = static_cast<double>(size());
  int64_t groups = 0;
  for (int64_t i = 0; i < size(); ++i) {
    const int64_t first = peers_start_[static_cast<size_t>(i)];
    groups += first == i;
    const uint32_t at = call.result_offset;
    switch (call.function) {
      case OverFunction::RowNumber: put(row(i), at, i + 1); break;
      case OverFunction::Rank: put(row(i), at, first + 1); break;
      case OverFunction::DenseRank: put(row(i), at, groups); break;
      case OverFunction::PercentRank: put(row(i), at, size() == 1 ? 0.0 : static_cast<double>(first) / (rows - 1)); break;
      default: put(row(i), at, static_cast<double>(peers_end_[static_cast<size_t>(i)]) / rows); break;
    }
  }
}

/// The first buckets have one row more when the rows cannot be dealt out evenly.
void OverPartition::ntile(const OverCall& call) {
  const int64_t least = size() / call.number;
  const int64_t larger = size() % call.number;
  const int64_t in_larger = larger * (least + 1);
  for (int64_t i = 0; i < size(); ++i) {
    const int64_t bucket = i < in_larger ? i / (least + 1) : larger + (i - in_larger) / least;
    put(row(i), call.result_offset, bucket + 1);
  }
}

/// nullopt: no row is passed over.
std::optional<OverPartition::Eligible> OverPartition::eligible_rows(const OverCall& call) const {
  if (call.filter_offset == UINT32_MAX && call.value_null_offset == UINT32_MAX) return std::nullopt;
  Eligible found;
  found.before.reserve(rows_.size() + 1);
  for (int64_t i = 0; i < size(); ++i) {
    found.before.push_back(static_cast<int64_t>(found.rows.size()));
    const bool filtered = call.filter_offset != UINT32_MAX && (row(i)[call.filter_offset] == 0 || flag(row(i), call.filter_null_offset));
    if (!filtered && !flag(row(i), call.value_null_offset)) found.rows.push_back(i);
  }
  found.before.push_back(static_cast<int64_t>(found.rows.size()));
  return found;
}

void OverPartition::take(const OverCall& call, int64_t to, int64_t from) const { copy_fields(call.value, row(from), row(to)); }

void OverPartition::take_nothing(const OverCall& call, int64_t to) const {
  if (!call.otherwise.empty()) copy_fields(call.otherwise, row(to), row(to));
  else put<uint8_t>(row(to), call.result_null_offset, 1);
}

void OverPartition::shift(const OverCall& call) {
  const std::optional<Eligible> eligible = eligible_rows(call);
  const int64_t by = call.number;
  for (int64_t i = 0; i < size(); ++i) {
    if (!eligible || by == 0) {
      const bool there = by <= 0 ? -by <= i : by < size() - i;
      there ? take(call, i, i + by) : take_nothing(call, i);
      continue;
    }
    const auto limit = static_cast<int64_t>(eligible->rows.size());
    const int64_t before = eligible->before[static_cast<size_t>(i)];
    const int64_t next = eligible->before[static_cast<size_t>(i) + 1];
    const bool there = by < 0 ? -by <= before : by <= limit - next;
    if (!there) take_nothing(call, i);
    else take(call, i, eligible->rows[static_cast<size_t>(by < 0 ? before + by : next + by - 1)]);
  }
}

/// Nth and Last: a row of the frame by its number.
void OverPartition::pick(const OverCall& call) {
  const std::optional<Eligible> eligible = eligible_rows(call);
  const FrameRows& frame = frames_[call.frame];
  for (int64_t i = 0; i < size(); ++i) {
    int64_t from = frame.start[static_cast<size_t>(i)];
    int64_t to = frame.end[static_cast<size_t>(i)];
    if (eligible) {
      from = eligible->before[static_cast<size_t>(from)];
      to = eligible->before[static_cast<size_t>(to)];
    }
    const bool there = call.function == OverFunction::Last ? from < to : call.number <= to - from;
    if (!there) {
      take_nothing(call, i);
      continue;
    }
    const int64_t at = call.function == OverFunction::Last ? to - 1 : from + call.number - 1;
    take(call, i, eligible ? eligible->rows[static_cast<size_t>(at)] : at);
  }
}

}  // namespace millrace::abi
