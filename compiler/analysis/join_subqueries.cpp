#include "compiler/analysis/join_subqueries.h"

#include <algorithm>

#include "compiler/analysis/join_conditions.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/function_catalog.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using plan::JoinKind;

ExprPtr refreshed(ExprPtr e) {
  e->nullable = expr::can_be_null(*e);
  return e;
}

ExprPtr both(ExprPtr a, ExprPtr b, expr::LogicOp op, SourceSpan span) {
  std::vector<ExprPtr> operands;
  operands.push_back(std::move(a));
  operands.push_back(std::move(b));
  return make_logic(op, std::move(operands), span);
}

ExprPtr or_else(ExprPtr e, bool otherwise, SourceSpan span) {
  if (!e->nullable) return e;
  std::vector<ExprPtr> operands;
  operands.push_back(std::move(e));
  operands.push_back(make_boolean(otherwise, span));
  return make_coalesce(std::move(operands), span);
}

/// What EXISTS asks of a query: neither its columns nor their order, nor duplicates.
void strip_for_exists(plan::NodePtr& node) {
  for (;;) {
    plan::NodePtr* input = nullptr;
    if (auto* project = std::get_if<plan::Project>(&node->op)) input = &project->input;
    if (auto* sort = std::get_if<plan::Sort>(&node->op)) input = &sort->input;
    if (auto* limit = std::get_if<plan::Limit>(&node->op); limit && limit->count != 0 && limit->offset == 0) input = &limit->input;
    if (auto* distinct = std::get_if<plan::Aggregate>(&node->op); distinct && distinct->is_distinct) input = &distinct->input;
    if (!input) return;
    plan::NodePtr below = std::move(*input);
    node = std::move(below);
  }
}

/// Whether a plan gives one row, always.
bool gives_one_row(const plan::Node& node) {
  if (const auto* project = std::get_if<plan::Project>(&node.op)) return gives_one_row(*project->input);
  if (const auto* values = std::get_if<plan::Values>(&node.op)) return values->rows.size() == 1;
  const auto* aggregate = std::get_if<plan::Aggregate>(&node.op);
  return aggregate && aggregate->keys.empty() && !aggregate->window && aggregate->grouping_sets.size() == 1;
}

/// The unnested plan with one more column behind its own.
uint32_t add_column(Unnested& unnested, ExprPtr value, SourceSpan span) {
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < unnested.node->schema.size(); ++i) {
    exprs.push_back(column_of(*unnested.node, i, span));
    names.push_back(unnested.node->schema[i].name);
  }
  exprs.push_back(std::move(value));
  names.push_back("value");
  unnested.node = make_project(std::move(unnested.node), std::move(exprs), std::move(names), span);
  return static_cast<uint32_t>(unnested.node->schema.size() - 1);
}

ExprPtr all_of(const Unnested& u, uint32_t width, const Subquery& subquery) {
  std::vector<ExprPtr> tests;
  for (const ExprPtr& test : u.tests) tests.push_back(place_one_row(*test, u, width, subquery.outer));
  return expr::join_conjuncts(std::move(tests));
}

ExprPtr choose(ExprPtr condition, ExprPtr then, ExprPtr otherwise, SourceSpan span) {
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  branches.emplace_back(std::move(condition), std::move(then));
  return make_case(std::move(branches), std::move(otherwise), span);
}

}  // namespace

plan::AggregateCall count_call(std::vector<ExprPtr> arguments, SourceSpan span) {
  std::vector<SqlType> types;
  for (const ExprPtr& argument : arguments) types.push_back(argument->type);
  plan::AggregateCall call;
  call.function = bind_aggregate("count", types).overload.function;
  call.arguments = std::move(arguments);
  call.type = TypeKind::BigInt;
  call.nullable = false;
  call.name = "count";
  call.span = span;
  return call;
}

ExprPtr place(const expr::Expr& e, uint32_t width, const std::vector<ExprPtr>& outer, bool may_lack) {
  if (const auto* value = std::get_if<expr::OuterColumn>(&e.node)) return expr::clone(*outer[value->index]);
  ExprPtr placed = expr::clone(e);
  if (auto* ref = std::get_if<expr::ColumnRef>(&placed->node)) {
    ref->index += width;
    placed->nullable = placed->nullable || may_lack;
    return placed;
  }
  expr::for_each_child(*placed, [&](ExprPtr& child) { child = place(*child, width, outer, may_lack); });
  return refreshed(std::move(placed));
}

