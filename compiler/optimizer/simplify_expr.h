#pragma once

#include "compiler/expr/expr.h"

namespace millrace {

/// An expression that gives the same value for every row, of the same type, and is never more nullable: constants folded, logic and CASE
/// simplified, NULL passed through the operators that give it on, NOT pushed into what it negates.
expr::ExprPtr simplify(expr::ExprPtr e);

/// As simplify, for a place where NULL counts as FALSE: WHERE, HAVING, FILTER, the condition of a join.
expr::ExprPtr simplify_predicate(expr::ExprPtr e);

bool is_boolean_constant(const expr::Expr& e, bool value);

}  // namespace millrace
