#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "runtime/abi/calls/math.h"
#include "runtime/hot/arithmetic.h"

namespace millrace::abi {

namespace {

enum class Halves { AwayFromZero, ToEven };

constexpr int kExactPowers = 23;  // 10^22 is the largest power of ten that a double holds exactly
constexpr double kPowersOfTen[kExactPowers] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// Rounds the shortest decimal digits of a positive number. `places` is where to cut, counted after the point.
double round_digits(double x, int64_t places, Halves halves) {
  char text[32];
  const char* const end = std::to_chars(text, text + sizeof text, x, std::chars_format::scientific).ptr;
  char digits[24] = {'0'};  // one more in front, for a carry
  int count = 1;
  const char* p = text;
  for (; p < end && *p != 'e'; ++p) {
    if (*p != '.') digits[count++] = *p;
  }
  int exponent = 0;
  p += p + 1 < end && p[1] == '+' ? 2 : 1;
  std::from_chars(p, end, exponent);
  // digits[1] stands for 10^exponent; digits[1 + exponent + places] is the last to be kept.
  const int64_t last = 1 + exponent + places;
  if (last >= count - 1) return x;
  if (last < 0) return 0;
  const char next = digits[last + 1];
  const bool tie = next == '5' && last + 2 == count;
  const bool up = tie ? halves == Halves::AwayFromZero || (digits[last] - '0') % 2 != 0 : next >= '5';
  int64_t at = last;
  if (up) {
    for (; digits[at] == '9'; --at) digits[at] = '0';
    ++digits[at];
  }
  digits[last + 1] = 'e';
  const auto tail = std::to_chars(digits + last + 2, digits + sizeof digits, exponent - (last - 1));
  *tail.ptr = '\0';
  double result = 0;
  std::from_chars(digits, tail.ptr, result);
  return result;
}

double round_positive(double x, int64_t places, Halves halves) {
  // Far from a tie the digits need not be looked at: a whole number below 2^53 over an exact power of ten is the nearest double to that decimal.
  constexpr double kScaledMax = 1099511627776.0;  // 2^40: the product's error stays far below the margin
  constexpr double kTieMargin = 1e-3;
  if (places >= 0 && places < kExactPowers) {
    const double scaled = x * kPowersOfTen[places];
    const double whole = std::floor(scaled);
    const double fraction = scaled - whole;
    const bool clear = std::fabs(fraction - 0.5) > kTieMargin;
    if (scaled < kScaledMax && clear) return (fraction > 0.5 ? whole + 1 : whole) / kPowersOfTen[places];
  }
  return round_digits(x, places, halves);
}

double round_to(double x, int64_t places, Halves halves) {
  constexpr int64_t kPlacesMax = 400;  // beyond the range of exponents nothing changes
  if (!std::isfinite(x) || x == 0 || places > kPlacesMax) return x;
  if (places < -kPlacesMax) return 0;
  const double rounded = round_positive(std::fabs(x), places, halves);
  return std::signbit(x) && rounded != 0 ? -rounded : rounded;
}

bool round_int_to(int64_t x, int64_t places, Halves halves, int64_t* out) {
  *out = x;
  if (places >= 0) return true;
  *out = 0;
  if (places < -19) return true;
  __int128 unit = 1;
  for (; places < 0; ++places) unit *= 10;
  const __int128 size = x < 0 ? -static_cast<__int128>(x) : x;
  __int128 whole = size / unit;
  const __int128 twice = (size % unit) * 2;
  const bool odd = whole % 2 != 0;
  if (twice > unit || (twice == unit && (halves == Halves::AwayFromZero || odd))) ++whole;
  const __int128 result = x < 0 ? -(whole * unit) : whole * unit;
  *out = static_cast<int64_t>(result);
  return *out == result;
}

}  // namespace

extern "C" {

double mr_round_to(double x, int64_t digits) noexcept { return round_to(x, digits, Halves::AwayFromZero); }

double mr_bround_to(double x, int64_t digits) noexcept { return round_to(x, digits, Halves::ToEven); }

double mr_round_float_to(double x, int64_t digits) noexcept { return static_cast<float>(mr_round_to(x, digits)); }

double mr_bround_float_to(double x, int64_t digits) noexcept { return static_cast<float>(mr_bround_to(x, digits)); }

bool mr_round_int_to(int64_t x, int64_t digits, int64_t* out) noexcept { return round_int_to(x, digits, Halves::AwayFromZero, out); }

bool mr_bround_int_to(int64_t x, int64_t digits, int64_t* out) noexcept { return round_int_to(x, digits, Halves::ToEven, out); }

bool mr_round_int32_to(int64_t x, int64_t digits, int64_t* out) noexcept { return mr_round_int_to(x, digits, out) && fits_int(*out); }

bool mr_bround_int32_to(int64_t x, int64_t digits, int64_t* out) noexcept { return mr_bround_int_to(x, digits, out) && fits_int(*out); }

bool mr_round_int16_to(int64_t x, int64_t digits, int64_t* out) noexcept { return mr_round_int_to(x, digits, out) && *out == static_cast<int16_t>(*out); }

bool mr_bround_int16_to(int64_t x, int64_t digits, int64_t* out) noexcept { return mr_bround_int_to(x, digits, out) && *out == static_cast<int16_t>(*out); }

bool mr_round_int8_to(int64_t x, int64_t digits, int64_t* out) noexcept { return mr_round_int_to(x, digits, out) && *out == static_cast<int8_t>(*out); }

bool mr_bround_int8_to(int64_t x, int64_t digits, int64_t* out) noexcept { return mr_bround_int_to(x, digits, out) && *out == static_cast<int8_t>(*out); }

}  // extern "C"

}  // namespace millrace::abi
