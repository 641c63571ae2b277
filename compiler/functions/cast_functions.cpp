#include "compiler/functions/cast_functions.h"

#include "compiler/functions/registry_row.h"
#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/interval.h"
#include "runtime/hot/cast.h"
#include "runtime/hot/decimal.h"

namespace millrace {

using namespace abi;

namespace {

template <auto Fn>
NativeCast cast(TypeKind from, TypeKind to) {
  constexpr native::ScalarShape shape = native::ScalarType<decltype(Fn)>::shape();
  static_assert(shape.arguments.size() == 1);
  return {from, to, shape.form, shape.takes_context, native_function<Fn>(), {}};
}

constexpr TypeKind kIntegers[] = {TypeKind::TinyInt, TypeKind::SmallInt, TypeKind::Int, TypeKind::BigInt};

void add_from_string(std::vector<NativeCast>& casts) {
  using enum TypeKind;
  casts.push_back(cast<&mr_cast_string_to_boolean>(String, Boolean));
  casts.push_back(cast<&mr_cast_string_to_tinyint>(String, TinyInt));
  casts.push_back(cast<&mr_cast_string_to_smallint>(String, SmallInt));
  casts.push_back(cast<&mr_cast_string_to_int>(String, Int));
  casts.push_back(cast<&mr_cast_string_to_bigint>(String, BigInt));
  casts.push_back(cast<&mr_cast_string_to_float>(String, Float));
  casts.push_back(cast<&mr_cast_string_to_double>(String, Double));
  casts.push_back(cast<&mr_cast_string_to_date>(String, Date));
  casts.push_back(cast<&mr_cast_string_to_timestamp>(String, Timestamp));
}

void add_to_string(std::vector<NativeCast>& casts) {
  using enum TypeKind;
  casts.push_back(cast<&mr_cast_boolean_to_string>(Boolean, String));
  for (TypeKind integer : kIntegers) casts.push_back(cast<&mr_cast_bigint_to_string>(integer, String));
  casts.push_back(cast<&mr_cast_float_to_string>(Float, String));
  casts.push_back(cast<&mr_cast_double_to_string>(Double, String));
  casts.push_back(cast<&mr_cast_date_to_string>(Date, String));
  casts.push_back(cast<&mr_cast_timestamp_to_string>(Timestamp, String));
}

void add_from_floating(std::vector<NativeCast>& casts) {
  using enum TypeKind;
  for (TypeKind from : {Float, Double}) {
    casts.push_back(cast<&mr_cast_double_to_tinyint>(from, TinyInt));
    casts.push_back(cast<&mr_cast_double_to_smallint>(from, SmallInt));
    casts.push_back(cast<&mr_cast_double_to_int>(from, Int));
    casts.push_back(cast<&mr_cast_double_to_bigint>(from, BigInt));
    casts.push_back(cast<&mr_cast_double_to_timestamp>(from, Timestamp));
  }
}

void add_times(std::vector<NativeCast>& casts) {
  using enum TypeKind;
  for (TypeKind integer : kIntegers) casts.push_back(cast<&mr_cast_bigint_to_timestamp>(integer, Timestamp));
  casts.push_back(cast<&mr_cast_boolean_to_timestamp>(Boolean, Timestamp));
  casts.push_back(cast<&mr_cast_timestamp_to_tinyint>(Timestamp, TinyInt));
  casts.push_back(cast<&mr_cast_timestamp_to_smallint>(Timestamp, SmallInt));
  casts.push_back(cast<&mr_cast_timestamp_to_int>(Timestamp, Int));
  casts.push_back(cast<&mr_cast_timestamp_to_bigint>(Timestamp, BigInt));
  casts.push_back(cast<&mr_cast_timestamp_to_double>(Timestamp, Double));
  casts.push_back(cast<&mr_cast_timestamp_to_float>(Timestamp, Float));
  casts.push_back(cast<&mr_cast_timestamp_to_boolean>(Timestamp, Boolean));
  casts.push_back(cast<&mr_cast_timestamp_to_date>(Timestamp, Date));
  casts.push_back(cast<&mr_cast_date_to_timestamp>(Date, Timestamp));
  for (TypeKind integer : kIntegers) casts.push_back(cast<&mr_cast_date_to_bigint>(Date, integer));
  for (TypeKind floating : {Float, Double}) casts.push_back(cast<&mr_cast_date_to_double>(Date, floating));
  casts.push_back(cast<&mr_cast_date_to_boolean>(Date, Boolean));
}

std::vector<NativeCast> build_table() {
  std::vector<NativeCast> casts;
  add_from_string(casts);
  add_to_string(casts);
  add_from_floating(casts);
  add_times(casts);
  return casts;
}

/// A cast that is told of its types by further parameters.
template <auto Fn>
NativeCast told(const SqlType& from, const SqlType& to, ResultForm form, std::vector<int64_t> parameters, bool takes_context = false) {
  return {from.kind, to.kind, form, takes_context, native_function<Fn>(), std::move(parameters)};
}

std::optional<NativeCast> cast_to_decimal(const SqlType& from, const SqlType& to) {
  const std::vector<int64_t> type{to.precision, to.scale};
  constexpr ResultForm form = ResultForm::Nullable;
  switch (from.kind) {
    case TypeKind::Boolean: return told<&mr_cast_boolean_to_decimal>(from, to, form, type);
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Int:
    case TypeKind::BigInt: return told<&mr_decimal_from_int>(from, to, form, type);
    case TypeKind::Float:
    case TypeKind::Double: return told<&mr_decimal_from_double>(from, to, form, type);
    case TypeKind::Decimal: return told<&mr_decimal_rescale>(from, to, form, {from.scale, to.precision, to.scale});
    case TypeKind::String: return told<&mr_decimal_from_string>(from, to, form, type);
    case TypeKind::Date: return told<&mr_cast_date_to_decimal>(from, to, form, type);
    case TypeKind::Timestamp: return told<&mr_decimal_from_timestamp>(from, to, form, type);
    default: return std::nullopt;
  }
}

std::optional<NativeCast> cast_from_decimal(const SqlType& from, const SqlType& to) {
  if (to.is_integer()) {
    const IntegerRange range = integer_range(to.kind);
    return told<&mr_decimal_to_int>(from, to, ResultForm::Nullable, {from.scale, range.min, range.max});
  }
  switch (to.kind) {
    case TypeKind::Boolean: return told<&mr_cast_decimal_to_boolean>(from, to, ResultForm::Value, {});
    case TypeKind::Float: return told<&mr_cast_decimal_to_float>(from, to, ResultForm::Value, {from.scale});
    case TypeKind::Double: return told<&mr_decimal_to_double>(from, to, ResultForm::Value, {from.scale});
    case TypeKind::String: return told<&mr_decimal_to_string>(from, to, ResultForm::Out, {from.scale}, true);
    case TypeKind::Timestamp: return told<&mr_decimal_to_timestamp>(from, to, ResultForm::Nullable, {from.scale});
    default: return std::nullopt;
  }
}

/// The least field of an INTERVAL, in months or microseconds.
int64_t unit_of(const SqlType& interval) {
  constexpr int64_t kMonths[] = {12, 1};
  constexpr int64_t kSecond = 1'000'000;
  constexpr int64_t kMicros[] = {86'400 * kSecond, 3'600 * kSecond, 60 * kSecond, kSecond};
  return interval.is(TypeKind::IntervalYearMonth) ? kMonths[interval.interval_last()] : kMicros[interval.interval_last()];
}

std::optional<NativeCast> cast_interval(const SqlType& from, const SqlType& to) {
  const bool months = (from.is_interval() ? from : to).is(TypeKind::IntervalYearMonth);
  if (from.is_interval() && to.is_interval()) {
    const bool keeps_fraction = !months && to.interval_last() == 3;
    return told<&mr_cast_interval_to_units>(from, to, ResultForm::Value, {keeps_fraction ? 1 : unit_of(to)});
  }
  const SqlType& interval = from.is_interval() ? from : to;
  const std::vector<int64_t> fields{interval.interval_first(), interval.interval_last()};
  if (from.is(TypeKind::String)) {
    if (months) return told<&mr_cast_string_to_months>(from, to, ResultForm::Nullable, fields);
    return told<&mr_cast_string_to_micros>(from, to, ResultForm::Nullable, fields);
  }
  if (to.is(TypeKind::String)) {
    if (months) return told<&mr_cast_months_to_string>(from, to, ResultForm::Out, fields, true);
    return told<&mr_cast_micros_to_string>(from, to, ResultForm::Out, fields, true);
  }
  if (to.is(TypeKind::Decimal)) {
    // Seconds keep their fraction; of other units only whole ones count.
    const bool seconds = !months && from.interval_last() == 3;
    return told<&mr_cast_interval_to_decimal>(from, to, ResultForm::Nullable, {seconds ? 1 : unit_of(from), seconds ? 6 : 0, to.precision, to.scale});
  }
  if (from.is(TypeKind::Decimal)) {
    const IntegerRange range = integer_range(months ? TypeKind::Int : TypeKind::BigInt);
    const int64_t least = !months && to.interval_last() != 3 ? unit_of(to) : 1;
    return told<&mr_cast_decimal_to_interval>(from, to, ResultForm::Nullable, {from.scale, unit_of(to), least, range.min, range.max});
  }
  if (from.is_integer()) {
    const IntegerRange range = integer_range(months ? TypeKind::Int : TypeKind::BigInt);
    return told<&mr_cast_int_to_interval>(from, to, ResultForm::Nullable, {unit_of(to), range.min, range.max});
  }
  if (!to.is_integer()) return std::nullopt;
  const IntegerRange range = integer_range(to.kind);
  return told<&mr_cast_interval_to_int>(from, to, ResultForm::Nullable, {unit_of(from), range.min, range.max});
}

}  // namespace

std::optional<NativeCast> find_cast(const SqlType& from, const SqlType& to) {
  if (from.is_interval() || to.is_interval()) return cast_interval(from, to);
  if (to.is(TypeKind::Decimal)) return cast_to_decimal(from, to);
  if (from.is(TypeKind::Decimal)) return cast_from_decimal(from, to);
  if (from.is_integer() && to.is(TypeKind::Binary)) {
    return told<&mr_cast_int_to_binary>(from, to, ResultForm::Out, {int64_t{1} << (static_cast<int>(from.kind) - static_cast<int>(TypeKind::TinyInt))}, true);
  }
  static const std::vector<NativeCast> table = build_table();
  for (const NativeCast& one : table) {
    if (one.from == from.kind && one.to == to.kind) return one;
  }
  return std::nullopt;
}

}  // namespace millrace
