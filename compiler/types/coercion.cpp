#include "compiler/types/coercion.h"

#include <algorithm>
#include <cstdlib>

#include "compiler/base/letter_case.h"
#include "compiler/types/decimal_rules.h"

namespace millrace {

namespace {

bool is_atomic(const SqlType& type) { return !type.is_nested() && !type.is(TypeKind::Null); }

/// The DECIMAL with the larger scale and the larger number of digits before the point, cut to 38 digits in all.
SqlType wider_decimal(const SqlType& a, const SqlType& b) {
  const int scale = std::max<int>(a.scale, b.scale);
  const int whole_digits = std::max(a.whole_digits(), b.whole_digits());
  return decimal_rules::bounded(whole_digits + scale, scale);
}

SqlType common_numeric(const SqlType& a, const SqlType& b) {
  if (!a.is(TypeKind::Decimal) && !b.is(TypeKind::Decimal)) return std::max(a.kind, b.kind);
  if (a.is_floating() || b.is_floating()) return TypeKind::Double;
  return wider_decimal(*decimal_rules::for_number(a), *decimal_rules::for_number(b));
}

/// The INTERVAL with the fields of both.
SqlType wider_interval(const SqlType& a, const SqlType& b) {
  return SqlType::interval(a.kind, std::min(a.interval_first(), b.interval_first()), std::max(a.interval_last(), b.interval_last()));
}

/// Arrays, maps and structs (of the same field names) have a common type when each of their parts has one.
std::optional<SqlType> common_nested(const SqlType& a, const SqlType& b) {
  if (a.kind != b.kind || a.fields.size() != b.fields.size()) return std::nullopt;
  SqlType common = a;
  for (size_t i = 0; i < a.fields.size(); ++i) {
    if (a.is(TypeKind::Struct) && !equal_without_case(a.fields[i].name, b.fields[i].name)) return std::nullopt;
    std::optional<SqlType> part = common_type(a.fields[i].type, b.fields[i].type);
    if (!part) return std::nullopt;
    common.fields[i].type = std::move(*part);
    common.fields[i].nullable = a.fields[i].nullable || b.fields[i].nullable;
  }
  return common;
}

/// What beside a string becomes a string in CASE, COALESCE, IN and UNION: all atomic types but BINARY and BOOLEAN.
bool promotes_to_string(const SqlType& type) {
  return is_atomic(type) && !type.is(TypeKind::Binary) && !type.is(TypeKind::Boolean);
}

/// The type to which a string is cast when it is compared with a value of `other`.
std::optional<SqlType> compared_with_string(const SqlType& other) {
  if (other.is(TypeKind::Decimal)) return TypeKind::Double;
  if (!is_atomic(other)) return std::nullopt;
  return other;
}

bool all_parts_castable(const SqlType& from, const SqlType& to, bool (*castable)(const SqlType&, const SqlType&)) {
  if (from.kind != to.kind || from.fields.size() != to.fields.size()) return false;
  return std::equal(from.fields.begin(), from.fields.end(), to.fields.begin(),
                    [&](const StructField& a, const StructField& b) { return castable(a.type, b.type); });
}

/// Widening costs little, and the nearer type less; losing digits costs more.
int numeric_cast_cost(const SqlType& from, const SqlType& to) {
  constexpr int kToDouble = 8;
  constexpr int kToDecimal = 9;
  constexpr int kToFloat = 10;
  constexpr int kNarrowing = 100;
  const bool between_integers = from.is_integer() && to.is_integer();
  if (between_integers && from.kind < to.kind) return static_cast<int>(to.kind) - static_cast<int>(from.kind);
  if (from.is(TypeKind::Decimal) && to.is(TypeKind::Decimal)) return wider_decimal(from, to) == to ? 1 : 2;
  if (to.is(TypeKind::Double)) return from.is(TypeKind::Float) ? 1 : kToDouble;
  if (from.is_integer() && to.is(TypeKind::Decimal)) return kToDecimal;
  if (from.is_integer() && to.is(TypeKind::Float)) return kToFloat;
  return kNarrowing + std::abs(static_cast<int>(from.kind) - static_cast<int>(to.kind));
}

/// From text, of one kind, and between integers or DECIMALs and the least field of an INTERVAL.
bool castable_interval(const SqlType& from, const SqlType& to) {
  if (from.is(TypeKind::String) || from.kind == to.kind) return true;
  const SqlType& other = from.is_interval() ? to : from;
  return other.is_integer() || other.is(TypeKind::Decimal);
}

}  // namespace

std::optional<SqlType> common_type(const SqlType& a, const SqlType& b) {
  if (a == b || b.is(TypeKind::Null)) return a;
  if (a.is(TypeKind::Null)) return b;
  if (a.is_numeric() && b.is_numeric()) return common_numeric(a, b);
  const bool date_and_timestamp =
      (a.is(TypeKind::Date) && b.is(TypeKind::Timestamp)) || (a.is(TypeKind::Timestamp) && b.is(TypeKind::Date));
  if (date_and_timestamp) return SqlType(TypeKind::Timestamp);
  if (a.is(TypeKind::String) && promotes_to_string(b)) return a;
  if (b.is(TypeKind::String) && promotes_to_string(a)) return b;
  if (a.is_interval() && a.kind == b.kind) return wider_interval(a, b);
  if (a.is_nested()) return common_nested(a, b);
  return std::nullopt;
}

std::optional<SqlType> comparison_type(const SqlType& a, const SqlType& b) {
  if (a == b || a.is(TypeKind::Null) || b.is(TypeKind::Null)) return common_type(a, b);
  if (a.is(TypeKind::String)) return compared_with_string(b);
  if (b.is(TypeKind::String)) return compared_with_string(a);
  // TRUE = 1: Spark casts the boolean to the number's type.
  if (a.is(TypeKind::Boolean) && b.is_numeric()) return b;
  if (b.is(TypeKind::Boolean) && a.is_numeric()) return a;
  return common_type(a, b);
}

bool implicitly_castable(const SqlType& from, const SqlType& to) {
  if (from == to || from.is(TypeKind::Null)) return true;
  if (from.is_numeric() && to.is_numeric()) return true;
  if (to.is(TypeKind::String)) return is_atomic(from);
  if (from.is(TypeKind::Date)) return to.is(TypeKind::Timestamp);
  if (from.is(TypeKind::Timestamp)) return to.is(TypeKind::Date);
  if (from.is_interval()) return from.kind == to.kind;
  if (from.is(TypeKind::String)) {
    return to.is_interval() || to.is_numeric() || to.is(TypeKind::Date) || to.is(TypeKind::Timestamp) || to.is(TypeKind::Binary);
  }
  return from.is_nested() && all_parts_castable(from, to, implicitly_castable);
}

bool explicitly_castable(const SqlType& from, const SqlType& to) {
  if (from == to || from.is(TypeKind::Null) || to.is(TypeKind::String)) return true;
  if (from.is_nested() || to.is_nested()) return from.is_nested() && all_parts_castable(from, to, explicitly_castable);
  if (to.is(TypeKind::Null)) return false;
  if (to.is_interval() || from.is_interval()) return castable_interval(from, to);
  const bool from_text_or_bytes = from.is(TypeKind::String) || from.is(TypeKind::Binary);
  if (to.is(TypeKind::Binary)) return from.is(TypeKind::String) || from.is_integer();
  if (to.is(TypeKind::Date)) return from.is(TypeKind::String) || from.is(TypeKind::Timestamp);
  // What is left goes between BOOLEAN, numbers, STRING, DATE and TIMESTAMP. (DATE to a number is legal, and NULL.)
  return !from_text_or_bytes || from.is(TypeKind::String);
}

std::optional<int> cast_cost(const SqlType& from, const SqlType& to) {
  constexpr int kFromNull = 1;
  constexpr int kBetweenTimes = 20;
  constexpr int kStringToDouble = 40;  // Spark reads a string as a DOUBLE where any number will do
  constexpr int kFromString = 50;
  constexpr int kToString = 200;
  constexpr int kNested = 30;
  if (from == to) return 0;
  if (!implicitly_castable(from, to)) return std::nullopt;
  if (from.is(TypeKind::Null)) return kFromNull;
  if (from.is_numeric() && to.is_numeric()) return numeric_cast_cost(from, to);
  if (to.is(TypeKind::String)) return kToString;
  if (from.is(TypeKind::String)) return to.is(TypeKind::Double) ? kStringToDouble : kFromString;
  if (from.is_interval()) return kFromNull;
  return from.is_nested() ? kNested : kBetweenTimes;
}

}  // namespace millrace
