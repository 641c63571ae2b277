#include "compiler/analysis/decimal_calls.h"

#include <algorithm>

#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/decimal_functions.h"
#include "compiler/types/decimal_rules.h"

namespace millrace {

namespace {

using Arguments = std::vector<ExprPtr>;

/// The digits to keep, a constant: the result's type depends on it.
int64_t constant_digits(const Arguments& arguments, const std::string& name) {
  if (arguments.size() < 2) return 0;
  const auto* literal = std::get_if<expr::Literal>(&arguments[1]->node);
  const auto* digits = literal ? std::get_if<int64_t>(&literal->value) : nullptr;
  const auto* negated = std::get_if<expr::Negate>(&arguments[1]->node);
  const auto* inner = negated ? std::get_if<expr::Literal>(&negated->operand->node) : nullptr;
  if (!digits && inner && std::get_if<int64_t>(&inner->value)) return -std::get<int64_t>(inner->value);
  if (!digits) {
    throw SqlError(arguments[1]->span, "the number of digits in " + name + "() of a DECIMAL must be a constant",
                   "CAST the value to DOUBLE to round to a number of digits that varies");
  }
  return *digits;
}

/// One digit more in front: 9.9 rounds to 10.
SqlType rounded_type(const SqlType& type, int64_t digits) {
  const int whole = type.whole_digits() + 1;
  if (digits < 0) return decimal_rules::bounded(static_cast<int>(std::max<int64_t>(whole, std::min<int64_t>(-digits, 38) + 1)), 0);
  const int scale = static_cast<int>(std::min<int64_t>(type.scale, digits));
  return decimal_rules::bounded(whole + scale, scale);
}

ExprPtr round(const std::string& name, Arguments& arguments, SourceSpan span) {
  const int64_t digits = constant_digits(arguments, name);
  const bool to_whole = name == "ceil" || name == "ceiling" || name == "floor";
  const SqlType& type = arguments[0]->type;
  SqlType result = to_whole && type.scale == 0 && digits == 0 ? type : rounded_type(type, digits);
  Arguments given;
  given.push_back(std::move(arguments[0]));
  given.push_back(make_integer(digits, TypeKind::Int, span));
  const std::string function = "__decimal_" + (name == "ceiling" ? "ceil" : name);
  return make_inferred(expr::Call{&decimal_function(function), std::move(given)}, std::move(result), span);
}

/// The remainder, and the divisor more where it is below zero.
ExprPtr positive_remainder(Arguments& arguments, SourceSpan span) {
  using expr::ArithmeticOp;
  ExprPtr divisor = expr::clone(*arguments[1]);
  ExprPtr rest = make_arithmetic(ArithmeticOp::Modulo, std::move(arguments[0]), std::move(arguments[1]), span);
  const SqlType type = rest->type;
  ExprPtr below = make_comparison(expr::ComparisonOp::Less, expr::clone(*rest), make_integer(0, TypeKind::Int, span), span);
  ExprPtr raised = make_arithmetic(ArithmeticOp::Add, expr::clone(*rest), expr::clone(*divisor), span);
  raised = make_arithmetic(ArithmeticOp::Modulo, std::move(raised), std::move(divisor), span);
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  branches.emplace_back(std::move(below), coerce(std::move(raised), type));
  return make_case(std::move(branches), std::move(rest), span);
}

}  // namespace

ExprPtr make_decimal_call(const std::string& name, Arguments& arguments, SourceSpan span) {
  if (arguments.empty() || arguments.size() > 2) return nullptr;
  const bool to_digits = arguments.size() == 2 && (name == "ceil" || name == "ceiling" || name == "floor");
  // To a number of digits all numbers are DECIMAL.
  if (to_digits && (arguments[0]->type.is_numeric() || arguments[0]->type.is(TypeKind::String))) {
    const auto exact = decimal_rules::for_number(arguments[0]->type);
    arguments[0] = coerce(std::move(arguments[0]), exact ? *exact : SqlType::decimal(38, 18));
  }
  const bool first = arguments[0]->type.is(TypeKind::Decimal);
  if (arguments.size() == 2 && (name == "mod" || name == "pmod") && (first || arguments[1]->type.is(TypeKind::Decimal))) {
    const auto floating = [](const ExprPtr& e) { return e->type.is_floating() || e->type.is(TypeKind::String); };
    if (floating(arguments[0]) || floating(arguments[1])) return nullptr;
    if (name == "pmod") return positive_remainder(arguments, span);
    return make_arithmetic(expr::ArithmeticOp::Modulo, std::move(arguments[0]), std::move(arguments[1]), span);
  }
  if (!first) return nullptr;
  const bool rounds = name == "round" || name == "bround" || name == "ceil" || name == "ceiling" || name == "floor";
  if (rounds) return round(name, arguments, span);
  if (arguments.size() != 1) return nullptr;
  if (name == "negative") return make_negate(std::move(arguments[0]), span);
  if (name == "positive") return std::move(arguments[0]);
  if (name != "abs") return nullptr;
  const SqlType type = arguments[0]->type;
  Arguments given;
  given.push_back(std::move(arguments[0]));
  return make_inferred(expr::Call{&decimal_function("__decimal_abs"), std::move(given)}, type, span);
}

}  // namespace millrace
