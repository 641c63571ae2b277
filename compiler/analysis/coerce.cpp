#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "compiler/analysis/calendar_interval.h"
#include "compiler/analysis/operators.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/types/coercion.h"
#include "runtime/abi/calls/decimal.h"

namespace millrace {

namespace {

double as_floating(double value, const SqlType& to) { return to.is(TypeKind::Float) ? static_cast<double>(static_cast<float>(value)) : value; }

/// Where the other type has a place for every digit, or is floating or text.
bool convert_decimal(expr::Literal& literal, const SqlType& from, const SqlType& to) {
  const abi::Decimal value = std::get<abi::Decimal>(literal.value);
  if (to.is_floating()) {
    literal.value = as_floating(abi::mr_decimal_to_double(&value, from.scale), to);
    return true;
  }
  if (to.is(TypeKind::String)) {
    char text[abi::kDecimalTextMax];
    literal.value = std::string(text, static_cast<size_t>(abi::mr_write_decimal(&value, from.scale, text)));
    return true;
  }
  abi::Decimal rescaled;
  const bool exact = to.is(TypeKind::Decimal) && to.scale >= from.scale &&
                     abi::mr_decimal_rescale(&value, from.scale, to.precision, to.scale, &rescaled);
  if (exact) literal.value = rescaled;
  return exact;
}

/// A literal's value in another type, where that loses nothing; false when a cast has to be made.
bool convert_literal(expr::Expr& e, const SqlType& to) {
  auto* literal = std::get_if<expr::Literal>(&e.node);
  if (!literal) return false;
  if (std::holds_alternative<std::monostate>(literal->value)) return true;
  if (e.type.is(TypeKind::Decimal)) return convert_decimal(*literal, e.type, to);
  const auto* integer = std::get_if<int64_t>(&literal->value);
  if (!integer) return false;
  if (e.type.is_interval()) return to.kind == e.type.kind && to.interval_last() >= e.type.interval_last();
  if (!e.type.is_integer()) return false;
  if (to.is_integer()) {
    const IntegerRange range = integer_range(to.kind);
    return *integer >= range.min && *integer <= range.max;
  }
  const int64_t value = *integer;
  if (to.is(TypeKind::Decimal)) {
    abi::Decimal decimal;
    const bool fits = abi::mr_decimal_from_int(value, to.precision, to.scale, &decimal);
    if (fits) literal->value = decimal;
    return fits;
  }
  if (!to.is_floating()) return false;
  literal->value = to.is(TypeKind::Float) ? static_cast<double>(static_cast<float>(value)) : static_cast<double>(value);
  return true;
}

}  // namespace

std::string counted(size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

bool is_decimal_literal(const expr::Expr& e) {
  return e.type.is(TypeKind::Decimal) && std::holds_alternative<expr::Literal>(e.node) && !is_null_literal(e);
}

ExprPtr make_null(SqlType type, SourceSpan span) { return expr::make(expr::Literal{}, std::move(type), true, span); }
ExprPtr make_boolean(bool value, SourceSpan span) {
  return expr::make(expr::Literal{value}, TypeKind::Boolean, false, span);
}
ExprPtr make_integer(int64_t value, SqlType type, SourceSpan span) {
  return expr::make(expr::Literal{value}, std::move(type), false, span);
}
ExprPtr make_string(std::string value, SourceSpan span) {
  return expr::make(expr::Literal{std::move(value)}, TypeKind::String, false, span);
}

/// A nested value made on the spot: its parts are cast before they are put together.
bool coerce_parts(expr::Expr& e, const SqlType& to) {
  if (e.type.kind != to.kind || e.type.fields.size() != to.fields.size()) return false;
  if (auto* made = std::get_if<expr::MakeStruct>(&e.node)) {
    for (size_t i = 0; i < made->fields.size(); ++i) made->fields[i] = coerce(std::move(made->fields[i]), to.fields[i].type);
    return true;
  }
  auto* made = std::get_if<expr::MakeCollection>(&e.node);
  if (!made) return false;
  const size_t parts = to.fields.size();
  for (size_t i = 0; i < made->elements.size(); ++i) {
    made->elements[i] = coerce(std::move(made->elements[i]), to.fields[i % parts].type);
  }
  return true;
}

ExprPtr coerce(ExprPtr&& e, const SqlType& to) {
  if (e->type == to) return std::move(e);
  const SourceSpan span = e->span;
  if (is_calendar_interval(e->type) && to.is(TypeKind::String)) return text_of_calendar_interval(std::move(e), span);
  if (coerce_parts(*e, to) || convert_literal(*e, to)) {
    e->type = to;
    return std::move(e);
  }
  return make_inferred(expr::Cast{std::move(e)}, to, span);
}

ExprPtr coerce_checked(ExprPtr e, const SqlType& to, const std::string& what) {
  if (!implicitly_castable(e->type, to)) {
    throw SqlError(e->span, what + " must be " + to_string(to) + ", not " + to_string(e->type));
  }
  return coerce(std::move(e), to);
}

ExprPtr explicit_cast(ExprPtr e, const SqlType& to, SourceSpan span) {
  if (!explicitly_castable(e->type, to)) {
    throw SqlError(span, "cannot cast " + to_string(e->type) + " to " + to_string(to));
  }
  e = coerce(std::move(e), to);
  e->span = span;
  return e;
}

ExprPtr to_boolean(ExprPtr e, const std::string& what) {
  if (e->type.is(TypeKind::Boolean)) return e;
  if (is_null_literal(*e)) return coerce(std::move(e), TypeKind::Boolean);
  throw SqlError(e->span, what + " must be BOOLEAN, not " + to_string(e->type));
}

SqlType unify(std::vector<ExprPtr*> operands, const std::string& what, SourceSpan) {
  SqlType type = TypeKind::Null;
  for (const ExprPtr* operand : operands) {
    const auto common = common_type(type, (*operand)->type);
    if (!common) {
      throw SqlError((*operand)->span,
                     what + " have no common type: " + to_string(type) + " and " + to_string((*operand)->type));
    }
    type = *common;
  }
  for (ExprPtr* operand : operands) *operand = coerce(std::move(*operand), type);
  return type;
}

}  // namespace millrace
