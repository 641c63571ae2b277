#pragma once

#include <vector>

#include "compiler/expr/expr.h"

namespace millrace {

/// What one evaluation costs, in rough units of a machine comparison; only the order of costs matters. Columns count what it takes to parse them
/// from text, which numbers do and strings do not.
int evaluation_cost(const expr::Expr& e);

/// So cheap that it may be computed twice rather than kept: columns, constants, fields of structs, a sum of two columns.
bool is_cheap(const expr::Expr& e);

/// Whether every column that `e` reads may be replaced by its definition without any costly one being computed twice, when
/// `uses[i]` is how often column i is read in all.
bool may_inline(const std::vector<expr::ExprPtr>& definitions, const std::vector<uint32_t>& uses);

/// Adds to `uses` how often `e` reads each column.
void count_uses(const expr::Expr& e, std::vector<uint32_t>& uses);

/// Calls nothing whose result changes from call to call.
bool is_deterministic(const expr::Expr& e);

}  // namespace millrace