ExprPtr place_one_row(const expr::Expr& e, const Unnested& u, uint32_t width, const std::vector<ExprPtr>& outer) {
  if (const auto* value = std::get_if<expr::OuterColumn>(&e.node)) return expr::clone(*outer[value->index]);
  ExprPtr placed = expr::clone(e);
  if (auto* ref = std::get_if<expr::ColumnRef>(&placed->node)) {
    const uint32_t index = ref->index;
    ref->index += width;
    placed->nullable = true;
    if (!u.absent[index]) return placed;
    std::vector<ExprPtr> operands;
    operands.push_back(std::move(placed));
    operands.push_back(expr::clone(*u.absent[index]));
    return make_coalesce(std::move(operands), e.span);
  }
  expr::for_each_child(*placed, [&](ExprPtr& child) { child = place_one_row(*child, u, width, outer); });
  return refreshed(std::move(placed));
}

bool is_bare_row(const Unnested& u) {
  const auto* values = std::get_if<plan::Values>(&u.node->op);
  return values && values->rows.size() == 1 && u.node->schema.empty();
}

ExprPtr SubqueryJoiner::replace(ExprPtr e) {
  if (const auto index = subquery_of(*e)) {
    if (!values_.contains(*index)) {
      ExprPtr value = value_of(resolved(*index));
      values_[*index] = std::move(value);
    }
    ExprPtr value = expr::clone(*values_[*index]);
    value->span = e->span;
    return value;
  }
  if (subqueries_in(*e).empty()) return e;
  expr::for_each_child(*e, [&](ExprPtr& child) { child = replace(std::move(child)); });
  return refreshed(std::move(e));
}

/// A copy whose own operands, and values from the rows around, hold no subqueries any more.
Subquery SubqueryJoiner::resolved(uint32_t index) {
  Subquery subquery = clone(collector_.subqueries[index]);
  for (ExprPtr& value : subquery.outer) value = replace(std::move(value));
  for (ExprPtr& operand : subquery.operands) operand = replace(std::move(operand));
  return subquery;
}

void SubqueryJoiner::filter(std::vector<ExprPtr> conditions, SourceSpan span) {
  std::vector<ExprPtr> rest;
  for (ExprPtr& condition : conditions) {
    if (subqueries_in(*condition).empty()) rest.push_back(std::move(condition));
  }
  if (!rest.empty()) node_ = make_filter(std::move(node_), expr::join_conjuncts(std::move(rest)), span);
  rest.clear();
  for (ExprPtr& condition : conditions) {
    if (condition && !keep(*condition, span)) rest.push_back(std::move(condition));
  }
  for (ExprPtr& condition : rest) condition = replace(std::move(condition));
  if (!rest.empty()) node_ = make_filter(std::move(node_), expr::join_conjuncts(std::move(rest)), span);
}

bool SubqueryJoiner::keep(const expr::Expr& condition, SourceSpan) {
  const auto* negation = std::get_if<expr::Not>(&condition.node);
  const auto index = subquery_of(negation ? *negation->operand : condition);
  if (!index) return false;
  const Subquery subquery = resolved(*index);
  if (subquery.kind == Subquery::Kind::Value) return false;
  if (subquery.kind == Subquery::Kind::Exists) keep_existing(subquery, negation != nullptr);
  else if (negation) keep_not_found(subquery);
  else keep_found(subquery);
  return true;
}

void SubqueryJoiner::join(JoinKind kind, Unnested& u, std::vector<ExprPtr> conditions, const Subquery& subquery) {
  const auto width = static_cast<uint32_t>(node_->schema.size());
  plan::Join made{.kind = kind, .left = std::move(node_), .right = std::move(u.node), .left_keys = {}, .right_keys = {}, .condition = nullptr};
  for (const ExprPtr& condition : u.conditions) add_join_condition(place(*condition, width, subquery.outer), made);
  for (ExprPtr& condition : conditions) add_join_condition(std::move(condition), made);
  node_ = make_join(std::move(made), subquery.span);
}

ExprPtr SubqueryJoiner::last_column(SourceSpan span) const {
  return column_of(*node_, static_cast<uint32_t>(node_->schema.size() - 1), span);
}

