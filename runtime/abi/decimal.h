#pragma once

#include <cstdint>

/// The machine form of DECIMAL(p, s): the value times 10^s, an integer of 128 bits whose magnitude is below 10^p. The type, and so
/// p and s, is known where a value is used. Generated code holds it as an i128; functions take and give it by pointer.
namespace millrace::abi {

struct Decimal {
  uint64_t low = 0;
  int64_t high = 0;  ///< two halves rather than an __int128: tuples and states are 8-aligned
};
static_assert(sizeof(Decimal) == 16 && alignof(Decimal) == 8);

inline constexpr int kDecimalMaxDigits = 38;

constexpr __int128 wide_of(const Decimal& d) {
  return static_cast<__int128>(static_cast<unsigned __int128>(static_cast<__int128>(d.high)) << 64 | d.low);
}
constexpr Decimal decimal_of(__int128 unscaled) {
  return {static_cast<uint64_t>(unscaled), static_cast<int64_t>(unscaled >> 64)};
}

constexpr bool operator==(const Decimal& a, const Decimal& b) { return a.low == b.low && a.high == b.high; }
constexpr bool operator<(const Decimal& a, const Decimal& b) { return a.high != b.high ? a.high < b.high : a.low < b.low; }

/// 10^digits; digits <= 38.
constexpr __int128 power_of_ten(int digits) {
  __int128 power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  return power;
}

struct DecimalPowers {
  Decimal power[kDecimalMaxDigits + 1];
  constexpr DecimalPowers() : power() {
    for (int i = 0; i <= kDecimalMaxDigits; ++i) power[i] = decimal_of(power_of_ten(i));
  }
};
inline constexpr DecimalPowers kDecimalPowers;

/// 10^digits from the table; 0 <= digits <= 38.
constexpr __int128 ten_to(int64_t digits) { return wide_of(kDecimalPowers.power[digits]); }

/// Whether the unscaled value has at most `precision` digits.
constexpr bool fits_precision(__int128 unscaled, int64_t precision) {
  const __int128 bound = ten_to(precision);
  return unscaled < bound && unscaled > -bound;
}

}  // namespace millrace::abi
