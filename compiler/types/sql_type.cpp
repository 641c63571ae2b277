#include "compiler/types/sql_type.h"

#include <limits>
#include <utility>

namespace millrace {

namespace {

std::string_view kind_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::Null:
      return "VOID";
    case TypeKind::Boolean:
      return "BOOLEAN";
    case TypeKind::TinyInt:
      return "TINYINT";
    case TypeKind::SmallInt:
      return "SMALLINT";
    case TypeKind::Int:
      return "INT";
    case TypeKind::BigInt:
      return "BIGINT";
    case TypeKind::Float:
      return "FLOAT";
    case TypeKind::Double:
      return "DOUBLE";
    case TypeKind::Decimal:
      return "DECIMAL";
    case TypeKind::String:
      return "STRING";
    case TypeKind::Binary:
      return "BINARY";
    case TypeKind::Date:
      return "DATE";
    case TypeKind::Timestamp:
      return "TIMESTAMP";
    case TypeKind::IntervalYearMonth:
      return "INTERVAL YEAR TO MONTH";
    case TypeKind::IntervalDayTime:
      return "INTERVAL DAY TO SECOND";
    case TypeKind::Array:
      return "ARRAY";
    case TypeKind::Struct:
      return "STRUCT";
    case TypeKind::Map:
      return "MAP";
  }
  return "?";
}

/// `INTERVAL DAY TO SECOND`, `INTERVAL MONTH`
std::string interval_to_string(const SqlType& type) {
  static constexpr const char* kMonthFields[] = {"YEAR", "MONTH"};
  static constexpr const char* kDayFields[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
  const char* const* fields = type.is(TypeKind::IntervalYearMonth) ? kMonthFields : kDayFields;
  std::string out = std::string("INTERVAL ") + fields[type.interval_first()];
  return type.interval_first() == type.interval_last() ? out : out + " TO " + fields[type.interval_last()];
}

std::string nested_to_string(const SqlType& type) {
  if (type.is(TypeKind::Struct) && type.precision != 0) return "INTERVAL";
  std::string out(kind_name(type.kind));
  out += '<';
  const char* separator = "";
  for (const StructField& field : type.fields) {
    out += separator;
    if (type.is(TypeKind::Struct)) out += field.name + ": ";
    out += to_string(field.type);
    if (type.is(TypeKind::Struct) && !field.nullable) out += " NOT NULL";
    separator = ", ";
  }
  return out + '>';
}

}  // namespace

SqlType SqlType::decimal(uint8_t precision, uint8_t scale) {
  SqlType type(TypeKind::Decimal);
  type.precision = precision;
  type.scale = scale;
  return type;
}

SqlType SqlType::interval(TypeKind kind, int first, int last) {
  SqlType type(kind);
  type.precision = static_cast<uint8_t>(first);
  type.scale = static_cast<uint8_t>((kind == TypeKind::IntervalYearMonth ? 1 : 3) - last);
  return type;
}

SqlType SqlType::array(SqlType element) {
  SqlType type(TypeKind::Array);
  type.fields.push_back({"element", std::move(element), true});
  return type;
}

SqlType SqlType::map(SqlType key, SqlType value) {
  SqlType type(TypeKind::Map);
  type.fields.push_back({"key", std::move(key), false});
  type.fields.push_back({"value", std::move(value), true});
  return type;
}

SqlType SqlType::structure(std::vector<StructField> fields) {
  SqlType type(TypeKind::Struct);
  type.fields = std::move(fields);
  return type;
}

SqlType SqlType::window() { return structure({{"start", TypeKind::Timestamp, true}, {"end", TypeKind::Timestamp, true}}); }

bool SqlType::operator==(const SqlType& other) const {
  return kind == other.kind && precision == other.precision && scale == other.scale && fields == other.fields;
}

std::string to_string(const SqlType& type) {
  if (type.is_nested()) return nested_to_string(type);
  if (type.is_interval()) return interval_to_string(type);
  std::string out(kind_name(type.kind));
  if (type.is(TypeKind::Decimal)) out += '(' + std::to_string(type.precision) + ',' + std::to_string(type.scale) + ')';
  return out;
}

IntegerRange integer_range(TypeKind kind) {
  switch (kind) {
    case TypeKind::TinyInt:
      return {std::numeric_limits<int8_t>::min(), std::numeric_limits<int8_t>::max()};
    case TypeKind::SmallInt:
      return {std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max()};
    case TypeKind::Int:
      return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
    default:
      return {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  }
}

}  // namespace millrace
