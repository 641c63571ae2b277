#include "runtime/abi/calls/spark_hash.h"

#include <bit>
#include <cstring>

#include "runtime/abi/decimal.h"
#include "runtime/functions/elements.h"

namespace millrace::abi {

namespace {

uint32_t rotl32(uint32_t x, int by) { return std::rotl(x, by); }
uint64_t rotl64(uint64_t x, int by) { return std::rotl(x, by); }

uint32_t load32(const char* p) {
  uint32_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}
uint64_t load64(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

struct Murmur3 {
  using Hash = uint32_t;
  static constexpr Hash kSeed = 42;

  static uint32_t mix_k(uint32_t k) { return rotl32(k * 0xcc9e2d51U, 15) * 0x1b873593U; }
  static uint32_t mix_h(uint32_t h, uint32_t k) { return rotl32(h ^ k, 13) * 5 + 0xe6546b64U; }
  static uint32_t finish(uint32_t h, uint32_t length) {
    h ^= length;
    h = (h ^ h >> 16) * 0x85ebca6bU;
    h = (h ^ h >> 13) * 0xc2b2ae35U;
    return h ^ h >> 16;
  }
  static Hash of_int(int32_t v, Hash seed) { return finish(mix_h(seed, mix_k(static_cast<uint32_t>(v))), 4); }
  static Hash of_long(int64_t v, Hash seed) {
    const auto bits = static_cast<uint64_t>(v);
    uint32_t h = mix_h(seed, mix_k(static_cast<uint32_t>(bits)));
    h = mix_h(h, mix_k(static_cast<uint32_t>(bits >> 32)));
    return finish(h, 8);
  }
  /// As Spark's hashUnsafeBytes: the bytes behind the last whole word are words of their own, with their sign.
  static Hash of_bytes(const char* p, int64_t size, Hash seed) {
    uint32_t h = seed;
    int64_t i = 0;
    for (; i + 4 <= size; i += 4) h = mix_h(h, mix_k(load32(p + i)));
    for (; i < size; ++i) h = mix_h(h, mix_k(static_cast<uint32_t>(static_cast<int32_t>(static_cast<signed char>(p[i])))));
    return finish(h, static_cast<uint32_t>(size));
  }
};

struct XxHash64 {
  using Hash = uint64_t;
  static constexpr Hash kSeed = 42;
  static constexpr uint64_t k1 = 0x9E3779B185EBCA87U, k2 = 0xC2B2AE3D27D4EB4FU, k3 = 0x165667B19E3779F9U, k4 = 0x85EBCA77C2B2AE63U,
                            k5 = 0x27D4EB2F165667C5U;

  static uint64_t avalanche(uint64_t h) {
    h = (h ^ h >> 33) * k2;
    h = (h ^ h >> 29) * k3;
    return h ^ h >> 32;
  }
  static uint64_t round(uint64_t h, uint64_t word) { return rotl64(h + word * k2, 31) * k1; }
  static uint64_t add_word(uint64_t h, uint64_t word) { return rotl64(h ^ round(0, word), 27) * k1 + k4; }
  static uint64_t add_half(uint64_t h, uint32_t word) { return rotl64(h ^ word * k1, 23) * k2 + k3; }

  static Hash of_int(int32_t v, Hash seed) { return avalanche(add_half(seed + k5 + 4, static_cast<uint32_t>(v))); }
  static Hash of_long(int64_t v, Hash seed) { return avalanche(add_word(seed + k5 + 8, static_cast<uint64_t>(v))); }
  static Hash of_bytes(const char* p, int64_t size, Hash seed) {
    const char* const end = p + size;
    uint64_t h = seed + k5;
    if (size >= 32) {
      uint64_t lanes[4] = {seed + k1 + k2, seed + k2, seed, seed - k1};
      for (; end - p >= 32; p += 32) {
        for (int lane = 0; lane < 4; ++lane) lanes[lane] = round(lanes[lane], load64(p + 8 * lane));
      }
      h = rotl64(lanes[0], 1) + rotl64(lanes[1], 7) + rotl64(lanes[2], 12) + rotl64(lanes[3], 18);
      for (const uint64_t lane : lanes) h = (h ^ round(0, lane)) * k1 + k4;
    }
    h += static_cast<uint64_t>(size);
    for (; end - p >= 8; p += 8) h = add_word(h, load64(p));
    if (end - p >= 4) {
      h = add_half(h, load32(p));
      p += 4;
    }
    for (; p < end; ++p) h = rotl64(h ^ static_cast<unsigned char>(*p) * k5, 11) * k1;
    return avalanche(h);
  }
};

template <class Algorithm>
typename Algorithm::Hash hash_item(const NestedItem& item, const char* code, typename Algorithm::Hash seed);

template <class Algorithm>
typename Algorithm::Hash hash_elements(const Elements& elements, typename Algorithm::Hash hash) {
  for (int64_t i = 0; i < elements.count(); ++i) hash = hash_item<Algorithm>(elements[i], elements.code(), hash);
  return hash;
}

template <class Algorithm>
typename Algorithm::Hash hash_struct(const NestedItem& item, const char* code, typename Algorithm::Hash hash) {
  const char* field = first_field(code);
  for (uint32_t i = 0; i < struct_field_count(code); ++i, field = next_field(field)) {
    hash = hash_item<Algorithm>(Elements(item.data, field_code(field))[i], field_code(field), hash);
  }
  return hash;
}

/// Up to 18 digits as a long, else the fewest bytes that hold it, the highest first (BigInteger.toByteArray).
template <class Algorithm>
typename Algorithm::Hash hash_decimal(const NestedItem& item, int64_t precision, typename Algorithm::Hash seed) {
  constexpr int64_t kLongDigits = 18;
  Decimal value;
  std::memcpy(&value, item.data, sizeof value);
  if (precision <= kLongDigits) return Algorithm::of_long(static_cast<int64_t>(value.low), seed);
  char bytes[sizeof value];
  int64_t at = sizeof value;
  __int128 rest = wide_of(value);
  do {
    bytes[--at] = static_cast<char>(rest & 0xff);
    rest >>= 8;
  } while (at > 0 && !((rest == 0 && bytes[at] >= 0) || (rest == -1 && bytes[at] < 0)));
  return Algorithm::of_bytes(bytes + at, static_cast<int64_t>(sizeof value) - at, seed);
}

template <class Algorithm>
typename Algorithm::Hash hash_item(const NestedItem& item, const char* code, typename Algorithm::Hash seed) {
  if (is_null(item)) return seed;
  switch (type_of(code)) {
    case TypeCode::Null: return seed;
    case TypeCode::Boolean:
    case TypeCode::TinyInt:
    case TypeCode::SmallInt:
    case TypeCode::Int:
    case TypeCode::Date: return Algorithm::of_int(static_cast<int32_t>(item.word), seed);
    case TypeCode::Float: {
      const auto value = static_cast<float>(std::bit_cast<double>(item.word));
      return Algorithm::of_int(std::bit_cast<int32_t>(value == 0 ? 0.0F : value), seed);
    }
    case TypeCode::Double: {
      const auto value = std::bit_cast<double>(item.word);
      return Algorithm::of_long(std::bit_cast<int64_t>(value == 0 ? 0.0 : value), seed);
    }
    case TypeCode::String:
    case TypeCode::Binary: return Algorithm::of_bytes(item.data, item.word, seed);
    case TypeCode::Decimal: return hash_decimal<Algorithm>(item, precision_of(code), seed);
    case TypeCode::Array: return hash_elements<Algorithm>(Elements(item.data, element_code(code)), seed);
    case TypeCode::Struct: return hash_struct<Algorithm>(item, code, seed);
    case TypeCode::Map: {
      const Elements keys(map_keys(item.data), element_code(code)), values(map_values(item.data), map_value_code(code));
      for (int64_t i = 0; i < keys.count(); ++i) {
        seed = hash_item<Algorithm>(keys[i], keys.code(), seed);
        seed = hash_item<Algorithm>(values[i], values.code(), seed);
      }
      return seed;
    }
    default: return Algorithm::of_long(item.word, seed);
  }
}

template <class Algorithm>
typename Algorithm::Hash hash_all(const PackedCall& call) {
  auto hash = Algorithm::kSeed;
  for (int64_t i = 0; i < call.count(); ++i) hash = hash_item<Algorithm>(call[i], call.code(i), hash);
  return hash;
}

}  // namespace

extern "C" {

bool mr_spark_hash(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return give_word(static_cast<int32_t>(hash_all<Murmur3>(PackedCall(ctx, codes, arguments, count))), out);
}

bool mr_spark_xxhash64(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return give_word(static_cast<int64_t>(hash_all<XxHash64>(PackedCall(ctx, codes, arguments, count))), out);
}

}  // extern "C"

}  // namespace millrace::abi
