#include <algorithm>
#include <utility>

#include "compiler/analysis/nested_types.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/select_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"

/// Window functions, QUALIFY and DISTINCT ON of a SELECT, above its aggregation.
namespace millrace {

namespace {

bool same_window(const OverCollector::Call& a, const OverCollector::Call& b) {
  const auto same_key = [](const ExprPtr& x, const ExprPtr& y) { return expr::equal(*x, *y); };
  const auto same_item = [](const plan::SortItem& x, const plan::SortItem& y) {
    return x.descending == y.descending && x.nulls_first == y.nulls_first && expr::equal(*x.expr, *y.expr);
  };
  return std::equal(a.partition.begin(), a.partition.end(), b.partition.begin(), b.partition.end(), same_key) &&
         std::equal(a.order.begin(), a.order.end(), b.order.begin(), b.order.end(), same_item);
}

void replace_stand_ins(expr::Expr& e, const std::vector<uint32_t>& columns) {
  auto* ref = std::get_if<expr::ColumnRef>(&e.node);
  if (ref && OverCollector::is_stand_in(ref->index)) ref->index = columns[ref->index - OverCollector::kFirstOver];
  expr::for_each_child(e, [&](ExprPtr& child) { replace_stand_ins(*child, columns); });
}

}  // namespace

void SelectAnalyzer::bind_qualify() {
  if (!select_.qualify) return;
  qualify_ = output_binder("QUALIFY", aliases_.size()).bind_condition(*select_.qualify);
  if (overs_.calls.empty()) {
    throw SqlError(select_.qualify->span, "QUALIFY filters by window functions, and there is none here", "use WHERE or HAVING");
  }
}

/// A node for each distinct window, whatever the number of its functions.
void SelectAnalyzer::place_overs() {
  std::vector<uint32_t> columns(overs_.calls.size());
  std::vector<bool> placed(overs_.calls.size(), false);
  for (size_t first = 0; first < overs_.calls.size(); ++first) {
    if (placed[first]) continue;
    plan::Over over;
    auto next = static_cast<uint32_t>(input_.node->schema.size());
    for (size_t i = first; i < overs_.calls.size(); ++i) {
      if (placed[i] || !same_window(overs_.calls[first], overs_.calls[i])) continue;
      placed[i] = true;
      columns[i] = next++;
      over.calls.push_back(std::move(overs_.calls[i].over));
    }
    // Compared for the last time.
    over.partition = std::move(overs_.calls[first].partition);
    over.order = std::move(overs_.calls[first].order);
    over.input = std::move(input_.node);
    input_.node = make_over(std::move(over), overs_.calls[first].span);
  }
  for (Item& item : items_) replace_stand_ins(*item.expr, columns);
  for (SortKey& key : sort_keys_) {
    if (key.expr) replace_stand_ins(*key.expr, columns);
  }
  if (generate_) replace_stand_ins(*generate_->collection, columns);
  for (ExprPtr& e : distinct_on_) replace_stand_ins(*e, columns);
  if (!qualify_) return;
  replace_stand_ins(*qualify_, columns);
  input_.node = make_filter(std::move(input_.node), std::move(qualify_), select_.qualify->span);
}

void SelectAnalyzer::bind_distinct_on() {
  for (const ast::ExprPtr& e : select_.distinct_on) {
    if (generate_) throw not_supported_yet(e->span, "DISTINCT ON over rows that are made in the same SELECT", "make them in a subquery");
    const auto position = position_literal(*e);
    distinct_on_.push_back(position ? expr::clone(*items_[output_position(*position, items_.size(), "DISTINCT ON", e->span)].expr)
                                    : output_binder("DISTINCT ON", aliases_.size()).bind_value(*e));
  }
}

/// Of the rows that are equal in the expressions of DISTINCT ON the first one by ORDER BY is left, or without that the first to come.
void SelectAnalyzer::place_distinct_on() {
  if (distinct_on_.empty()) return;
  const SourceSpan span = select_.distinct_on.front()->span;
  plan::Over over;
  over.partition = std::move(distinct_on_);
  for (const SortKey& key : sort_keys_) {
    const bool nulls_first = key.item->nulls == ast::NullsOrder::Default ? !key.item->descending : key.item->nulls == ast::NullsOrder::First;
    over.order.push_back({make_sortable(expr::clone(key.output ? *items_[*key.output].expr : *key.expr), span), key.item->descending, nulls_first});
  }
  plan::OverCall& number = over.calls.emplace_back();
  number.call.type = TypeKind::Int;
  number.call.nullable = false;
  number.call.name = "row_number()";
  number.call.span = span;
  over.input = std::move(input_.node);
  input_.node = make_over(std::move(over), span);
  ExprPtr first = make_comparison(expr::ComparisonOp::Equal, column_of(*input_.node, static_cast<uint32_t>(input_.node->schema.size() - 1), span),
                                  make_integer(1, TypeKind::Int, span), span);
  input_.node = make_filter(std::move(input_.node), std::move(first), span);
}

}  // namespace millrace
