#include "runtime/abi/calls/decimal.h"
#include "runtime/functions/wide_integer.h"

/// DECIMAL arithmetic: exact results of up to 77 digits, rounded once.
namespace millrace::abi {

namespace {

/// A sign and a magnitude of 256 bits.
struct Signed {
  bool negative = false;
  Wider magnitude;
};

Wide magnitude_of(__int128 value) { return value < 0 ? -static_cast<Wide>(value) : static_cast<Wide>(value); }

Signed scaled_up(const Decimal& value, int64_t digits) {
  const __int128 unscaled = wide_of(value);
  return {unscaled < 0, multiply_wide(magnitude_of(unscaled), static_cast<Wide>(ten_to(digits)))};
}

Signed sum(const Signed& a, const Signed& b) {
  if (a.negative == b.negative) return {a.negative, add_wide(a.magnitude, b.magnitude)};
  if (a.magnitude < b.magnitude) return {b.negative, subtract_wide(b.magnitude, a.magnitude)};
  return {a.negative, subtract_wide(a.magnitude, b.magnitude)};
}

bool finish(bool negative, const Wider& magnitude, int64_t precision, Decimal* out) {
  if (magnitude.high != 0 || magnitude.low >= static_cast<Wide>(ten_to(precision))) return false;
  const auto unscaled = static_cast<__int128>(magnitude.low);
  *out = decimal_of(negative ? -unscaled : unscaled);
  return true;
}

/// False when the product does not fit.
bool multiply_in_place(Wider* value, Wide factor) {
  const Wider upper = multiply_wide(value->high, factor);
  const Wider lower = multiply_wide(value->low, factor);
  if (upper.high != 0) return false;
  *value = {lower.low, lower.high + upper.low};
  return value->high >= lower.high;
}

/// The quotient, rounded half up.
Wider rounded_quotient(const Wider& dividend, Wide divisor) {
  const Division division = divide_wide(dividend, divisor);
  const bool up = division.remainder >= divisor - division.remainder;
  return up ? add_wide(division.quotient, {1, 0}) : division.quotient;
}

/// A value of `from_scale` at the scale and precision of a result.
bool settle(const Signed& value, int64_t from_scale, int64_t precision, int64_t scale, Decimal* out) {
  if (scale < from_scale) {
    // A product's scale may exceed the result's by more digits than a power of ten in the table has: then nothing is left of it.
    const int64_t dropped = from_scale - scale;
    if (dropped > kDecimalMaxDigits) {
      const Wider part = divide_wide(value.magnitude, static_cast<Wide>(ten_to(kDecimalMaxDigits))).quotient;
      return finish(value.negative, rounded_quotient(part, static_cast<Wide>(ten_to(dropped - kDecimalMaxDigits))), precision, out);
    }
    return finish(value.negative, rounded_quotient(value.magnitude, static_cast<Wide>(ten_to(dropped))), precision, out);
  }
  if (value.magnitude.high != 0) return false;
  return finish(value.negative, multiply_wide(value.magnitude.low, static_cast<Wide>(ten_to(scale - from_scale))), precision, out);
}

bool add(const Decimal& a, Decimal b, bool negate, const DecimalShape& shape, Decimal* out) {
  if (negate) b = decimal_of(-wide_of(b));
  const int64_t common = shape.left_scale > shape.right_scale ? shape.left_scale : shape.right_scale;
  const Signed total = sum(scaled_up(a, common - shape.left_scale), scaled_up(b, common - shape.right_scale));
  return settle(total, common, shape.precision, shape.scale, out);
}

}  // namespace

extern "C" {

bool mr_decimal_add(const Decimal* a, const Decimal* b, int64_t shape, Decimal* out) noexcept {
  return add(*a, *b, false, DecimalShape::of(shape), out);
}

bool mr_decimal_subtract(const Decimal* a, const Decimal* b, int64_t shape, Decimal* out) noexcept {
  return add(*a, *b, true, DecimalShape::of(shape), out);
}

bool mr_decimal_multiply(const Decimal* a, const Decimal* b, int64_t packed, Decimal* out) noexcept {
  const DecimalShape shape = DecimalShape::of(packed);
  const __int128 x = wide_of(*a), y = wide_of(*b);
  const Signed product{(x < 0) != (y < 0), multiply_wide(magnitude_of(x), magnitude_of(y))};
  return settle(product, shape.left_scale + shape.right_scale, shape.precision, shape.scale, out);
}

bool mr_decimal_divide(const Decimal* a, const Decimal* b, int64_t packed, Decimal* out) noexcept {
  const DecimalShape shape = DecimalShape::of(packed);
  const __int128 x = wide_of(*a), y = wide_of(*b);
  if (y == 0) return false;
  const bool negative = (x < 0) != (y < 0);
  // a / 10^left : b / 10^right = q / 10^scale, so that q = a * 10^(scale + right - left) / b.
  const int64_t raised = shape.scale + shape.right_scale - shape.left_scale;
  if (raised < 0) {
    const Wider divisor = multiply_wide(magnitude_of(y), static_cast<Wide>(ten_to(-raised)));
    if (divisor.high != 0) return finish(false, {}, shape.precision, out);
    return finish(negative, rounded_quotient({magnitude_of(x), 0}, divisor.low), shape.precision, out);
  }
  const int64_t first = raised > kDecimalMaxDigits ? kDecimalMaxDigits : raised;
  Wider dividend = multiply_wide(magnitude_of(x), static_cast<Wide>(ten_to(first)));
  // What leaves 256 bits is above 10^76, and its quotient by less than 10^38 has too many digits.
  if (raised > first && !multiply_in_place(&dividend, static_cast<Wide>(ten_to(raised - first)))) return false;
  return finish(negative, rounded_quotient(dividend, magnitude_of(y)), shape.precision, out);
}

bool mr_decimal_modulo(const Decimal* a, const Decimal* b, int64_t packed, Decimal* out) noexcept {
  const DecimalShape shape = DecimalShape::of(packed);
  if (wide_of(*b) == 0) return false;
  const int64_t common = shape.left_scale > shape.right_scale ? shape.left_scale : shape.right_scale;
  const Signed x = scaled_up(*a, common - shape.left_scale), y = scaled_up(*b, common - shape.right_scale);
  // A divisor above 128 bits is above every dividend of its own scale, as then only the divisor was scaled up.
  const Wider rest = y.magnitude.high != 0 ? x.magnitude : Wider{divide_wide(x.magnitude, y.magnitude.low).remainder, 0};
  return settle({x.negative, rest}, common, shape.precision, shape.scale, out);
}

bool mr_decimal_quotient(const Decimal* a, const Decimal* b, int64_t packed, int64_t* out) noexcept {
  const DecimalShape shape = DecimalShape::of(packed);
  if (wide_of(*b) == 0) return false;
  const int64_t common = shape.left_scale > shape.right_scale ? shape.left_scale : shape.right_scale;
  const Signed x = scaled_up(*a, common - shape.left_scale), y = scaled_up(*b, common - shape.right_scale);
  const Wider whole = y.magnitude.high != 0 ? Wider{} : divide_wide(x.magnitude, y.magnitude.low).quotient;
  const Wide bound = static_cast<Wide>(INT64_MAX) + (x.negative != y.negative ? 1 : 0);
  if (whole.high != 0 || whole.low > bound) return false;
  const auto magnitude = static_cast<uint64_t>(whole.low);
  *out = static_cast<int64_t>(x.negative != y.negative ? 0 - magnitude : magnitude);
  return true;
}

bool mr_decimal_rescale(const Decimal* value, int64_t from_scale, int64_t precision, int64_t scale, Decimal* out) noexcept {
  const __int128 unscaled = wide_of(*value);
  return settle({unscaled < 0, {magnitude_of(unscaled), 0}}, from_scale, precision, scale, out);
}

}  // extern "C"

}  // namespace millrace::abi
