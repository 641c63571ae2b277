#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"
#include "runtime/hot/mr_hot.h"

/// Mathematical functions. Doubles follow IEEE 754 and Java; logarithms of what has none are NULL, as in Spark.
namespace millrace::abi {

MR_HOT double mr_abs_double(double x) noexcept { return std::fabs(x); }
inline bool abs_within(int64_t x, int64_t max, int64_t* out) {
  *out = x < 0 ? -(x + (x == INT64_MIN)) : x;
  return *out <= max && x != INT64_MIN;
}
MR_HOT bool mr_abs_tinyint(int64_t x, int64_t* out) noexcept { return abs_within(x, INT8_MAX, out); }
MR_HOT bool mr_abs_smallint(int64_t x, int64_t* out) noexcept { return abs_within(x, INT16_MAX, out); }
MR_HOT bool mr_abs_int(int64_t x, int64_t* out) noexcept { return abs_within(x, INT32_MAX, out); }
MR_HOT bool mr_abs_bigint(int64_t x, int64_t* out) noexcept { return abs_within(x, INT64_MAX, out); }

MR_HOT int64_t mr_same_int(int64_t x) noexcept { return x; }
MR_HOT double mr_same_double(double x) noexcept { return x; }
MR_HOT bool mr_negative_int(int64_t x, int64_t* out) noexcept {
  *out = -x;
  return x != INT32_MIN;
}
MR_HOT bool mr_negative_bigint(int64_t x, int64_t* out) noexcept { return !__builtin_sub_overflow(int64_t{0}, x, out); }
MR_HOT double mr_negative_double(double x) noexcept { return -x; }
/// NULL outside 0 … 20, beyond which no BIGINT holds it.
MR_HOT bool mr_factorial(int64_t n, int64_t* out) noexcept {
  if (n < 0 || n > 20) return false;
  *out = 1;
  for (int64_t i = 2; i <= n; ++i) *out *= i;
  return true;
}

inline bool to_bigint(double x, int64_t* out) {
  if (!(x >= -9223372036854775808.0 && x < 9223372036854775808.0)) return false;
  *out = static_cast<int64_t>(x);
  return true;
}
MR_HOT bool mr_ceil_double(double x, int64_t* out) noexcept { return to_bigint(std::ceil(x), out); }
MR_HOT bool mr_floor_double(double x, int64_t* out) noexcept { return to_bigint(std::floor(x), out); }
MR_HOT int64_t mr_ceil_int(int64_t x) noexcept { return x; }
MR_HOT int64_t mr_floor_int(int64_t x) noexcept { return x; }
/// To the nearest integer, halves away from zero.
MR_HOT double mr_round(double x) noexcept { return std::round(x); }
/// To the nearest integer, halves to the even one.
MR_HOT double mr_rint(double x) noexcept { return std::nearbyint(x); }

MR_HOT double mr_sqrt(double x) noexcept { return std::sqrt(x); }
/// The C library's may be one unit off, 3.0000000000000004 for 27; a step of Newton's method mends that.
MR_HOT double mr_cbrt(double x) noexcept {
  const double root = std::cbrt(x);
  const double better = root - (root * root * root - x) / (3 * root * root);
  return std::isfinite(better) ? better : root;
}
MR_HOT double mr_exp(double x) noexcept { return std::exp(x); }
MR_HOT double mr_expm1(double x) noexcept { return std::expm1(x); }
/// As Java has it: of a NaN exponent NaN, also for the base 1.
MR_HOT double mr_pow(double x, double y) noexcept { return y != y ? y : std::pow(x, y); }
MR_HOT double mr_hypot(double x, double y) noexcept { return std::hypot(x, y); }
MR_HOT bool mr_ln(double x, double* out) noexcept {
  *out = std::log(x);
  return !(x <= 0);
}
MR_HOT bool mr_log2(double x, double* out) noexcept {
  *out = std::log2(x);
  return !(x <= 0);
}
MR_HOT bool mr_log10(double x, double* out) noexcept {
  *out = std::log10(x);
  return !(x <= 0);
}
MR_HOT bool mr_log1p(double x, double* out) noexcept {
  *out = std::log1p(x);
  return !(x <= -1);
}
MR_HOT bool mr_log_base(double base, double x, double* out) noexcept {
  *out = std::log(x) / std::log(base);
  return !(x <= 0) && !(base <= 0);
}

MR_HOT double mr_sign(double x) noexcept { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; }

inline constexpr double kPi = 3.141592653589793;
MR_HOT double mr_pi() noexcept { return kPi; }
MR_HOT double mr_e() noexcept { return 2.718281828459045; }
MR_HOT double mr_degrees(double x) noexcept { return x * (180.0 / kPi); }
MR_HOT double mr_radians(double x) noexcept { return x * (kPi / 180.0); }
MR_HOT double mr_sin(double x) noexcept { return std::sin(x); }
MR_HOT double mr_cos(double x) noexcept { return std::cos(x); }
MR_HOT double mr_tan(double x) noexcept { return std::tan(x); }
MR_HOT double mr_cot(double x) noexcept { return 1 / std::tan(x); }
MR_HOT double mr_sec(double x) noexcept { return 1 / std::cos(x); }
MR_HOT double mr_csc(double x) noexcept { return 1 / std::sin(x); }
MR_HOT double mr_asin(double x) noexcept { return std::asin(x); }
MR_HOT double mr_acos(double x) noexcept { return std::acos(x); }
MR_HOT double mr_atan(double x) noexcept { return std::atan(x); }
MR_HOT double mr_atan2(double y, double x) noexcept { return std::atan2(y, x); }
MR_HOT double mr_sinh(double x) noexcept { return std::sinh(x); }
MR_HOT double mr_cosh(double x) noexcept { return std::cosh(x); }
MR_HOT double mr_tanh(double x) noexcept { return std::tanh(x); }
// By the formulas that Spark uses, so that the last digits are the same.
MR_HOT double mr_asinh(double x) noexcept {
  if (x == -__builtin_inf()) return x;
  return std::log(x + std::sqrt(x * x + 1.0));
}
MR_HOT double mr_acosh(double x) noexcept { return std::log(x + std::sqrt(x * x - 1.0)); }
MR_HOT double mr_atanh(double x) noexcept { return 0.5 * (std::log1p(x) - std::log1p(-x)); }

MR_HOT bool mr_isnan(double x) noexcept { return x != x; }

/// Bits of the two's complement; arithmetic, then logical shifts, the distance taken modulo 64 as in Java.
MR_HOT int64_t mr_shiftleft(int64_t x, int64_t n) noexcept {
  return static_cast<int64_t>(static_cast<uint64_t>(x) << (n & 63));
}
MR_HOT int64_t mr_shiftright(int64_t x, int64_t n) noexcept { return x >> (n & 63); }
MR_HOT int64_t mr_shiftrightunsigned(int64_t x, int64_t n) noexcept {
  return static_cast<int64_t>(static_cast<uint64_t>(x) >> (n & 63));
}
MR_HOT SqlInt mr_bit_count_boolean(bool x) noexcept { return SqlInt{x ? 1 : 0}; }
MR_HOT SqlInt mr_bit_count(int64_t x) noexcept { return SqlInt{__builtin_popcountll(static_cast<uint64_t>(x))}; }

/// Number of the equal-width bucket of [low, high) that x lies in: 0 below, count + 1 above; NULL when there are none.
MR_HOT bool mr_width_bucket(double x, double low, double high, int64_t count, int64_t* out) noexcept {
  const bool finite = std::isfinite(low) && std::isfinite(high);
  if (count <= 0 || count == INT64_MAX || x != x || !finite || low == high) return false;
  const bool ascending = low < high;
  const double from = ascending ? x - low : low - x;
  const double width = ascending ? high - low : low - high;
  if (from < 0) {
    *out = 0;
  } else if (from >= width) {
    *out = count + 1;
  } else {
    *out = static_cast<int64_t>(static_cast<double>(count) * from / width) + 1;
  }
  return true;
}

}  // namespace millrace::abi
