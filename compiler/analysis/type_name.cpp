#include "compiler/analysis/type_name.h"

#include <array>

#include "compiler/analysis/interval.h"
#include "compiler/analysis/session.h"

namespace millrace {

namespace {

struct Spelling {
  std::string_view name;
  TypeKind kind;
};
constexpr std::array<Spelling, 39> kSpellings{{
    {"BOOLEAN", TypeKind::Boolean},
    {"BOOL", TypeKind::Boolean},
    {"TINYINT", TypeKind::TinyInt},
    {"BYTE", TypeKind::TinyInt},
    {"SMALLINT", TypeKind::SmallInt},
    {"SHORT", TypeKind::SmallInt},
    {"INT", TypeKind::Int},
    {"INTEGER", TypeKind::Int},
    {"INT4", TypeKind::Int},
    {"BIGINT", TypeKind::BigInt},
    {"LONG", TypeKind::BigInt},
    {"INT8", TypeKind::BigInt},
    {"INT2", TypeKind::SmallInt},
    {"BIGINT UNSIGNED", TypeKind::BigInt},
    {"INT UNSIGNED", TypeKind::BigInt},
    {"FLOAT", TypeKind::Float},
    {"REAL", TypeKind::Float},
    {"FLOAT4", TypeKind::Float},
    {"DOUBLE", TypeKind::Double},
    {"DOUBLE PRECISION", TypeKind::Double},
    {"FLOAT8", TypeKind::Double},
    {"STRING", TypeKind::String},
    {"TEXT", TypeKind::String},
    {"VARCHAR", TypeKind::String},
    {"CHAR", TypeKind::String},
    {"CHARACTER", TypeKind::String},
    {"CHARACTER VARYING", TypeKind::String},
    {"BINARY", TypeKind::Binary},
    {"BYTES", TypeKind::Binary},
    {"VARBINARY", TypeKind::Binary},
    {"BYTEA", TypeKind::Binary},
    {"DATE", TypeKind::Date},
    {"TIMESTAMP", TypeKind::Timestamp},
    {"DATETIME", TypeKind::Timestamp},
    {"TIMESTAMPTZ", TypeKind::Timestamp},
    {"TIMESTAMP_LTZ", TypeKind::Timestamp},
    {"TIMESTAMP_NTZ", TypeKind::Timestamp},
    {"TIMESTAMP WITH TIME ZONE", TypeKind::Timestamp},
    {"TIMESTAMP WITHOUT TIME ZONE", TypeKind::Timestamp},
}};

constexpr uint32_t kMaxPrecision = 38;

SqlType decimal_type(const ast::TypeName& name) {
  const uint32_t precision = name.parameters.empty() ? 10 : name.parameters[0];
  const uint32_t scale = name.parameters.size() < 2 ? 0 : name.parameters[1];
  if (precision < 1 || precision > kMaxPrecision) throw SqlError(name.span, "the precision of DECIMAL is between 1 and 38");
  if (scale > precision) throw SqlError(name.span, "the scale of DECIMAL is between 0 and its precision");
  return SqlType::decimal(static_cast<uint8_t>(precision), static_cast<uint8_t>(scale));
}

SqlType struct_type(const ast::TypeName& name) {
  std::vector<StructField> fields;
  for (const auto& [field, type] : name.fields) fields.push_back({field.text, resolve_type(type), true});
  return SqlType::structure(std::move(fields));
}

/// `INTERVAL`, `INTERVAL DAY`, `INTERVAL DAY TO SECOND`
SqlType interval_named(const ast::TypeName& name) {
  constexpr std::string_view kWord = "INTERVAL ";
  if (name.name.size() < kWord.size()) return TypeKind::IntervalDayTime;
  const std::string_view units = std::string_view(name.name).substr(kWord.size());
  const size_t to = units.find(" TO ");
  const auto type = interval_type(units.substr(0, to), to == std::string_view::npos ? units : units.substr(to + 4));
  if (!type) throw SqlError(name.span, "no INTERVAL has these fields", "such as INTERVAL YEAR TO MONTH or INTERVAL DAY TO SECOND");
  return *type;
}

}  // namespace

SqlType resolve_type(const ast::TypeName& name) {
  for (const Spelling& spelling : kSpellings) {
    if (name.name == spelling.name) return spelling.kind;
  }
  if (name.name == "DECIMAL" || name.name == "NUMERIC" || name.name == "DEC") return decimal_type(name);
  if (name.name == "ARRAY" && name.fields.size() == 1) return SqlType::array(resolve_type(name.fields[0].second));
  if (name.name == "MAP" && name.fields.size() == 2) {
    return SqlType::map(resolve_type(name.fields[0].second), resolve_type(name.fields[1].second));
  }
  if (name.name == "STRUCT" || name.name == "ROW") return struct_type(name);
  if (name.name.starts_with("INTERVAL")) {
    return interval_named(name);
  }
  std::vector<std::string> known{"DECIMAL", "ARRAY", "MAP", "STRUCT", "INTERVAL"};
  for (const Spelling& spelling : kSpellings) known.emplace_back(spelling.name);
  throw SqlError(name.span, "unknown type '" + name.name + "'" + did_you_mean(name.name, known));
}

}  // namespace millrace
