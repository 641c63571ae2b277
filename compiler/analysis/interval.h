#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/syntax/ast.h"
#include "compiler/types/sql_type.h"

namespace millrace {

/// Microseconds in a unit: `SECOND`, `seconds`, `s`, `ms`, `day` … nullopt for months, years and what is no unit.
std::optional<int64_t> unit_micros(std::string_view unit);

/// A duration's text: `2 seconds`, `2s`, `500ms`, `1m30s`, `1 minute 30 seconds`, `interval 3 seconds`. nullopt when it is
/// none, also when it counts months or years, which have no fixed length, or does not fit.
std::optional<int64_t> parse_duration(std::string_view text);

/// The value of an INTERVAL literal: either months or microseconds, of a type with the fields that it names.
struct IntervalValue {
  bool is_months = false;
  int64_t amount = 0;
  SqlType type;
};
/// The INTERVAL type with the fields from one unit to another, as a type's name or a literal has them: weeks are days, parts of a second seconds.
/// nullopt when one is no unit, or they do not go together.
std::optional<SqlType> interval_type(std::string_view first_unit, std::string_view last_unit);

/// Throws SqlError for unknown units, numbers that are none, mixed kinds and overflow.
IntervalValue interval_value(const ast::Interval& interval, SourceSpan span);

/// A constant duration, as `INTERVAL …` or as a string: the size of a window, a trigger's period. `what` names it in errors.
int64_t constant_duration(const ast::Expr& e, const std::string& what);

}  // namespace millrace
