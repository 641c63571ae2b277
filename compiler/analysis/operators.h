#pragma once

#include <string>
#include <vector>

#include "compiler/expr/expr.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/expr/nullability.h"

/// Makes typed expressions, with Spark's implicit casts put in. Each takes bound operands, throws SqlError at `span` when
/// their types do not fit, and returns an expression whose nullability is inferred.
///
/// A decimal literal (1.5) is an expr::Literal of type DECIMAL whose value is its text, until what stands beside it decides:
/// beside DOUBLE it becomes one, in a comparison with an integer the comparison is rewritten. Where it would stay DECIMAL:
/// "not supported yet".
namespace millrace {

using expr::ExprPtr;

/// An expression whose nullability follows from its operands.
template <class N>
ExprPtr make_inferred(N node, SqlType type, SourceSpan span) {
  ExprPtr e = expr::make(std::move(node), std::move(type), true, span);
  e->nullable = expr::can_be_null(*e);
  return e;
}

ExprPtr make_null(SqlType type, SourceSpan span);
ExprPtr make_boolean(bool value, SourceSpan span);
ExprPtr make_integer(int64_t value, SqlType type, SourceSpan span);
ExprPtr make_string(std::string value, SourceSpan span);

/// An implicit or explicit cast; literals are converted at once. The caller has checked that it is legal.
/// Taken by reference: the type is often worked out from `e`, and which of two arguments is made first is the compiler's choice.
ExprPtr coerce(ExprPtr&& e, const SqlType& to);
/// A cast that the user wrote.
ExprPtr explicit_cast(ExprPtr e, const SqlType& to, SourceSpan span);
/// As coerce, but an error that names `what` when the types do not fit.
ExprPtr coerce_checked(ExprPtr e, const SqlType& to, const std::string& what);
/// A condition: BOOLEAN or NULL.
ExprPtr to_boolean(ExprPtr e, const std::string& what);
/// Casts all to their common type (CASE, COALESCE, IN, UNION) and returns it.
SqlType unify(std::vector<ExprPtr*> operands, const std::string& what, SourceSpan span);

ExprPtr make_arithmetic(expr::ArithmeticOp op, ExprPtr left, ExprPtr right, SourceSpan span);
ExprPtr make_negate(ExprPtr operand, SourceSpan span);
ExprPtr make_bit_not(ExprPtr operand, SourceSpan span);
ExprPtr make_comparison(expr::ComparisonOp op, ExprPtr left, ExprPtr right, SourceSpan span);
ExprPtr make_logic(expr::LogicOp op, std::vector<ExprPtr> operands, SourceSpan span);
ExprPtr make_not(ExprPtr operand, SourceSpan span);
ExprPtr make_is_null(ExprPtr operand, bool negated, SourceSpan span);
/// As make_is_null, but NaN is missing too.
ExprPtr make_is_missing(ExprPtr operand, bool negated, SourceSpan span);
ExprPtr make_in_list(ExprPtr operand, std::vector<ExprPtr> values, bool negated, SourceSpan span);
ExprPtr make_case(std::vector<std::pair<ExprPtr, ExprPtr>> branches, ExprPtr otherwise, SourceSpan span);
ExprPtr make_coalesce(std::vector<ExprPtr> operands, SourceSpan span);
ExprPtr make_struct(std::vector<ExprPtr> fields, std::vector<std::string> names, SourceSpan span);
/// Field `index` of a STRUCT; of a struct made on the spot, the field's own expression.
ExprPtr make_get_field(ExprPtr operand, uint32_t index, SourceSpan span);
/// A call of a registered scalar function, its arguments cast to the overload that fits best.
ExprPtr make_call(const std::string& name, std::vector<ExprPtr> arguments, SourceSpan span);
/// The value of TIMESTAMP or DATE ± INTERVAL (months of a year-month one).
ExprPtr make_time_shift(ExprPtr time, ExprPtr interval, bool subtract, SourceSpan span);

/// An ARRAY of the operands' common type.
ExprPtr make_array(std::vector<ExprPtr> elements, SourceSpan span);
/// A MAP of keys and values in turn.
ExprPtr make_map(std::vector<ExprPtr> entries, SourceSpan span);
/// `x[i]`: an ARRAY's element, from 0, or a MAP's value.
ExprPtr make_element(ExprPtr operand, ExprPtr index, SourceSpan span);

/// `1 argument`, `2 arguments`
std::string counted(size_t count, const std::string& noun);

using expr::is_null_literal;
bool is_decimal_literal(const expr::Expr& e);

}  // namespace millrace
