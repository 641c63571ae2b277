#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/decimal.h"
#include "runtime/abi/sql_values.h"
#include "runtime/abi/string_ref.h"

/// DECIMAL beyond what generated code does by itself. Results are rounded half up (away from zero) to their scale; what has more digits than their
/// precision gives false: NULL. Bodies in runtime/functions/decimal_*.cpp.
namespace millrace::abi {

/// The scales of two operands, and the type of a result, in one word.
struct DecimalShape {
  int64_t left_scale = 0, right_scale = 0, precision = kDecimalMaxDigits, scale = 0;
  constexpr int64_t packed() const { return left_scale | right_scale << 8 | precision << 16 | scale << 24; }
  static constexpr DecimalShape of(int64_t packed) {
    return {packed & 0xff, packed >> 8 & 0xff, packed >> 16 & 0xff, packed >> 24 & 0xff};
  }
};

extern "C" {

// decimal_arithmetic.cpp: any operands, by way of 256 bits where 128 do not do. `shape` is a packed DecimalShape.
bool mr_decimal_add(const Decimal* a, const Decimal* b, int64_t shape, Decimal* out) noexcept;
bool mr_decimal_subtract(const Decimal* a, const Decimal* b, int64_t shape, Decimal* out) noexcept;
bool mr_decimal_multiply(const Decimal* a, const Decimal* b, int64_t shape, Decimal* out) noexcept;
/// x / 0 is NULL, here and below.
bool mr_decimal_divide(const Decimal* a, const Decimal* b, int64_t shape, Decimal* out) noexcept;
/// With the sign of `a`.
bool mr_decimal_modulo(const Decimal* a, const Decimal* b, int64_t shape, Decimal* out) noexcept;
/// The whole part of the quotient, as a BIGINT.
bool mr_decimal_quotient(const Decimal* a, const Decimal* b, int64_t shape, int64_t* out) noexcept;
/// Another precision and scale.
bool mr_decimal_rescale(const Decimal* value, int64_t from_scale, int64_t precision, int64_t scale, Decimal* out) noexcept;

// decimal_cast.cpp
bool mr_decimal_from_int(int64_t value, int64_t precision, int64_t scale, Decimal* out) noexcept;
/// By way of its shortest text, as in Spark; NaN and the infinities are NULL.
bool mr_decimal_from_double(double value, int64_t precision, int64_t scale, Decimal* out) noexcept;
/// Blanks around, a sign, digits with or without a point, an exponent.
bool mr_decimal_from_string(const StringRef* text, int64_t precision, int64_t scale, Decimal* out) noexcept;
bool mr_decimal_from_timestamp(SqlTimestamp value, int64_t precision, int64_t scale, Decimal* out) noexcept;
/// The nearest double.
double mr_decimal_to_double(const Decimal* value, int64_t scale) noexcept;
/// The whole part, when it lies within the bounds.
bool mr_decimal_to_int(const Decimal* value, int64_t scale, int64_t min, int64_t max, int64_t* out) noexcept;
bool mr_decimal_to_timestamp(const Decimal* value, int64_t scale, SqlTimestamp* out) noexcept;
void mr_decimal_to_string(PipelineContext* ctx, const Decimal* value, int64_t scale, StringRef* out) noexcept;
/// Writes at most kDecimalTextMax bytes; returns how many.
int64_t mr_write_decimal(const Decimal* value, int64_t scale, char* out) noexcept;

}  // extern "C"

inline constexpr int64_t kDecimalTextMax = 44;  ///< a sign, 39 digits, a point, a zero before it

}  // namespace millrace::abi
