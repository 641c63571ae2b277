#include "runtime/abi/calls/sort_key.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/decimal.h"
#include "runtime/functions/elements.h"
#include "runtime/functions/nested_builder.h"

namespace millrace::abi {

namespace {

constexpr char kEnd = 0, kNull = 1, kThere = 2;
constexpr uint64_t kSign = uint64_t{1} << 63;

void put_word(std::string& key, uint64_t word) {
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(word >> shift & 0xFF);
}

/// Of negative numbers every bit is turned round, of others the sign.
void put_double(std::string& key, double value) {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  if (value == 0) value = 0.0;
  const auto bits = std::bit_cast<uint64_t>(value);
  put_word(key, (bits & kSign) != 0 ? ~bits : bits | kSign);
}

void put_decimal(std::string& key, const char* bytes) {
  uint64_t halves[2];
  static_assert(sizeof halves == sizeof(Decimal));
  std::memcpy(halves, bytes, sizeof halves);
  put_word(key, halves[1] ^ kSign);
  put_word(key, halves[0]);
}

/// A zero byte is written as 0 1, and the end as 0 0: what is shorter comes first.
void put_bytes(std::string& key, const NestedItem& item) {
  for (int64_t i = 0; i < item.word; ++i) {
    key += item.data[i];
    if (item.data[i] == 0) key += '\1';
  }
  key.append(2, '\0');
}

void put(std::string& key, const NestedItem& item, const char* code);

void put_nullable(std::string& key, const NestedItem& item, const char* code) {
  key += is_null(item) ? kNull : kThere;
  if (!is_null(item)) put(key, item, code);
}

void put_fields(std::string& key, const NestedItem& item, const char* code) {
  const uint32_t count = struct_field_count(code);
  const char* field = first_field(code);
  for (uint32_t i = 0; i < count; ++i, field = next_field(field)) put_nullable(key, Elements(item.data, field_code(field))[i], field_code(field));
}

void put(std::string& key, const NestedItem& item, const char* code) {
  switch (type_of(code)) {
    case TypeCode::Float:
    case TypeCode::Double: return put_double(key, std::bit_cast<double>(item.word));
    case TypeCode::String:
    case TypeCode::Binary:
    case TypeCode::Map: return put_bytes(key, item);  // maps have no order; the analyzer lets none come here
    case TypeCode::Decimal: return put_decimal(key, item.data);
    case TypeCode::Struct: return put_fields(key, item, code);
    case TypeCode::Array: {
      const Elements elements(item.data, element_code(code));
      for (int64_t i = 0; i < elements.count(); ++i) put_nullable(key, elements[i], elements.code());
      key += kEnd;
      return;
    }
    default: put_word(key, static_cast<uint64_t>(item.word) ^ kSign);
  }
}

}  // namespace

extern "C" bool mr_sort_key(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  // The memory is kept by the thread from row to row.
  thread_local std::string key;
  key.clear();
  put(key, call[0], call.code(0));
  const auto size = static_cast<int64_t>(key.size());
  char* bytes = mr_scratch(ctx, size);
  std::memcpy(bytes, key.data(), key.size());
  *out = {NestedItem::Kind::Bytes, size, bytes};
  return true;
}

}  // namespace millrace::abi
