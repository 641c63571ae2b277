#include "compiler/analysis/subquery.h"

#include <algorithm>

#include "compiler/analysis/expr_binder.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

bool all_equal(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const ExprPtr& x, const ExprPtr& y) { return expr::equal(*x, *y); });
}

std::vector<ExprPtr> clone_all(const std::vector<ExprPtr>& exprs) {
  std::vector<ExprPtr> copies;
  for (const ExprPtr& e : exprs) copies.push_back(expr::clone(*e));
  return copies;
}

bool same_subquery(const Subquery& a, const Subquery& b) {
  return a.kind == b.kind && a.op == b.op && all_equal(a.outer, b.outer) && all_equal(a.operands, b.operands) && plan::equal(*a.node, *b.node);
}

}  // namespace

ExprPtr OuterQuery::find(const ast::ColumnName& name, SourceSpan span) {
  ExprPtr value = around_.find_name(name, span);
  return value ? outer_column(std::move(value), name.parts.back().text, span) : nullptr;
}

ExprPtr OuterQuery::find_aggregate(const ast::Expr& call) {
  ExprPtr value = around_.find_aggregate(call);
  return value ? outer_column(std::move(value), "aggregate", call.span) : nullptr;
}

std::vector<std::string> OuterQuery::candidates() const { return around_.candidates(); }

std::vector<std::pair<ExprPtr, std::string>> OuterQuery::columns_of(const std::string& qualifier, SourceSpan span) {
  std::vector<std::pair<ExprPtr, std::string>> columns;
  const Scope& scope = around_.scope();
  for (const ScopeColumn* column : qualifier.empty() ? scope.visible() : scope.of_relation(qualifier)) {
    columns.emplace_back(outer_column(around_.column(column->index, span), column->name, span), column->name);
  }
  return columns;
}

ExprPtr OuterQuery::outer_column(ExprPtr value, const std::string& name, SourceSpan span) {
  const auto same = [&](const ExprPtr& other) { return expr::equal(*other, *value); };
  const auto found = std::find_if(values_.begin(), values_.end(), same);
  const auto index = static_cast<uint32_t>(found - values_.begin());
  if (found == values_.end()) values_.push_back(std::move(value));
  return expr::make(expr::OuterColumn{index, name}, values_[index]->type, true, span);
}

Subquery clone(const Subquery& subquery) {
  return {subquery.kind, plan::clone(*subquery.node), clone_all(subquery.outer), clone_all(subquery.operands), subquery.span, subquery.op};
}

ExprPtr SubqueryCollector::add(Subquery subquery, SqlType type, bool nullable) {
  const SourceSpan span = subquery.span;
  const auto same = [&](const Subquery& other) { return same_subquery(other, subquery); };
  const auto found = std::find_if(subqueries.begin(), subqueries.end(), same);
  const auto index = static_cast<uint32_t>(found - subqueries.begin());
  if (found == subqueries.end()) subqueries.push_back(std::move(subquery));
  return expr::column(kFirst + index, "subquery", std::move(type), nullable, span);
}

std::optional<uint32_t> subquery_of(const expr::Expr& e) {
  const auto* ref = std::get_if<expr::ColumnRef>(&e.node);
  const bool is_one = ref && ref->index >= SubqueryCollector::kFirst && ref->index < SubqueryCollector::kEnd;
  return is_one ? std::optional<uint32_t>(ref->index - SubqueryCollector::kFirst) : std::nullopt;
}

std::vector<uint32_t> subqueries_in(const expr::Expr& e) {
  if (const auto index = subquery_of(e)) return {*index};
  std::vector<uint32_t> found;
  expr::for_each_child(e, [&](const expr::Expr& child) {
    for (const uint32_t index : subqueries_in(child)) found.push_back(index);
  });
  return found;
}

bool reads_outer(const expr::Expr& e) {
  bool found = std::holds_alternative<expr::OuterColumn>(e.node);
  expr::for_each_child(e, [&](const expr::Expr& child) { found = found || reads_outer(child); });
  return found;
}

bool reads_outer(const plan::Node& node) {
  bool found = false;
  plan::for_each_expr(node, [&](const expr::Expr& e) { found = found || reads_outer(e); });
  plan::for_each_input(node, [&](const plan::Node& input) { found = found || reads_outer(input); });
  return found;
}

}  // namespace millrace
