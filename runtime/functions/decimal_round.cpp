#include <cstring>

#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/calls/decimal.h"
#include "runtime/abi/calls/decimal_round.h"
#include "runtime/abi/calls/state.h"
#include "runtime/functions/elements.h"

/// Rounding of DECIMALs; the scale of the result is in its type.
namespace millrace::abi {

namespace {

enum class Rounding { HalfUp, HalfEven, Up, Down };

__int128 argument(const PackedCall& call) {
  Decimal value;
  std::memcpy(&value, call[0].data, sizeof value);
  return wide_of(value);
}

/// value / 10^digits
__int128 divided(__int128 value, int64_t digits, Rounding rounding) {
  if (digits <= 0) return value;
  // A power of ten that no DECIMAL reaches: half of 10^39 is beyond all of them as well.
  if (digits > kDecimalMaxDigits) return rounding == Rounding::Up && value > 0 ? 1 : rounding == Rounding::Down && value < 0 ? -1 : 0;
  const __int128 unit = ten_to(digits);
  const __int128 quotient = value / unit, rest = value % unit;
  if (rest == 0) return quotient;
  const __int128 away = quotient + (value < 0 ? -1 : 1);
  if (rounding == Rounding::Up) return value > 0 ? away : quotient;
  if (rounding == Rounding::Down) return value < 0 ? away : quotient;
  const __int128 magnitude = rest < 0 ? -rest : rest;
  if (magnitude > unit - magnitude) return away;
  if (magnitude < unit - magnitude) return quotient;
  return rounding == Rounding::HalfUp || quotient % 2 != 0 ? away : quotient;
}

bool give_decimal(const PackedCall& call, __int128 unscaled, NestedItem* out) {
  if (!fits_precision(unscaled, precision_of(call.code(call.count())))) return false;
  const Decimal value = decimal_of(unscaled);
  char* bytes = mr_scratch(call.context, sizeof value);
  std::memcpy(bytes, &value, sizeof value);
  *out = {NestedItem::Kind::Bytes, sizeof value, bytes};
  return true;
}

/// To as many digits behind the point as the second argument says; negative: in front of it.
bool rounded(const PackedCall& call, Rounding rounding, NestedItem* out) {
  if (call.any_null()) return false;
  const int64_t scale = scale_of(call.code(0)), result_scale = scale_of(call.code(call.count()));
  const int64_t digits = call.count() > 1 ? call[1].word : 0;
  if (digits >= scale) return give_decimal(call, argument(call), out);
  __int128 value = divided(argument(call), scale - digits, rounding);
  if (value == 0) return give_decimal(call, 0, out);
  const int64_t zeros = result_scale - digits;  // in front of the point
  if (zeros > kDecimalMaxDigits || __builtin_mul_overflow(value, ten_to(zeros), &value)) return false;
  return give_decimal(call, value, out);
}

}  // namespace

extern "C" {

bool mr_decimal_round(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return rounded(PackedCall(ctx, codes, arguments, count), Rounding::HalfUp, out);
}

bool mr_decimal_bround(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return rounded(PackedCall(ctx, codes, arguments, count), Rounding::HalfEven, out);
}

bool mr_decimal_ceil(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return rounded(PackedCall(ctx, codes, arguments, count), Rounding::Up, out);
}

bool mr_decimal_floor(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return rounded(PackedCall(ctx, codes, arguments, count), Rounding::Down, out);
}

bool mr_decimal_abs(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const __int128 value = argument(call);
  return give_decimal(call, value < 0 ? -value : value, out);
}

}  // extern "C"

}  // namespace millrace::abi
