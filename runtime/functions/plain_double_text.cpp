#include "runtime/functions/plain_double_text.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace millrace::abi {

namespace {

constexpr auto kPowersOfFive = [] {
  std::array<uint64_t, 20> powers{};
  uint64_t power = 1;
  for (uint64_t& slot : powers) {
    slot = power;
    power *= 5;
  }
  return powers;
}();

struct ShortestDigits {
  uint64_t digits = 0;  ///< of 15 to 17 places
  int power = 0;        ///< value = digits · 10^power
};

/// Giulietti's algorithm ("The Schubfach way to render doubles", 2020) in the range [2^-10, 2^24), where every power of ten that it
/// takes is exact in 64 bits and no table of approximations is needed. A number c·2^q is read back from all that lies within
/// half a unit, that is between (4c ± 2)·2^(q-2); 10^power is the largest power of ten within a unit, hence a multiple of it lies
/// inside, and at most one of the next power. False for other numbers, and for powers of two, whose interval is lopsided.
bool shortest_decimal(double value, ShortestDigits* out) {
  using Wide = unsigned __int128;
  const auto bits = std::bit_cast<uint64_t>(value);
  const int q = static_cast<int>(bits >> 52) - 1075;
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  if (q < -62 || q > -29 || fraction == 0) return false;
  constexpr int kLogTenOfTwo = 315'653;  // · 2^-20
  const int power = q * kLogTenOfTwo >> 20;
  const int shift = power - q + 2;  // what follows counts in units of 10^power · 2^-shift
  const uint64_t five = kPowersOfFive[static_cast<size_t>(-power)];
  const Wide middle = static_cast<Wide>(4 * (fraction | uint64_t{1} << 52)) * five;
  const Wide open = fraction % 2;  // the ends belong to the interval when c is even
  const Wide low = middle - 2 * five + open;
  const Wide high = middle + 2 * five - open;
  const auto below = static_cast<uint64_t>(middle >> shift);
  const uint64_t tens = below / 10;
  const bool tens_inside = static_cast<Wide>(tens * 10) << shift >= low;
  const bool next_tens_inside = static_cast<Wide>(tens * 10 + 10) << shift <= high;
  if (tens_inside != next_tens_inside) {
    *out = {tens + next_tens_inside, power + 1};
    return true;
  }
  const bool below_inside = static_cast<Wide>(below) << shift >= low;
  const bool above_inside = static_cast<Wide>(below + 1) << shift <= high;
  const Wide unit = static_cast<Wide>(1) << shift;
  const Wide twice_rest = (middle & (unit - 1)) * 2;
  const bool above_nearer = twice_rest > unit || (twice_rest == unit && below % 2 != 0);
  *out = {below + (below_inside && above_inside ? above_nearer : above_inside), power};
  return true;
}

/// The eight digits of a number below 10^8 as bytes 0 … 9, the first in the lowest byte: halves, quarters and digits side by side
/// in one word.
uint64_t eight_digits(uint64_t value) {
  const uint64_t fours = value / 10'000 | value % 10'000 << 32;
  const uint64_t hundreds = (fours * 10'486 >> 20) & 0x0000007f0000007f;
  const uint64_t pairs = hundreds + ((fours - 100 * hundreds) << 16);
  const uint64_t tens = (pairs * 103 >> 10) & 0x000f000f000f000f;
  return tens + ((pairs - 10 * tens) << 8);
}

constexpr uint64_t kZeroDigits = 0x3030303030303030;
constexpr int kDigits = 17;

/// Writes 17 digits; returns how many there are without trailing zeros.
int write_digits(uint64_t digits, char* out) {
  constexpr uint64_t kSixteenDigits = 10'000'000'000'000'000;
  const uint64_t rest = digits % kSixteenDigits;
  const uint64_t upper = eight_digits(rest / 100'000'000);
  const uint64_t lower = eight_digits(rest % 100'000'000);
  out[0] = static_cast<char>('0' + digits / kSixteenDigits);
  const uint64_t upper_text = upper | kZeroDigits;
  const uint64_t lower_text = lower | kZeroDigits;
  std::memcpy(out + 1, &upper_text, 8);
  std::memcpy(out + 9, &lower_text, 8);
  const int zeros = lower != 0 ? std::countl_zero(lower) / 8 : 8 + std::countl_zero(upper) / 8;
  return kDigits - zeros;
}

}  // namespace

char* write_plain_double(double value, char* out) {
  ShortestDigits decimal;
  if (!(value >= 1e-3 && value < 1e7) || !shortest_decimal(value, &decimal)) return nullptr;
  int exponent = decimal.power + kDigits - 1;
  for (constexpr uint64_t kLeast = 10'000'000'000'000'000; decimal.digits < kLeast; decimal.digits *= 10) --exponent;
  char digits[32] = {};
  const int count = write_digits(decimal.digits, digits);
  if (exponent < 0) {  // 0.00123
    std::memcpy(out, "0.00", 4);
    char* const at = out + 1 - exponent;
    std::memcpy(at, digits, kDigits);
    return at + count;
  }
  const int whole = exponent + 1;  // 1 … 7 digits before the point
  std::memcpy(out, digits, 8);
  out[whole] = '.';
  std::memcpy(out + whole + 1, digits + whole, 16);
  return out + (count > whole ? count : whole + 1) + 1;
}

}  // namespace millrace::abi
