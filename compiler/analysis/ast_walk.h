#pragma once

#include <functional>

#include "compiler/syntax/ast.h"

namespace millrace {

/// Calls `visit` for each direct operand of an expression; subqueries are not entered.
void for_each_child(const ast::Expr& e, const std::function<void(const ast::Expr&)>& visit);

/// `visit` for e and everything below it, outermost first.
void for_each_expr(const ast::Expr& e, const std::function<void(const ast::Expr&)>& visit);

}  // namespace millrace
