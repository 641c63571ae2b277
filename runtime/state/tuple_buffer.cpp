#include "runtime/state/tuple_buffer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/decimal.h"
#include "runtime/state/tuple_order.h"

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

int compare_values(const SortKey& a_key, const char* a, const SortKey& b_key, const char* b) {
  switch (a_key.kind) {
    case CellKind::Boolean:
      return order_of(read_field<uint8_t>(a, a_key.offset), read_field<uint8_t>(b, b_key.offset));
    case CellKind::Int64:
      return order_of(read_field<int64_t>(a, a_key.offset), read_field<int64_t>(b, b_key.offset));
    case CellKind::Double:
      return compare_doubles(read_field<double>(a, a_key.offset), read_field<double>(b, b_key.offset));
    case CellKind::Decimal:
      return order_of(read_field<Decimal>(a, a_key.offset), read_field<Decimal>(b, b_key.offset));
    case CellKind::String:
      return compare_strings(read_field<StringRef>(a, a_key.offset), read_field<StringRef>(b, b_key.offset));
  }
  return 0;
}

bool is_null_field(const SortKey& key, const char* row) {
  return key.null_offset != UINT32_MAX && read_field<uint8_t>(row, key.null_offset) != 0;
}

}  // namespace

int compare_fields(const SortKey& a_key, const char* a, const SortKey& b_key, const char* b) {
  const bool a_null = is_null_field(a_key, a);
  const bool b_null = is_null_field(b_key, b);
  if (a_null || b_null) return a_key.nulls_first ? order_of(b_null, a_null) : order_of(a_null, b_null);
  const int order = compare_values(a_key, a, b_key, b);
  return a_key.descending ? -order : order;
}

int compare_tuples(std::span<const SortKey> keys, const char* a, const char* b) {
  for (const SortKey& key : keys) {
    const int order = compare_fields(key, a, key, b);
    if (order != 0) return order;
  }
  return 0;
}

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
    const int by_key = compare_tuples(spec_.sort, a.row, b.row);
    return by_key != 0 ? by_key < 0 : a.number < b.number;
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
