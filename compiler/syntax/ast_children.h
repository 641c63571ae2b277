#pragma once

#include <functional>

#include "compiler/syntax/ast.h"

namespace millrace::ast {

/// Calls `visit` for each direct operand of the expression, left to right. Queries inside it are no operands.
void for_each_child(const Expr& expr, const std::function<void(const Expr&)>& visit);

/// Calls `visit` for each query that stands directly in the expression or its operands at any depth, left to right; not for
/// queries inside those queries.
void for_each_query(const Expr& expr, const std::function<void(const Query&)>& visit);

}  // namespace millrace::ast
