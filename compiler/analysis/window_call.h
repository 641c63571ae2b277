#pragma once

#include <string_view>

#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// `window(ts, size, …)`, `session_window(ts, gap)`, `tumble(size)`, `hop(slide, size)`, `session(gap)`, `cumulate(step, size)`, the last four
/// also with a time in front, by their folded name.
bool is_window_function(std::string_view name);

/// A window as some spelling states it, checked: 0 < slide <= size.
struct WindowCall {
  const ast::Expr* time = nullptr;  ///< null: the relation's event-time column
  plan::WindowSpec window;
  SourceSpan span;
};

/// The window of a call in GROUP BY or the select list: Spark's order (size, slide, offset) or Arroyo's and Flink's ([time,] slide, size, offset).
WindowCall window_of_call(const ast::Call& call, SourceSpan span);
/// The window of the clause `WINDOW TUMBLING (…)`.
WindowCall window_of_clause(const ast::WindowClause& clause);

// Each checks its parts and throws SqlError at the one that is wrong. `slide` and `offset` may be null.
plan::WindowSpec checked_window(const ast::Expr& size, const ast::Expr* slide, const ast::Expr* offset);
plan::WindowSpec checked_cumulation(const ast::Expr& step, const ast::Expr& size, const ast::Expr* offset);
plan::WindowSpec checked_session(const ast::Expr& gap);

}  // namespace millrace
