#pragma once

#include <functional>
#include <vector>

#include "compiler/expr/expr.h"

namespace millrace::expr {

ExprPtr clone(const Expr& e);
bool equal(const Expr& a, const Expr& b);  ///< by structure; spans do not count

/// Calls `visit` for each direct operand.
void for_each_child(const Expr& e, const std::function<void(const Expr&)>& visit);
void for_each_child(Expr& e, const std::function<void(ExprPtr&)>& visit);

/// Marks in `used` (resized as needed) every input column that `e` reads.
void collect_columns(const Expr& e, std::vector<bool>& used);
/// Replaces column i by a copy of `by[i]`: composes a projection with an expression over its output.
ExprPtr substitute(ExprPtr e, const std::vector<const Expr*>& by);
/// Renumbers columns: i becomes to[i].
void remap_columns(Expr& e, const std::vector<uint32_t>& to);
/// The operands of a chain of ANDs, moved out; a single expression gives itself.
std::vector<ExprPtr> split_conjuncts(ExprPtr e);
std::vector<const Expr*> conjuncts_of(const Expr& e);  ///< the same, left where they are
/// The columns that the first of these conjuncts, as many as do nothing else, want not to be NULL.
std::vector<uint32_t> columns_tested_first(const std::vector<const Expr*>& conjuncts);
ExprPtr join_conjuncts(std::vector<ExprPtr> conjuncts);  ///< nullptr for none
bool is_null_literal(const Expr& e);
bool is_constant(const Expr& e);  ///< reads no column and calls nothing nondeterministic

}  // namespace millrace::expr
