#include <functional>

#include "compiler/codegen/operators/pipeline_compiler.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/expr/row_counting.h"

namespace millrace {

using ir::Bool;
using ir::Int;

void PipelineCompiler::consume(size_t next, Row& row, const pipeline::FilterOp& op) {
  const std::vector<const expr::Expr*> conjuncts = expr::conjuncts_of(*op.node->predicate);
  const std::vector<uint32_t> present = expr::columns_tested_first(conjuncts);
  Bool known = present.size() > 1 ? row.are_present(present) : Bool();
  if (!known) return filter(conjuncts, 0, row, next);
  // One test tells it of nearly all rows; the others are looked at one column after the other.
  const std::function<SqlValue(size_t)> holds_from = [&](size_t i) {
    const SqlValue holds = SqlValue::of(sql::is_true(e, compile(*conjuncts[i], row)));
    if (i + 1 == present.size()) return holds;
    return sql::choose(e, holds.boolean(), [&] { return holds_from(i + 1); }, [&] { return SqlValue::of(e.bool_(false)); });
  };
  const SqlValue keep = sql::choose(e, known, [&] { return SqlValue::of(e.bool_(true)); }, [&] { return holds_from(0); });
  e.if_(keep.boolean(), [&] { filter(conjuncts, present.size(), row, next); });
}

/// Each conjunct is a branch of its own, so that a field is parsed only for rows that the ones before have kept.
void PipelineCompiler::filter(const std::vector<const expr::Expr*>& conjuncts, size_t first, Row& row, size_t next) {
  if (first == conjuncts.size()) {
    consume(next, row);
    return;
  }
  Bool keep = sql::is_true(e, compile(*conjuncts[first], row));
  e.if_(keep, [&] { filter(conjuncts, first + 1, row, next); });
}

void PipelineCompiler::consume(size_t next, Row& row, const pipeline::ProjectOp& op) {
  Row projected(e);
  for (const auto& expression : op.node->exprs) {
    const expr::Expr* x = expression.get();
    if (const auto* column = std::get_if<expr::ColumnRef>(&x->node)) {
      uint32_t index = column->index;
      projected.add([this, &row, x] { return compile(*x, row); }, [&row, index](bool nan_too) { return row.is_null(index, nan_too); });
    } else {
      projected.add([this, &row, x] { return compile(*x, row); });
    }
  }
  // Columns are computed when they are first wanted, but these in every row.
  for (uint32_t i = 0; i < op.node->exprs.size(); ++i) {
    if (expr::counts_rows(*op.node->exprs[i])) projected.column(i);
  }
  consume(next, projected);
}

void PipelineCompiler::consume(size_t next, Row& row, const pipeline::ObserveOp& op) {
  SqlValue time = compile(*op.node->time, row);
  Int at = time.integer();
  if (time.may_be_null()) at = e.select(time.null, e.int_(INT64_MIN), at);
  Int latest = e.get(latest_time_);
  e.set(latest_time_, e.select(e.lt(latest, at), at, latest));
  consume(next, row);
}

void PipelineCompiler::consume(size_t next, Row& row, const pipeline::LimitOp& op) {
  if (op.per_query) {
    Int left = e.load<&abi::PipelineContext::rows_limit_left>(context_);
    e.if_(e.lt(e.int_(0), left), [&] {
      e.store<&abi::PipelineContext::rows_limit_left>(context_, e.sub(left, e.int_(1)));
      consume(next, row);
    });
    return;
  }
  ir::Slot<int64_t> taken = limit_counts_[next - 1];
  Int position = e.get(taken);
  e.set(taken, e.add(position, e.int_(1)));
  Bool wanted = e.le(e.int_(op.offset), position);
  if (op.count >= 0) wanted = e.and_(wanted, e.lt(position, e.int_(op.offset + op.count)));
  e.if_(wanted, [&] { consume(next, row); });
}

/// Windows that hold t start at s, s - slide, … down to t - size (excluded), where s = floor((t - offset) / slide) * slide + offset.
template <class Body>
void PipelineCompiler::for_each_window(Int t, const plan::WindowSpec& w, Body body) {
  Int newest = floor_to(e, t, w.slide_us, w.offset_us);
  Int back = e.sdiv(e.sub(e.sub(newest, e.sub(t, e.int_(w.size_us))), e.int_(1)), e.int_(w.slide_us));
  Int oldest = e.sub(newest, e.mul(back, e.int_(w.slide_us)));
  e.for_range(e.int_(0), e.add(back, e.int_(1)), [&](Int i) {
    Int start = e.add(oldest, e.mul(i, e.int_(w.slide_us)));
    body(start, e.add(start, e.int_(w.size_us)));
  });
}

/// Cumulating windows that hold t start at s = floor((t - offset) / size) * size + offset and end at each further step after t.
template <class Body>
void PipelineCompiler::for_each_cumulation(Int t, const plan::WindowSpec& w, Body body) {
  Int start = floor_to(e, t, w.size_us, w.offset_us);
  Int first = e.sdiv(e.sub(t, start), e.int_(w.slide_us));
  e.for_range(first, e.int_(w.size_us / w.slide_us), [&](Int step) {
    body(start, e.add(start, e.mul(e.add(step, e.int_(1)), e.int_(w.slide_us))));
  });
}

void PipelineCompiler::consume(size_t next, Row& row, const pipeline::WindowOp& op) {
  SqlValue time = compile(*op.node->time, row);
  const plan::WindowSpec& w = op.node->window;
  auto hand_on = [&](Int start, Int end) {
    Row with_window(e);
    for (uint32_t c = 0; c < row.size(); ++c) with_window.add([&row, c] { return row.column(c); });
    with_window.add_value(SqlValue::of(SqlType(TypeKind::Timestamp), start));
    with_window.add_value(SqlValue::of(SqlType(TypeKind::Timestamp), end));
    consume(next, with_window);
  };
  auto assign = [&] {
    pin(row);
    w.kind == plan::WindowKind::Cumulating ? for_each_cumulation(time.integer(), w, hand_on)
                                           : for_each_window(time.integer(), w, hand_on);
  };
  if (time.may_be_null()) e.if_(e.not_(time.null), assign);
  else assign();
}

}  // namespace millrace
