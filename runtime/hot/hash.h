#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstdint>
#include <cstring>

#include "runtime/abi/string_ref.h"
#include "runtime/hot/mr_hot.h"

/// Hashing and comparing of key values. A hash is built by folding one key column after the other into a seed.
namespace millrace::abi {

/// The two halves of a 64 x 64 bit product, xored: one multiplication mixes every bit of both into both ends of the result.
inline uint64_t fold_multiply(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline constexpr uint64_t kHashFirst = 0x9e3779b97f4a7c15;   // odd digits of the golden ratio and of two square roots:
inline constexpr uint64_t kHashSecond = 0xbb67ae8584caa73b;  // any odd constants with evenly spread bits would do
inline constexpr uint64_t kHashThird = 0x3c6ef372fe94f82b;

inline uint64_t load_u64(const char* p) {
  uint64_t v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

MR_HOT uint64_t mr_hash_int(uint64_t seed, int64_t value) noexcept {
  return fold_multiply(static_cast<uint64_t>(value) ^ kHashFirst, seed ^ kHashSecond);
}

/// Equal values hash alike: all NaNs are one, -0.0 is 0.0.
MR_HOT uint64_t mr_hash_double(uint64_t seed, double value) noexcept {
  if (value == 0) value = 0;
  if (value != value) value = __builtin_nan("");
  int64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return mr_hash_int(seed, bits);
}

/// At most 16 bytes as two words, zeros behind the last byte.
struct ShortString {
  uint64_t head;
  uint64_t tail;
};

/// Whether sixteen bytes from `data` on lie in one page, that of the first.
inline bool sixteen_in_page(const char* data) { return (reinterpret_cast<uintptr_t>(data) & 4095) <= 4096 - 16; }

/// Lengths of strings are random, and a branch on them is mispredicted every other time: the sixteen bytes from `data` on are loaded
/// whole and masked. That may look behind the string but never into another page. The sanitizers would object: under them
/// only the string's own bytes are read.
inline ShortString load_short_string(const char* data, int64_t size) {
  if (size == 0) return {0, 0};
#ifndef MILLRACE_CHECKED
  if (__builtin_expect(sixteen_in_page(data), 1)) {
    // A constant string is an object of its own size: a load behind its end would have no meaning, and the optimiser makes of
    // that what it likes. Through a pointer of unknown origin it is just a load.
    __asm__("" : "+r"(data));
    const uint64_t head_mask = size >= 8 ? ~0ull : (1ull << (8 * (size & 7))) - 1;
    const uint64_t tail_mask = size > 8 ? ~0ull >> (8 * ((16 - size) & 7)) : 0;
    return {load_u64(data) & head_mask, load_u64(data + 8) & tail_mask};
  }
#endif
  char bytes[16] = {};
  for (int64_t i = 0; i < size && i < 16; ++i) bytes[i] = data[i];
  return {load_u64(bytes), load_u64(bytes + 8)};
}

/// The end of a string's hash: what is left of it, at most 16 bytes, and its whole size.
inline uint64_t finish_string_hash(uint64_t state, const char* data, int64_t left, int64_t size) {
  const ShortString rest = load_short_string(data, left);
  const uint64_t last = fold_multiply(rest.head ^ kHashFirst, rest.tail ^ state);
  return fold_multiply(last ^ kHashSecond, static_cast<uint64_t>(size) ^ kHashFirst);
}

/// mr_hash_string of more than 16 bytes; apart, so that the short case is small enough to inline.
MR_HOT __attribute__((noinline)) uint64_t mr_hash_long_string(uint64_t seed, const char* data, int64_t size) noexcept {
  uint64_t state = seed ^ kHashThird;
  int64_t left = size;
  for (; left > 16; left -= 16, data += 16) {
    state = fold_multiply(load_u64(data) ^ kHashFirst, load_u64(data + 8) ^ state);
  }
  return finish_string_hash(state, data, left, size);
}

/// After the multiply-and-fold family of hashes (Wang Yi, "wyhash"): two words a round, one multiplication each.
MR_HOT uint64_t mr_hash_string(uint64_t seed, const char* data, int64_t size) noexcept {
  if (__builtin_expect(size > 16, 0)) return mr_hash_long_string(seed, data, size);
  return finish_string_hash(seed ^ kHashThird, data, size, size);
}

/// mr_string_equal of the two forms that strings seldom have, long or at a page's end; apart, so that the usual one is small enough to inline.
MR_HOT __attribute__((noinline)) bool mr_string_equal_bytes(const char* a, const char* b, int64_t size) noexcept {
  if (size > 16) return std::memcmp(a, b, static_cast<size_t>(size)) == 0;
  const ShortString x = load_short_string(a, size);
  const ShortString y = load_short_string(b, size);
  return ((x.head ^ y.head) | (x.tail ^ y.tail)) == 0;
}

/// Short strings by one comparison of sixteen bytes, of which only the strings' own count: see load_short_string.
MR_HOT bool mr_string_equal(const char* a, int64_t a_size, const char* b, int64_t b_size) noexcept {
  if (a_size != b_size) return false;
#if defined(__SSE2__) && !defined(MILLRACE_CHECKED)
  if (__builtin_expect(a_size > 0 && a_size <= 16 && sixteen_in_page(a) && sixteen_in_page(b), 1)) {
    __asm__("" : "+r"(a), "+r"(b));
    const __m128i same = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i_u*>(a)),
                                        _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(b)));
    const auto differs = ~static_cast<uint32_t>(_mm_movemask_epi8(same));
    return (differs & ((1u << a_size) - 1)) == 0;
  }
#endif
  return mr_string_equal_bytes(a, b, a_size);
}

/// Bytewise, which for UTF-8 is the order of code points: negative, 0 or positive.
MR_HOT int32_t mr_string_compare(const char* a, int64_t a_size, const char* b, int64_t b_size) noexcept {
  const int64_t both = a_size < b_size ? a_size : b_size;
  const int order = both == 0 ? 0 : std::memcmp(a, b, static_cast<size_t>(both));  // an empty string may be nowhere
  if (order != 0) return order < 0 ? -1 : 1;
  return static_cast<int32_t>(a_size > b_size) - static_cast<int32_t>(a_size < b_size);
}

}  // namespace millrace::abi
