#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "compiler/analysis/operators.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/types/coercion.h"

namespace millrace {

namespace {

double decimal_as_double(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return value;
}

/// Whether Spark prints the DECIMAL literal as it prints the DOUBLE nearest to it: one digit or more after the point, no
/// zero at the end but in `x.0`, and so short and near to 1 that neither digits are lost nor an exponent is needed.
bool prints_as_double(const std::string& text) {
  const size_t point = text.find('.');
  if (point == std::string::npos || point + 1 == text.size()) return false;
  const bool trailing_zero = text.back() == '0' && point + 2 != text.size();
  const double magnitude = std::abs(decimal_as_double(text));
  return !trailing_zero && text.size() <= 15 && ((magnitude >= 1e-3 && magnitude < 1e7) || magnitude == 0);
}

/// A literal's value in another type, where that loses nothing; false when a cast has to be made.
bool convert_literal(expr::Expr& e, const SqlType& to) {
  auto* literal = std::get_if<expr::Literal>(&e.node);
  if (!literal) return false;
  if (std::holds_alternative<std::monostate>(literal->value)) return true;
  if (e.type.is(TypeKind::Decimal)) {
    const std::string text = std::get<std::string>(literal->value);
    if (to.is_floating()) {
      const double value = decimal_as_double(text);
      literal->value = to.is(TypeKind::Float) ? static_cast<double>(static_cast<float>(value)) : value;
      return true;
    }
    return to.is(TypeKind::String);
  }
  const auto* integer = std::get_if<int64_t>(&literal->value);
  if (!integer || !e.type.is_integer()) return false;
  if (to.is_integer()) {
    const IntegerRange range = integer_range(to.kind);
    return *integer >= range.min && *integer <= range.max;
  }
  if (!to.is_floating()) return false;
  const int64_t value = *integer;
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

bool holds_unsupported(const SqlType& type) {
  if (type.is(TypeKind::Decimal) || type.is_interval()) return true;
  return std::any_of(type.fields.begin(), type.fields.end(), [](const StructField& f) { return holds_unsupported(f.type); });
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

ExprPtr coerce(ExprPtr e, const SqlType& to) {
  if (e->type == to) return e;
  if (coerce_parts(*e, to)) {
    e->type = to;
    return e;
  }
  if (convert_literal(*e, to)) {
    e->type = to;
    return e;
  }
  if (is_decimal_literal(*e)) {
    // Beside neither DOUBLE nor STRING: its DOUBLE is cut by the cast as the DECIMAL would be.
    e = coerce(std::move(e), TypeKind::Double);
  }
  const SourceSpan span = e->span;
  return make_inferred(expr::Cast{std::move(e)}, to, span);
}

ExprPtr coerce_checked(ExprPtr e, const SqlType& to, const std::string& what) {
  if (!implicitly_castable(e->type, to)) {
    throw SqlError(e->span, what + " must be " + to_string(to) + ", not " + to_string(e->type));
  }
  return coerce(std::move(e), to);
}

ExprPtr explicit_cast(ExprPtr e, const SqlType& to, SourceSpan span) {
  if (holds_unsupported(to)) throw not_supported_yet(span, "CAST to " + to_string(to));
  if (e->type.is_interval()) throw not_supported_yet(span, "CAST of " + to_string(e->type) + " to " + to_string(to));
  if (!explicitly_castable(e->type, to)) {
    throw SqlError(span, "cannot cast " + to_string(e->type) + " to " + to_string(to));
  }
  e = coerce(std::move(e), to);
  e->span = span;
  return e;
}

ExprPtr settle(ExprPtr e) {
  if (is_null_literal(*e) || !e->type.is(TypeKind::Decimal)) return e;
  const std::string& text = std::get<std::string>(std::get<expr::Literal>(e->node).value);
  if (!prints_as_double(text)) throw not_supported_yet(e->span, "DECIMAL values", "write a DOUBLE literal such as 1.5D");
  return coerce(std::move(e), TypeKind::Double);
}

ExprPtr to_boolean(ExprPtr e, const std::string& what) {
  if (e->type.is(TypeKind::Boolean)) return e;
  if (is_null_literal(*e)) return coerce(std::move(e), TypeKind::Boolean);
  throw SqlError(e->span, what + " must be BOOLEAN, not " + to_string(e->type));
}

SqlType unify(std::vector<ExprPtr*> operands, const std::string& what, SourceSpan span) {
  SqlType type = TypeKind::Null;
  for (const ExprPtr* operand : operands) {
    const auto common = common_type(type, (*operand)->type);
    if (!common) {
      throw SqlError((*operand)->span,
                     what + " have no common type: " + to_string(type) + " and " + to_string((*operand)->type));
    }
    type = *common;
  }
  if (type.is(TypeKind::Decimal)) {
    throw not_supported_yet(span, "DECIMAL values", "write DOUBLE literals such as 1.5D");
  }
  for (ExprPtr* operand : operands) *operand = coerce(std::move(*operand), type);
  return type;
}

}  // namespace millrace
