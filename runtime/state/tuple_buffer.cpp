#include "runtime/state/tuple_buffer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "runtime/abi/calls/state.h"

namespace millrace::abi {

namespace {

template <typename T>
T read_field(const char* row, uint32_t offset) {
  T value;
  std::memcpy(&value, row + offset, sizeof(T));
  return value;
}

template <typename T>
int order_of(T a, T b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int compare_doubles(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return order_of(std::isnan(a), std::isnan(b));
  return order_of(a, b);
}

int compare_strings(const StringRef& a, const StringRef& b) {
  auto shared = static_cast<size_t>(std::min(a.size, b.size));
  int order = shared == 0 ? 0 : std::memcmp(a.data, b.data, shared);
  return order != 0 ? order : order_of(a.size, b.size);
}

int compare_values(const SortKey& key, const char* a, const char* b) {
  switch (key.kind) {
    case CellKind::Boolean:
      return order_of(read_field<uint8_t>(a, key.offset), read_field<uint8_t>(b, key.offset));
    case CellKind::Int64:
      return order_of(read_field<int64_t>(a, key.offset), read_field<int64_t>(b, key.offset));
    case CellKind::Double:
      return compare_doubles(read_field<double>(a, key.offset), read_field<double>(b, key.offset));
    case CellKind::String:
      return compare_strings(read_field<StringRef>(a, key.offset), read_field<StringRef>(b, key.offset));
  }
  return 0;
}

int compare_by(const SortKey& key, const char* a, const char* b) {
  if (key.null_offset != UINT32_MAX) {
    bool a_null = read_field<uint8_t>(a, key.null_offset) != 0;
    bool b_null = read_field<uint8_t>(b, key.null_offset) != 0;
    if (a_null || b_null) return key.nulls_first ? order_of(b_null, a_null) : order_of(a_null, b_null);
  }
  int order = compare_values(key, a, b);
  return key.descending ? -order : order;
}

}  // namespace

char* TupleBuffer::append() noexcept {
  char* row = arena_->take(spec_.tuple_size);
  std::memset(row, 0, spec_.tuple_size);
  rows_.push_back(row);
  return row;
}

void TupleBuffer::finish() {
  if (spec_.sort.empty()) return;
  // Arrival decides between equal rows.
  struct Arrived {
    char* row;
    size_t number;
  };
  std::vector<Arrived> order;
  order.reserve(rows_.size());
  for (char* row : rows_) order.push_back({row, order.size()});
  std::sort(order.begin(), order.end(), [this](const Arrived& a, const Arrived& b) {
    for (const SortKey& key : spec_.sort) {
      int by_key = compare_by(key, a.row, b.row);
      if (by_key != 0) return by_key < 0;
    }
    return a.number < b.number;
  });
  for (size_t i = 0; i < order.size(); ++i) rows_[i] = order[i].row;
}

Status TupleBuffer::limit() const {
  if (spec_.max_rows < 0 || count() <= spec_.max_rows) return {};
  return Status::error("the query keeps " + std::to_string(count()) + " rows to evaluate it anew in each batch, more than max_kept_rows = " +
                       std::to_string(spec_.max_rows) + "; let it keep less (filter, group), or raise SET max_kept_rows");
}

void TupleBuffer::clear() noexcept {
  rows_.clear();
  arena_->reset();
}

extern "C" {

char* mr_tuple_append(TupleBuffer* buffer) noexcept { return buffer->append(); }

const char* mr_tuple_keep(TupleBuffer* buffer, const char* bytes, int64_t size) noexcept {
  return buffer->arena().copy(bytes, size);
}

int64_t mr_tuple_count(const TupleBuffer* buffer) noexcept { return buffer->count(); }

char* const* mr_tuple_rows(const TupleBuffer* buffer) noexcept { return buffer->rows(); }

}  // extern "C"

}  // namespace millrace::abi
