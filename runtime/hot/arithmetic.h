#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/hot/mr_hot.h"

/// Arithmetic whose result may be NULL: division by zero and what does not fit. (Checked + - * are plain instructions that the code generator emits.)
namespace millrace::abi {

MR_HOT bool mr_div_int(int64_t a, int64_t b, int64_t* out) noexcept {
  if (b == 0 || (b == -1 && a == INT64_MIN)) return false;
  *out = a / b;
  return true;
}

/// Sign of the dividend.
MR_HOT bool mr_mod_int(int64_t a, int64_t b, int64_t* out) noexcept {
  if (b == 0) return false;
  *out = b == -1 ? 0 : a % b;
  return true;
}

MR_HOT bool mr_div_double(double a, double b, double* out) noexcept {
  if (b == 0) return false;
  *out = a / b;
  return true;
}

MR_HOT bool mr_mod_double(double a, double b, double* out) noexcept {
  if (b == 0) return false;
  *out = std::fmod(a, b);
  return true;
}

/// `div` of doubles truncates to a BIGINT.
MR_HOT bool mr_div_double_to_int(double a, double b, int64_t* out) noexcept {
  const double quotient = a / b;
  if (b == 0 || !(quotient > -9223372036854775809.0 && quotient < 9223372036854775808.0)) return false;
  *out = static_cast<int64_t>(quotient);
  return true;
}

/// The positive remainder as Spark computes it: the remainder plus the divisor, once more divided, when it is negative.
MR_HOT bool mr_pmod_int(int64_t a, int64_t b, int64_t* out) noexcept {
  int64_t remainder;
  if (!mr_mod_int(a, b, &remainder)) return false;
  *out = remainder < 0 ? (b > 0 ? remainder + b : (remainder + static_cast<__int128>(b)) % b) : remainder;
  return true;
}

MR_HOT bool mr_pmod_double(double a, double b, double* out) noexcept {
  if (b == 0) return false;
  const double remainder = std::fmod(a, b);
  *out = remainder < 0 ? std::fmod(remainder + b, b) : remainder;
  return true;
}

/// try_add and its kin: the operators as functions; INTs stay INTs.
inline bool fits_int(int64_t x) { return x >= INT32_MIN && x <= INT32_MAX; }
MR_HOT bool mr_add_bigint(int64_t a, int64_t b, int64_t* out) noexcept { return !__builtin_add_overflow(a, b, out); }
MR_HOT bool mr_subtract_bigint(int64_t a, int64_t b, int64_t* out) noexcept { return !__builtin_sub_overflow(a, b, out); }
MR_HOT bool mr_multiply_bigint(int64_t a, int64_t b, int64_t* out) noexcept { return !__builtin_mul_overflow(a, b, out); }
MR_HOT bool mr_add_int(int64_t a, int64_t b, int64_t* out) noexcept { return mr_add_bigint(a, b, out) && fits_int(*out); }
MR_HOT bool mr_subtract_int(int64_t a, int64_t b, int64_t* out) noexcept { return mr_subtract_bigint(a, b, out) && fits_int(*out); }
MR_HOT bool mr_multiply_int(int64_t a, int64_t b, int64_t* out) noexcept { return mr_multiply_bigint(a, b, out) && fits_int(*out); }
MR_HOT double mr_add_double(double a, double b) noexcept { return a + b; }
MR_HOT double mr_subtract_double(double a, double b) noexcept { return a - b; }
MR_HOT double mr_multiply_double(double a, double b) noexcept { return a * b; }

}  // namespace millrace::abi
