#include <algorithm>

#include "compiler/analysis/calendar_interval.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/types/coercion.h"
#include "runtime/abi/decimal.h"

namespace millrace {

using expr::ComparisonOp;

namespace {

/// A decimal literal between two integers: its floor, and whether it is more than that.
struct DecimalPosition {
  int64_t floor = 0;
  bool has_fraction = false;
};

/// nullopt when the literal lies outside of BIGINT.
std::optional<DecimalPosition> position_of(__int128 unscaled, int scale) {
  const __int128 unit = abi::ten_to(scale);
  const bool has_fraction = unscaled % unit != 0;
  const __int128 floor = unscaled / unit - (unscaled < 0 && has_fraction ? 1 : 0);
  if (floor < INT64_MIN || floor > INT64_MAX) return std::nullopt;
  return DecimalPosition{static_cast<int64_t>(floor), has_fraction};
}

ComparisonOp mirrored(ComparisonOp op) {
  switch (op) {
    case ComparisonOp::Less:
      return ComparisonOp::Greater;
    case ComparisonOp::LessEqual:
      return ComparisonOp::GreaterEqual;
    case ComparisonOp::Greater:
      return ComparisonOp::Less;
    case ComparisonOp::GreaterEqual:
      return ComparisonOp::LessEqual;
    default:
      return op;
  }
}

/// `value` when e is not NULL, else NULL.
ExprPtr constant_unless_null(ExprPtr e, bool value, SourceSpan span) {
  if (!e->nullable) return make_boolean(value, span);
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  branches.emplace_back(make_is_null(std::move(e), true, span), make_boolean(value, span));
  return make_case(std::move(branches), nullptr, span);
}

/// An integer beside a decimal literal, exactly: x > 1.5 is x > 1, x < 1.5 is x < 2, x = 1.5 is never TRUE.
ExprPtr compare_with_decimal(ComparisonOp op, ExprPtr integer, const expr::Expr& literal, SourceSpan span) {
  const __int128 unscaled = abi::wide_of(std::get<abi::Decimal>(std::get<expr::Literal>(literal.node).value));
  const auto position = position_of(unscaled, literal.type.scale);
  const bool below_all = !position && unscaled < 0;
  const bool never_equal = !position || position->has_fraction;
  if (never_equal && op == ComparisonOp::NullSafeEqual) return make_boolean(false, span);
  if (never_equal && op == ComparisonOp::Equal) return constant_unless_null(std::move(integer), false, span);
  if (never_equal && op == ComparisonOp::NotEqual) return constant_unless_null(std::move(integer), true, span);
  if (!position) {
    const bool greater = op == ComparisonOp::Greater || op == ComparisonOp::GreaterEqual;
    return constant_unless_null(std::move(integer), greater == below_all, span);
  }
  if (position->has_fraction) {
    const bool less = op == ComparisonOp::Less || op == ComparisonOp::LessEqual;
    op = less ? ComparisonOp::LessEqual : ComparisonOp::Greater;
  }
  const IntegerRange range = integer_range(integer->type.kind);
  const bool fits = position->floor >= range.min && position->floor <= range.max;
  const SqlType type = fits ? integer->type : SqlType(TypeKind::BigInt);
  return make_comparison(op, std::move(integer), make_integer(position->floor, type, literal.span), span);
}

/// Maps, as in Spark, are not compared at all.
void check_comparable(const SqlType& type, SourceSpan span) {
  if (is_calendar_interval(type)) throw SqlError(span, "INTERVALs of months and days cannot be compared: a month has no fixed number of days", "compare the times that they lead to");
  if (holds_map(type)) throw SqlError(span, "MAPs cannot be compared", "compare map_keys(m), map_values(m) or m['key']");
}

bool is_equality(ComparisonOp op) { return op == ComparisonOp::Equal || op == ComparisonOp::NotEqual || op == ComparisonOp::NullSafeEqual; }

}  // namespace

ExprPtr make_comparison(ComparisonOp op, ExprPtr left, ExprPtr right, SourceSpan span) {
  if (is_decimal_literal(*right) && left->type.is_integer()) return compare_with_decimal(op, std::move(left), *right, span);
  if (is_decimal_literal(*left) && right->type.is_integer()) {
    return compare_with_decimal(mirrored(op), std::move(right), *left, span);
  }
  const auto type = comparison_type(left->type, right->type);
  if (!type) {
    throw SqlError(span, "cannot compare " + to_string(left->type) + " with " + to_string(right->type), "CAST one of them");
  }
  if (left->type.is(TypeKind::Boolean) != right->type.is(TypeKind::Boolean) && !is_equality(op) && (left->type.is_numeric() || right->type.is_numeric())) {
    throw SqlError(span, "no order between " + to_string(left->type) + " and " + to_string(right->type), "only = and <> go between them; CAST one of them");
  }
  check_comparable(*type, span);
  left = coerce(std::move(left), *type);
  right = coerce(std::move(right), *type);
  if (type->is_nested() && !is_equality(op)) {
    left = make_sortable(std::move(left), span);
    right = make_sortable(std::move(right), span);
  }
  return make_inferred(expr::Comparison{op, std::move(left), std::move(right)}, TypeKind::Boolean, span);
}

ExprPtr make_in_list(ExprPtr operand, std::vector<ExprPtr> values, bool negated, SourceSpan span) {
  const auto is_decimal = [](const ExprPtr& e) { return is_decimal_literal(*e); };
  if (operand->type.is_integer() && std::any_of(values.begin(), values.end(), is_decimal)) {
    std::vector<ExprPtr> tests;
    for (ExprPtr& value : values)
      tests.push_back(make_comparison(ComparisonOp::Equal, expr::clone(*operand), std::move(value), span));
    ExprPtr any = make_logic(expr::LogicOp::Or, std::move(tests), span);
    return negated ? make_not(std::move(any), span) : std::move(any);
  }
  std::vector<ExprPtr*> all{&operand};
  for (ExprPtr& value : values) all.push_back(&value);
  const SqlType type = unify(all, "the values of IN", span);
  check_comparable(type, span);
  return make_inferred(expr::InList{std::move(operand), std::move(values), negated}, TypeKind::Boolean, span);
}

}  // namespace millrace
