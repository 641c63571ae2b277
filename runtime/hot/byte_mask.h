#pragma once

#include <cstdint>
#include <cstring>

#if !defined(__clang__) && defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Classifies the 32 bytes at an address at once: bit i of a mask speaks of byte i. All 32 bytes must be readable; lines of
/// a LineBlock are followed by 64 readable bytes for that reason. clang gets plain vector code, which the JIT lowers to
/// whatever the machine has; other compilers SSE2, or a byte loop. All give the same bits.
namespace millrace::abi {

inline constexpr int kMaskBytes = 32;

#if defined(__clang__)

using MaskBytes = uint8_t __attribute__((ext_vector_type(32)));
using MaskBits = bool __attribute__((ext_vector_type(32)));

/// Bytes '0'..'9'.
inline uint32_t digit_mask(const char* p) {
  MaskBytes bytes;
  std::memcpy(&bytes, p, sizeof bytes);
  const auto hits = (bytes - static_cast<uint8_t>('0')) < static_cast<uint8_t>(10);
  return __builtin_bit_cast(uint32_t, __builtin_convertvector(hits, MaskBits));
}

/// Bytes at which copying a JSON string must stop: the quote, the backslash, control characters.
inline uint32_t string_stop_mask(const char* p) {
  MaskBytes bytes;
  std::memcpy(&bytes, p, sizeof bytes);
  const auto hits = (bytes == static_cast<uint8_t>('"')) | (bytes == static_cast<uint8_t>('\\')) |
                    (bytes < static_cast<uint8_t>(0x20));
  return __builtin_bit_cast(uint32_t, __builtin_convertvector(hits, MaskBits));
}

#elif defined(__SSE2__)

inline uint32_t digit_mask(const char* p) {
  const auto half = [](const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i value = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    const __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
    return static_cast<uint32_t>(_mm_movemask_epi8(digit));
  };
  return half(p) | half(p + 16) << 16;
}

inline uint32_t string_stop_mask(const char* p) {
  const auto half = [](const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash))));
  };
  return half(p) | half(p + 16) << 16;
}

#else

inline uint32_t digit_mask(const char* p) {
  uint32_t mask = 0;
  for (int i = 0; i < kMaskBytes; ++i) mask |= static_cast<uint32_t>(p[i] >= '0' && p[i] <= '9') << i;
  return mask;
}

inline uint32_t string_stop_mask(const char* p) {
  uint32_t mask = 0;
  for (int i = 0; i < kMaskBytes; ++i) {
    const bool stop = p[i] == '"' || p[i] == '\\' || static_cast<unsigned char>(p[i]) < 0x20;
    mask |= static_cast<uint32_t>(stop) << i;
  }
  return mask;
}

#endif

}  // namespace millrace::abi