ExprPtr SubqueryJoiner::value_of(Subquery subquery) {
  switch (subquery.kind) {
    case Subquery::Kind::Value: return scalar(subquery);
    case Subquery::Kind::Exists: return exists(subquery);
    case Subquery::Kind::In: return in(subquery);
  }
  return nullptr;
}

ExprPtr SubqueryJoiner::scalar(const Subquery& subquery) {
  Unnested u = unnest(subquery, *node_);
  const auto width = static_cast<uint32_t>(node_->schema.size());
  const expr::Expr& output = *u.outputs.front();
  if (is_bare_row(u) && u.conditions.empty()) return place(output, 0, subquery.outer);
  if (u.one_row) {
    ExprPtr value = place_one_row(output, u, width, subquery.outer);
    ExprPtr test = all_of(u, width, subquery);
    join(JoinKind::Left, u, {}, subquery);
    return test ? choose(std::move(test), std::move(value), nullptr, subquery.span) : std::move(value);
  }
  const JoinKind kind = u.conditions.empty() && gives_one_row(*u.node) ? JoinKind::Cross : JoinKind::LeftSingle;
  const auto* ref = std::get_if<expr::ColumnRef>(&output.node);
  const bool own = !reads_outer(output);
  // Where there is no row the value is NULL, whatever the expression makes of NULLs: it is computed before the join, or asks for a mark.
  const uint32_t column = ref ? ref->index : add_column(u, own ? expr::clone(output) : make_boolean(true, subquery.span), subquery.span);
  join(kind, u, {}, subquery);
  ExprPtr value = column_of(*node_, width + column, subquery.span);
  if (own) return value;
  return choose(make_is_null(std::move(value), true, subquery.span), place(output, width, subquery.outer, kind != JoinKind::Cross), nullptr, subquery.span);
}

ExprPtr SubqueryJoiner::exists(const Subquery& written) {
  Subquery subquery = clone(written);
  strip_for_exists(subquery.node);
  Unnested u = unnest(subquery, *node_);
  const auto width = static_cast<uint32_t>(node_->schema.size());
  if (is_bare_row(u) && u.conditions.empty()) return make_boolean(true, subquery.span);
  if (u.one_row) {
    ExprPtr test = all_of(u, width, subquery);
    if (!test) return make_boolean(true, subquery.span);
    join(JoinKind::Left, u, {}, subquery);
    return or_else(std::move(test), false, subquery.span);
  }
  join(JoinKind::LeftMark, u, {}, subquery);
  return last_column(subquery.span);
}

void SubqueryJoiner::keep_existing(const Subquery& written, bool negated) {
  Subquery subquery = clone(written);
  strip_for_exists(subquery.node);
  Unnested u = unnest(subquery, *node_);
  if (!u.one_row && !(is_bare_row(u) && u.conditions.empty())) {
    return join(negated ? JoinKind::LeftAnti : JoinKind::LeftSemi, u, {}, subquery);
  }
  ExprPtr test = exists(written);
  if (negated) test = make_not(std::move(test), subquery.span);
  node_ = make_filter(std::move(node_), std::move(test), subquery.span);
}

/// The operands of IN equal the columns of a row; over the joined columns.
ExprPtr SubqueryJoiner::equal_operands(const Unnested& u, const Subquery& subquery) const {
  const auto width = static_cast<uint32_t>(node_->schema.size());
  std::vector<ExprPtr> tests;
  for (size_t i = 0; i < subquery.operands.size(); ++i) {
    ExprPtr output = u.one_row ? place_one_row(*u.outputs[i], u, width, subquery.outer) : place(*u.outputs[i], width, subquery.outer);
    tests.push_back(make_comparison(subquery.op, expr::clone(*subquery.operands[i]), std::move(output), subquery.span));
  }
  return expr::join_conjuncts(std::move(tests));
}

/// `x IN (SELECT y …)` of rows that are the same for every x: then two counts tell what NULLs mean, and the rest is an equality.
bool SubqueryJoiner::has_plain_column(const Unnested& u, const Subquery& subquery) const {
  return subquery.operands.size() == 1 && u.conditions.empty() && !reads_outer(*u.outputs.front()) && !u.node->is_stream;
}

