#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// Window functions (OVER) met while the expressions of one SELECT are bound. Until their nodes are built, call i stands in an expression as
/// column kFirstOver + i.
struct OverCollector {
  static constexpr uint32_t kFirstOver = 1U << 28;
  static constexpr uint32_t kOversEnd = 1U << 29;

  struct Call {
    std::vector<expr::ExprPtr> partition;
    std::vector<plan::SortItem> order;
    plan::OverCall over;
    SourceSpan span;
  };
  std::vector<Call> calls;
  const std::vector<std::pair<ast::Identifier, ast::OverClause>>* named_windows = nullptr;

  static bool is_stand_in(uint32_t column) { return column >= kFirstOver && column < kOversEnd; }
};

/// Calls `visit` for each expression of a window function.
template <class Visit>
void for_each_expr(OverCollector::Call& call, Visit visit) {
  for (auto& key : call.partition) visit(key);
  for (plan::SortItem& item : call.order) visit(item.expr);
  for (auto& argument : call.over.call.arguments) visit(argument);
  if (call.over.call.filter) visit(call.over.call.filter);
  plan::Frame& frame = call.over.frame;
  for (expr::ExprPtr* bound : {&frame.key, &frame.start.value, &frame.end.value}) {
    if (*bound) visit(*bound);
  }
}

/// Whether a window function stands in the expression.
bool mentions_over(const expr::Expr& e);

}  // namespace millrace
