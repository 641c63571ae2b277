#pragma once

#include <optional>

#include "compiler/expr/expr.h"

namespace millrace::expr {

/// Evaluates an expression without columns, by the same native functions that generated code calls; the result is a Literal
/// expression of e's type. nullopt when it cannot (a nondeterministic function, a kind it does not know).
std::optional<ExprPtr> evaluate_constant(const Expr& e);

}  // namespace millrace::expr