SubqueryJoiner::Counts SubqueryJoiner::add_counts(const Unnested& u, const Subquery& subquery) {
  const SourceSpan span = subquery.span;
  plan::Aggregate counts;
  counts.input = plan::clone(*u.node);
  counts.grouping_sets = {0};
  std::vector<ExprPtr> output;
  output.push_back(expr::clone(*u.outputs.front()));
  counts.calls.push_back(count_call({}, span));
  counts.calls.push_back(count_call(std::move(output), span));
  const auto width = static_cast<uint32_t>(node_->schema.size());
  plan::Join made{.kind = JoinKind::Cross, .left = std::move(node_), .right = make_aggregate(std::move(counts), {}, span), .left_keys = {}, .right_keys = {}, .condition = nullptr};
  node_ = make_join(std::move(made), span);
  const auto rows = [&] { return column_of(*node_, width, span); };
  ExprPtr none = make_comparison(expr::ComparisonOp::Equal, rows(), make_integer(0, TypeKind::BigInt, span), span);
  ExprPtr fewer = make_comparison(expr::ComparisonOp::Less, column_of(*node_, width + 1, span), rows(), span);
  return {std::move(none), std::move(fewer)};
}

ExprPtr SubqueryJoiner::in(const Subquery& subquery) {
  const SourceSpan span = subquery.span;
  Unnested u = unnest(subquery, *node_);
  ExprPtr equal = equal_operands(u, subquery);
  if (u.one_row) {
    ExprPtr test = all_of(u, static_cast<uint32_t>(node_->schema.size()), subquery);
    join(JoinKind::Left, u, {}, subquery);
    return test ? choose(std::move(test), std::move(equal), make_boolean(false, span), span) : std::move(equal);
  }
  const auto mark = [&](Unnested& rows, ExprPtr condition) {
    std::vector<ExprPtr> conditions;
    conditions.push_back(std::move(condition));
    join(JoinKind::LeftMark, rows, std::move(conditions), subquery);
    return last_column(span);
  };
  if (!equal->nullable) return mark(u, std::move(equal));
  ExprPtr unknown;
  if (has_plain_column(u, subquery)) {
    Counts counts = add_counts(u, subquery);
    ExprPtr open = both(make_is_null(expr::clone(*subquery.operands.front()), false, span), std::move(counts.has_null), expr::LogicOp::Or, span);
    unknown = both(make_not(std::move(counts.none), span), std::move(open), expr::LogicOp::And, span);
    equal = equal_operands(u, subquery);  // the columns have moved
  } else {
    Unnested copy = unnest(subquery, *node_);
    unknown = mark(copy, or_else(expr::clone(*equal), true, span));
    equal = equal_operands(u, subquery);
  }
  ExprPtr found = mark(u, std::move(equal));
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  branches.emplace_back(std::move(found), make_boolean(true, span));
  branches.emplace_back(std::move(unknown), make_null(TypeKind::Boolean, span));
  return make_case(std::move(branches), make_boolean(false, span), span);
}

void SubqueryJoiner::keep_found(const Subquery& subquery) {
  Unnested u = unnest(subquery, *node_);
  if (u.one_row) {
    node_ = make_filter(std::move(node_), in(subquery), subquery.span);
    return;
  }
  std::vector<ExprPtr> conditions;
  conditions.push_back(equal_operands(u, subquery));
  join(JoinKind::LeftSemi, u, std::move(conditions), subquery);
}

/// NOT IN is TRUE where no row is equal and none may be: neither side NULL, or no row at all.
void SubqueryJoiner::keep_not_found(const Subquery& subquery) {
  const SourceSpan span = subquery.span;
  Unnested u = unnest(subquery, *node_);
  if (u.one_row) {
    ExprPtr test = make_not(in(subquery), span);
    node_ = make_filter(std::move(node_), std::move(test), span);
    return;
  }
  ExprPtr equal = equal_operands(u, subquery);
  std::vector<ExprPtr> conditions;
  if (!equal->nullable || !has_plain_column(u, subquery)) {
    conditions.push_back(or_else(std::move(equal), true, span));
    return join(JoinKind::LeftAnti, u, std::move(conditions), subquery);
  }
  Counts counts = add_counts(u, subquery);
  conditions.push_back(equal_operands(u, subquery));
  join(JoinKind::LeftAnti, u, std::move(conditions), subquery);
  ExprPtr known = both(make_is_null(expr::clone(*subquery.operands.front()), true, span), make_not(std::move(counts.has_null), span), expr::LogicOp::And, span);
  node_ = make_filter(std::move(node_), both(std::move(counts.none), std::move(known), expr::LogicOp::Or, span), span);
}

}  // namespace millrace
