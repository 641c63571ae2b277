#include <algorithm>

#include "compiler/analysis/ast_walk.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/select_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/function_catalog.h"

namespace millrace {

/// The window calls of GROUP BY, the select list, HAVING and ORDER BY, in this order.
std::vector<const ast::Expr*> SelectAnalyzer::window_calls() const {
  std::vector<const ast::Expr*> found;
  const auto look = [&](const ast::Expr& part) {
    const auto* call = std::get_if<ast::Call>(&part.node);
    const std::string name = call ? fold_case(call->name.text) : "";
    if (call && !call->over && is_window_function(name) && !is_scalar_function(name)) found.push_back(&part);
  };
  if (select_.group_by) {
    for (const ast::GroupingElement& element : select_.group_by->elements) {
      for (const auto& set : element.sets) {
        for (const ast::ExprPtr& e : set) for_each_expr(*e, look);
      }
    }
  }
  for (const ast::SelectItem& item : select_.items) for_each_expr(*item.expr, look);
  if (select_.having) for_each_expr(*select_.having, look);
  for (const ast::SortItem& item : order_by_) for_each_expr(*item.expr, look);
  return found;
}

/// The time that a window divides: the call's argument, else the relation's event-time column.
ExprPtr SelectAnalyzer::window_time(const WindowCall& call) {
  if (call.time) {
    ExprPtr time = binder("the time of a window", false, 0).bind(*call.time);
    if (!subqueries_in(*time).empty()) {
      throw not_supported_yet(call.time->span, "subqueries in the time of a window", "name it in FROM: window(t, …) … FROM (SELECT …, (SELECT …) AS t FROM …)");
    }
    if (time->type.is(TypeKind::Timestamp)) return time;
    if (time->type.is(TypeKind::Date) || time->type.is(TypeKind::String))
      return coerce(std::move(time), TypeKind::Timestamp);
    throw SqlError(call.time->span, "the time of a window must be TIMESTAMP, not " + to_string(time->type),
                   time->type.is_numeric() ? "CAST(… AS TIMESTAMP) takes seconds since the epoch" : "");
  }
  if (!input_.node->watermark_column) {
    throw SqlError(call.span, "this window has no time: the relation declares no event time",
                   "declare WATERMARK FOR the time column, or write window(ts, size)");
  }
  return column_of(*input_.node, *input_.node->watermark_column, call.span);
}

/// The one window of this SELECT: several mentions must agree.
WindowCall SelectAnalyzer::the_window() {
  const auto calls = window_calls();
  if (calls.empty()) return window_of_clause(*select_.window);
  const WindowCall first = window_of_call(std::get<ast::Call>(calls.front()->node), calls.front()->span);
  const ExprPtr time = window_time(first);
  for (const ast::Expr* other : calls) {
    const WindowCall call = window_of_call(std::get<ast::Call>(other->node), other->span);
    if (call.window == first.window && expr::equal(*window_time(call), *time)) continue;
    throw SqlError(other->span, "a SELECT can have one window only, and this one differs from the first",
                   "use a subquery for the other");
  }
  if (select_.window)
    throw SqlError(select_.window->span, "a SELECT can have one window only: there is a window function too");
  return first;
}

/// Puts the window's columns onto every row of the (filtered) input.
void SelectAnalyzer::assign_window() {
  const auto calls = window_calls();
  if (calls.empty() && !select_.window) return;
  const SourceSpan span = calls.empty() ? select_.window->span : calls.front()->span;
  if (input_.scope.window) {
    throw SqlError(span, "the rows have a window already, from FROM",
                   "name it by window_start and window_end, or drop one of the two");
  }
  const WindowCall call = the_window();
  ExprPtr time = window_time(call);
  const auto start = static_cast<uint32_t>(input_.node->schema.size());
  input_.node = make_window_assign(std::move(input_.node), std::move(time), call.window, call.span);
  input_.scope.window = WindowColumns{start, start + 1, call.window.kind};
}

}  // namespace millrace
