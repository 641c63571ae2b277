#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "runtime/hot/byte_mask.h"

/// From decimal digits to machine numbers: eight digits a multiplication chain, and the nearest double by one or two 64 x 64 bit
/// products. The usual forms only; what is longer or carries an exponent is for runtime/formats.
namespace millrace::abi {

/// The value of eight ASCII digits, the first of them in the lowest byte; bytes that are zero count as digit 0.
inline uint64_t eight_digits_value(uint64_t chars) {
  chars = ((chars & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;        // pairs: 10 * even + odd
  chars = ((chars & 0x00ff00ff00ff00ff) * 6553601) >> 16;    // fours: 100 * even + odd
  return ((chars & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

inline uint64_t load_eight_bytes(const char* p) {
  uint64_t bytes;
  std::memcpy(&bytes, p, sizeof bytes);
  return bytes;
}

/// The value of the `count` digits in front of `end`, 9 <= count <= 19, in three multiplications for all of them. Reads 32 bytes in front of `end`, which
/// has to have them before it in its page.
inline uint64_t digits_value_before(const char* end, int count) {
  using Bytes = uint8_t __attribute__((vector_size(32)));
  using Signs = int8_t __attribute__((vector_size(32)));
  using Pairs = uint16_t __attribute__((vector_size(32)));
  using Fours = uint32_t __attribute__((vector_size(32)));
  using Eights = uint64_t __attribute__((vector_size(32)));
  constexpr Signs kIndex = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                            16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
  __asm__("" : "+r"(end));  // what stands before a constant string has no meaning, and the optimiser would make of it what it likes
  Bytes bytes;
  std::memcpy(&bytes, end - sizeof bytes, sizeof bytes);
  const Bytes digits = (bytes - static_cast<uint8_t>('0')) & reinterpret_cast<Bytes>(kIndex >= static_cast<int8_t>(32 - count));
  const Pairs pairs = (reinterpret_cast<Pairs>(digits) * 2561) >> 8;            // 10 * even + odd
  const Fours fours = (reinterpret_cast<Fours>(pairs) * 6553601) >> 16;         // 100 * even + odd
  const Eights halves = reinterpret_cast<Eights>(fours);
  const Eights eights = (halves & 0xffffffff) * 10000 + (halves >> 32);
  return eights[1] * 10000000000000000 + eights[2] * 100000000 + eights[3];
}

/// The value of the `count` digits at p, 1 <= count <= 19. Numbers of full precision have 15 to 17 digits, as it comes: beyond eight there is
/// no branch that would be mispredicted.
inline uint64_t digits_value(const char* p, int count) {
  if (count <= 8) return eight_digits_value(load_eight_bytes(p) << (64 - 8 * count));
#ifndef MILLRACE_CHECKED
  const char* const end = p + count;
  if (__builtin_expect((reinterpret_cast<uintptr_t>(end) & 4095) >= 32, 1)) return digits_value_before(end, count);
#endif
  const uint64_t last = eight_digits_value(load_eight_bytes(p + count - 8));
  if (count <= 16) return eight_digits_value(load_eight_bytes(p) << (128 - 8 * count)) * 100000000 + last;
  const uint64_t middle = eight_digits_value(load_eight_bytes(p + count - 16));
  const uint64_t first = eight_digits_value(load_eight_bytes(p) << (192 - 8 * count));
  return first * 10000000000000000 + middle * 100000000 + last;
}

inline constexpr int kFractionDigitsMax = 19;

inline constexpr auto kPowersOfTen = [] {
  std::array<uint64_t, kFractionDigitsMax + 1> powers{};
  uint64_t power = 1;
  for (uint64_t& slot : powers) {
    slot = power;
    power *= 10;
  }
  return powers;
}();

/// A 128 bit significand, its highest bit set.
struct WideSignificand {
  uint64_t high;
  uint64_t low;
};

/// Of 5^-n for n in [0, 19]: 2^127 / 5^n scaled into [2^127, 2^128) and rounded up (5^0 is exact).
inline constexpr auto kInversePowersOfFive = [] {
  std::array<WideSignificand, kFractionDigitsMax + 1> table{};
  table[0] = {uint64_t{1} << 63, 0};
  uint64_t five = 1;
  for (size_t n = 1; n < table.size(); ++n) {
    five *= 5;
    int bits = 0;
    while (five >> bits) ++bits;
    unsigned __int128 quotient = 0;
    unsigned __int128 remainder = 1;
    for (int i = 0; i < 127 + bits; ++i) {
      remainder <<= 1;
      quotient <<= 1;
      if (remainder >= five) {
        remainder -= five;
        quotient |= 1;
      }
    }
    ++quotient;
    table[n] = {static_cast<uint64_t>(quotient >> 64), static_cast<uint64_t>(quotient)};
  }
  return table;
}();

/// The double nearest to digits / 10^fraction_digits (ties to even), digits > 0, 0 <= fraction_digits <= 19. D. Lemire,
/// "Number Parsing at a Gigabyte per Second" (2021), for exponents where neither subnormals nor infinity can come out, and
/// where by N. Mushtak and D. Lemire, "Fast Number Parsing Without Fallback" (2023), the truncated product always decides.
inline double decimal_to_double(uint64_t digits, int fraction_digits) {
  const int shift = __builtin_clzll(digits);
  const uint64_t scaled = digits << shift;
  const WideSignificand power = kInversePowersOfFive[static_cast<size_t>(fraction_digits)];
  const unsigned __int128 product = static_cast<unsigned __int128>(scaled) * power.high;
  uint64_t high = static_cast<uint64_t>(product >> 64);
  uint64_t low = static_cast<uint64_t>(product);
  if ((high & 0x1ff) == 0x1ff) {  // a carry from below could reach the bits that are kept
    const unsigned __int128 below = static_cast<unsigned __int128>(scaled) * power.low;
    const uint64_t carry = static_cast<uint64_t>(below >> 64);
    low += carry;
    high += low < carry;
  }
  const int top = static_cast<int>(high >> 63);
  const int drop = top + 9;  // keeps 54 bits: 53 of the result and one to round by
  uint64_t significand = high >> drop;
  const bool may_tie = low <= 1 && fraction_digits <= 4 && (significand & 3) == 1;  // no number with more digits lies half way
  if (may_tie && significand << drop == high) significand &= ~uint64_t{1};          // exactly half way: to even
  significand = (significand + (significand & 1)) >> 1;
  const int carry_out = static_cast<int>(significand >> 53);
  significand >>= carry_out;
  const int binary_exponent = ((217706 * -fraction_digits) >> 16) + 63;  // floor(log2(10^-n)) + 63
  const int64_t biased = binary_exponent + top - shift + carry_out + 1023;
  const uint64_t bits = static_cast<uint64_t>(biased) << 52 | (significand & 0x000fffffffffffff);
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// How a number in plain form lies at p: whole digits, perhaps a dot and a fraction; no sign, no exponent.
struct PlainNumber {
  int whole;     ///< digits before the dot
  int fraction;  ///< digits after it; 0 when there is no dot
  int size;      ///< bytes
  bool straight; ///< JSON's grammar holds and the digits fit 64 bits; otherwise nothing is said
};

inline PlainNumber find_plain_number(const char* p) {
  const uint32_t stops = ~digit_mask(p) | uint32_t{1} << 31;
  const int whole = __builtin_ctz(stops);
  if (p[whole] != '.') {
    const bool leading_zero = *p == '0' && whole != 1;
    return {whole, 0, whole, whole >= 1 && whole <= 19 && !leading_zero};
  }
  const uint32_t later = (stops & (stops - 1)) | uint32_t{1} << 31;
  const int size = __builtin_ctz(later);
  const int fraction = size - whole - 1;
  const bool zero = *p == '0';
  const bool fits = fraction >= 1 && fraction <= kFractionDigitsMax && (zero ? whole == 1 : whole >= 1 && whole + fraction <= 19);
  return {whole, fraction, size, fits};
}

/// The nearest double to a number of `whole` digits at p, a dot and `fraction` digits, or no dot and 0; with the limits that
/// PlainNumber::straight tells of. The sign is put in as a bit: of random signs half would be mispredicted.
inline double plain_number_value(const char* p, int whole, int fraction, bool negative) {
  uint64_t digits = whole == 1 ? static_cast<uint64_t>(*p - '0') : digits_value(p, whole);
  if (fraction > 0) {
    digits = digits * kPowersOfTen[static_cast<size_t>(fraction)] + digits_value(p + whole + 1, fraction);
  }
  const double magnitude = digits == 0 ? 0.0 : decimal_to_double(digits, fraction);
  uint64_t bits;
  std::memcpy(&bits, &magnitude, sizeof bits);
  bits |= static_cast<uint64_t>(negative) << 63;
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline double plain_number_value(const char* p, const PlainNumber& number, bool negative) {
  return plain_number_value(p, number.whole, number.fraction, negative);
}

}  // namespace millrace::abi
