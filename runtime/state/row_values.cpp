#include "runtime/state/row_values.h"

#include "runtime/abi/string_ref.h"
#include "runtime/hot/decimal.h"
#include "runtime/hot/hash.h"

namespace millrace {

namespace {

constexpr uint64_t kSeed = 0x243f6a8885a308d3;
constexpr uint32_t kNeverNull = UINT32_MAX;

bool is_null(const abi::ViewKey& key, const char* row) {
  return key.null_offset != kNeverNull && read_row<uint8_t>(row, key.null_offset) != 0;
}

uint64_t hash_value(uint64_t hash, const abi::ViewKey& key, const char* row) {
  switch (key.kind) {
    case abi::CellKind::Boolean:
      return abi::mr_hash_int(hash, read_row<uint8_t>(row, key.offset));
    case abi::CellKind::Int64:
      return abi::mr_hash_int(hash, read_row<int64_t>(row, key.offset));
    case abi::CellKind::Double:
      return abi::mr_hash_double(hash, read_row<double>(row, key.offset));
    case abi::CellKind::Decimal: {
      const auto value = read_row<abi::Decimal>(row, key.offset);
      return abi::mr_hash_decimal(hash, &value);
    }
    case abi::CellKind::String: {
      const auto text = read_row<abi::StringRef>(row, key.offset);
      return abi::mr_hash_string(hash, text.data, text.size);
    }
  }
  return hash;
}

bool same_value(const abi::ViewKey& key, const char* a, const char* b) {
  if (is_null(key, a) || is_null(key, b)) return is_null(key, a) && is_null(key, b);
  switch (key.kind) {
    case abi::CellKind::Boolean:
      return read_row<uint8_t>(a, key.offset) == read_row<uint8_t>(b, key.offset);
    case abi::CellKind::Int64:
      return read_row<int64_t>(a, key.offset) == read_row<int64_t>(b, key.offset);
    case abi::CellKind::Double: {
      const auto x = read_row<double>(a, key.offset);
      const auto y = read_row<double>(b, key.offset);
      return x == y || (x != x && y != y);
    }
    case abi::CellKind::Decimal:
      return read_row<abi::Decimal>(a, key.offset) == read_row<abi::Decimal>(b, key.offset);
    case abi::CellKind::String: {
      const auto x = read_row<abi::StringRef>(a, key.offset);
      const auto y = read_row<abi::StringRef>(b, key.offset);
      return abi::mr_string_equal(x.data, x.size, y.data, y.size);
    }
  }
  return false;
}

}  // namespace

uint64_t hash_values(const std::vector<abi::ViewKey>& keys, const char* row) {
  uint64_t hash = kSeed;
  for (const abi::ViewKey& key : keys) hash = is_null(key, row) ? abi::mr_hash_int(hash, -1) : hash_value(hash, key, row);
  return hash;
}

bool same_values(const std::vector<abi::ViewKey>& keys, const char* a, const char* b) {
  for (const abi::ViewKey& key : keys) {
    if (!same_value(key, a, b)) return false;
  }
  return true;
}

}  // namespace millrace
