#pragma once

#include <functional>

#include "compiler/analysis/over_collector.h"

namespace millrace {

/// Binds the frame of a window function over its order, or makes the one that goes without saying: up to the row in hand and its peers where there
/// is an order, else the whole partition. `bind` binds the offset of a bound.
plan::Frame bind_frame(const ast::OverClause& clause, const std::vector<plan::SortItem>& order,
                       const std::function<expr::ExprPtr(const ast::Expr&)>& bind);

/// The value of a constant integer expression. Throws SqlError that names `what` for anything else.
int64_t constant_integer(const expr::Expr& e, const std::string& what);

}  // namespace millrace
