#pragma once

#include <cstdint>

#include "runtime/abi/calls/decimal.h"
#include "runtime/abi/decimal.h"
#include "runtime/abi/sql_values.h"
#include "runtime/hot/hash.h"
#include "runtime/hot/mr_hot.h"

/// Short steps of DECIMALs and INTERVALs. What needs a division of 128 bits is out of line (runtime/functions): generated code has no body for it.
namespace millrace::abi {

MR_HOT uint64_t mr_hash_decimal(uint64_t seed, const Decimal* value) noexcept {
  return mr_hash_int(mr_hash_int(seed, value->high), static_cast<int64_t>(value->low));
}

MR_HOT bool mr_cast_decimal_to_boolean(const Decimal* value) noexcept { return (value->low | static_cast<uint64_t>(value->high)) != 0; }
MR_HOT double mr_cast_decimal_to_float(const Decimal* value, int64_t scale) noexcept {
  return static_cast<double>(static_cast<float>(mr_decimal_to_double(value, scale)));
}
MR_HOT bool mr_cast_boolean_to_decimal(bool value, int64_t precision, int64_t scale, Decimal* out) noexcept {
  return mr_decimal_from_int(value ? 1 : 0, precision, scale, out);
}
/// A DATE is no number: legal to write, and NULL.
MR_HOT bool mr_cast_date_to_decimal(SqlDate, int64_t, int64_t, Decimal* out) noexcept {
  *out = {};
  return false;
}

/// An INTERVAL cut to whole units (12 months, a day of microseconds), as its narrower type has them.
MR_HOT int64_t mr_cast_interval_to_units(int64_t value, int64_t unit) noexcept { return value - value % unit; }
/// A number of units as an INTERVAL within the bounds, and back.
MR_HOT bool mr_cast_int_to_interval(int64_t value, int64_t unit, int64_t min, int64_t max, int64_t* out) noexcept {
  return !__builtin_mul_overflow(value, unit, out) && *out >= min && *out <= max;
}
MR_HOT bool mr_cast_interval_to_int(int64_t value, int64_t unit, int64_t min, int64_t max, int64_t* out) noexcept {
  *out = value / unit;
  return *out >= min && *out <= max;
}

/// Whole units of an INTERVAL; with a unit of 1 and 6 digits behind the point, seconds of microseconds.
MR_HOT bool mr_cast_interval_to_decimal(int64_t value, int64_t unit, int64_t digits, int64_t precision, int64_t scale, Decimal* out) noexcept {
  const Decimal units = decimal_of(value / unit);
  return mr_decimal_rescale(&units, digits, precision, scale, out);
}
/// So many units, rounded half up to months or microseconds, then cut to `least`.
MR_HOT bool mr_cast_decimal_to_interval(const Decimal* value, int64_t scale, int64_t unit, int64_t least, int64_t min, int64_t max, int64_t* out) noexcept {
  const Decimal factor = decimal_of(unit);
  Decimal product;
  const DecimalShape shape{scale, 0, kDecimalMaxDigits, 0};
  if (!mr_decimal_multiply(value, &factor, shape.packed(), &product)) return false;
  const __int128 whole = wide_of(product);
  if (whole < min || whole > max) return false;
  const int64_t amount = static_cast<int64_t>(whole);
  *out = amount - amount % least;
  return true;
}

}  // namespace millrace::abi
