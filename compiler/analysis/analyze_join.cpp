#include <algorithm>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/join_conditions.h"
#include "compiler/analysis/join_subqueries.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/expr/nullability.h"
#include "compiler/types/coercion.h"

namespace millrace {

namespace {

/// A join being made: of a stream with a table `join.left` is the stream and `join.right` the table, which is built first; a RIGHT
/// join's sides have changed places. Columns of `scope` count through both.
struct JoinParts {
  plan::Join join;
  Scope scope;
  bool swapped = false;  ///< `join.left` was written on the right

  uint32_t left_width() const { return static_cast<uint32_t>(join.left->schema.size()); }
};

/// The columns that both sides have by name.
std::vector<ast::Identifier> common_columns(const Scope& left, const Scope& right, SourceSpan span) {
  std::vector<ast::Identifier> common;
  for (const ScopeColumn* column : left.visible()) {
    for (const ScopeColumn* other : right.visible()) {
      if (same_name(column->name, other->name)) common.push_back({column->name, true, span});
    }
  }
  return common;
}

uint32_t resolve_using(const Scope& scope, const ast::Identifier& name, const std::string& side) {
  const auto match = scope.resolve({name});
  if (!match)
    throw SqlError(name.span, "the " + side + " side of the join has no column '" + name.text + "'" +
                                  did_you_mean(name.text, scope.candidates()));
  return match->index;
}

/// The copy of a USING column that the result shows: the preserved side's, which is there in every row. A FULL join has none
/// such; its column is added behind the join (join_full_using).
enum class ShownCopy { First, Second, Neither };

ShownCopy shown_copy(const JoinParts& parts) {
  if (parts.join.kind == plan::JoinKind::Full) return ShownCopy::Neither;
  return parts.swapped && parts.join.kind == plan::JoinKind::Left ? ShownCopy::Second : ShownCopy::First;
}

/// Makes a pair of columns, counted through both sides, a key.
void add_using_key(const ast::Identifier& name, uint32_t first, uint32_t second, JoinParts& parts) {
  const auto column_at = [&](uint32_t index) {
    return index < parts.left_width() ? column_of(*parts.join.left, index, name.span)
                                      : column_of(*parts.join.right, index - parts.left_width(), name.span);
  };
  ExprPtr left = column_at(parts.swapped ? second : first);
  ExprPtr right = column_at(parts.swapped ? first : second);
  const auto type = comparison_type(left->type, right->type);
  if (!type || holds_map(*type)) {
    throw SqlError(name.span, "cannot compare " + to_string(left->type) + " with " + to_string(right->type) + " in USING (" +
                                  name.text + ")");
  }
  parts.join.left_keys.push_back(coerce(std::move(left), *type));
  parts.join.right_keys.push_back(coerce(std::move(right), *type));
}

/// USING (c): one column c comes first; copies that are not shown answer to their qualified names only.
void join_using(const std::vector<ast::Identifier>& names, const Scope& first, const Scope& second, JoinParts& parts) {
  Scope merged;
  std::vector<uint32_t> used_first, used_second;
  const ShownCopy shown = shown_copy(parts);
  for (const ast::Identifier& name : names) {
    used_first.push_back(resolve_using(first, name, "left"));
    used_second.push_back(resolve_using(second, name, "right"));
    add_using_key(name, used_first.back(), used_second.back(), parts);
    if (shown == ShownCopy::Neither) {
      const auto width = static_cast<uint32_t>(parts.left_width() + parts.join.right->schema.size());
      merged.columns.push_back({"", name.text, width + static_cast<uint32_t>(merged.columns.size()), false});
      continue;
    }
    const bool is_second = shown == ShownCopy::Second;
    for (const ScopeColumn& column : (is_second ? second : first).columns) {
      const uint32_t index = is_second ? used_second.back() : used_first.back();
      if (column.index == index && !column.qualified_only) merged.columns.push_back(column);
    }
  }
  const auto add_rest = [&](const Scope& side, const std::vector<uint32_t>& used) {
    for (ScopeColumn column : side.columns) {
      const bool is_used = std::find(used.begin(), used.end(), column.index) != used.end();
      const bool is_shown = std::any_of(merged.columns.begin(), merged.columns.end(),
                                        [&](const ScopeColumn& c) { return c.index == column.index && !c.qualified_only; });
      if (is_used && is_shown) continue;
      column.qualified_only = column.qualified_only || is_used;
      merged.columns.push_back(std::move(column));
    }
  };
  add_rest(first, used_first);
  add_rest(second, used_second);
  merged.window = parts.scope.window;
  parts.scope = std::move(merged);
}

/// FULL JOIN … USING (c): c is whichever side's copy is there, added behind the columns of both sides.
plan::NodePtr join_full_using(plan::NodePtr join, const std::vector<ast::Identifier>& names) {
  const plan::Join& made = std::get<plan::Join>(join->op);
  std::vector<ExprPtr> exprs;
  std::vector<std::string> columns;
  for (uint32_t i = 0; i < join->schema.size(); ++i) {
    exprs.push_back(column_of(*join, i, join->span));
    columns.push_back(join->schema[i].name);
  }
  for (size_t i = 0; i < names.size(); ++i) {
    // The i-th keys are the i-th columns of USING, as they are compared.
    std::vector<ExprPtr> copies;
    copies.push_back(expr::clone(*made.left_keys[i]));
    copies.push_back(expr::clone(*made.right_keys[i]));
    std::vector<uint32_t> shifted(made.right->schema.size());
    for (uint32_t c = 0; c < shifted.size(); ++c) shifted[c] = c + static_cast<uint32_t>(made.left->schema.size());
    expr::remap_columns(*copies[1], shifted);
    for (ExprPtr& copy : copies) expr::refresh_nullability(*copy, join->schema);
    exprs.push_back(make_coalesce(std::move(copies), names[i].span));
    columns.push_back(names[i].text);
  }
  const SourceSpan span = join->span;
  return make_project(std::move(join), std::move(exprs), std::move(columns), span);
}

/// RIGHT is LEFT with the sides turned round; CROSS is INNER until it turns out to have no condition.
plan::JoinKind plan_kind(ast::JoinKind kind) {
  switch (kind) {
    case ast::JoinKind::Inner:
    case ast::JoinKind::Cross: return plan::JoinKind::Inner;
    case ast::JoinKind::Left:
    case ast::JoinKind::Right: return plan::JoinKind::Left;
    case ast::JoinKind::Full: return plan::JoinKind::Full;
    case ast::JoinKind::LeftSemi: return plan::JoinKind::LeftSemi;
    case ast::JoinKind::LeftAnti: return plan::JoinKind::LeftAnti;
  }
  return plan::JoinKind::Inner;
}

/// Whether the sides change places: the static one is built and the streaming one probes, and RIGHT becomes LEFT.
bool turns_round(const ast::Join& join, const plan::Node& left, const plan::Node& right) {
  const bool inner = join.kind == ast::JoinKind::Inner || join.kind == ast::JoinKind::Cross;
  return join.kind == ast::JoinKind::Right || (inner && right.is_stream && !left.is_stream);
}

void check_static(const ast::Join& join, const plan::Node& right) {
  if (!join.is_static || !right.is_stream) return;
  throw SqlError(join.right->span, "JOIN STATIC asserts a table, but this is a stream");
}

void shift(Scope& scope, uint32_t by) {
  for (ScopeColumn& column : scope.columns) column.index += by;
  if (!scope.window) return;
  scope.window->start += by;
  scope.window->end += by;
  for (uint32_t& column : scope.window->partition) column += by;
}

JoinParts put_together(const ast::Join& join, BoundRelation& first, BoundRelation& second) {
  JoinParts parts;
  parts.swapped = turns_round(join, *first.node, *second.node);
  parts.join.kind = plan_kind(join.kind);
  parts.join.left = std::move(parts.swapped ? second.node : first.node);
  parts.join.right = std::move(parts.swapped ? first.node : second.node);
  shift(parts.swapped ? first.scope : second.scope, parts.left_width());
  parts.scope.columns = first.scope.columns;
  parts.scope.columns.insert(parts.scope.columns.end(), second.scope.columns.begin(), second.scope.columns.end());
  parts.scope.window = first.scope.window ? first.scope.window : second.scope.window;
  return parts;
}

}  // namespace

std::vector<ExprPtr> QueryAnalyzer::bind_on(const ast::Expr& on, const Scope& scope, plan::Join& join, SubqueryCollector& subqueries) {
  BoundRelation both;
  both.scope = scope;
  both.node = std::make_unique<plan::Node>();
  both.node->schema = join.left->schema;
  both.node->schema.insert(both.node->schema.end(), join.right->schema.begin(), join.right->schema.end());
  ExprBinder binder(session_, both, "ON");
  binder.allow_subqueries(*this, subqueries);
  binder.allow_outer(outer_);
  std::vector<ExprPtr> with_subqueries;
  for (ExprPtr& conjunct : expr::split_conjuncts(to_boolean(binder.bind(on), "the condition of ON"))) {
    if (subqueries_in(*conjunct).empty()) add_join_condition(std::move(conjunct), join);
    else with_subqueries.push_back(std::move(conjunct));
  }
  return with_subqueries;
}

namespace {

bool reads_below(const expr::Expr& e, uint32_t width) {
  const auto* ref = std::get_if<expr::ColumnRef>(&e.node);
  bool found = ref && ref->index < width;
  expr::for_each_child(e, [&](const expr::Expr& child) { found = found || reads_below(child, width); });
  return found;
}

}  // namespace

/// Subqueries in the ON of an outer join: they can be tested on the rows of the side that is not preserved.
void QueryAnalyzer::test_on_right(std::vector<ExprPtr> conditions, SubqueryCollector& subqueries, plan::Join& join) {
  const auto width = static_cast<uint32_t>(join.left->schema.size());
  std::vector<uint32_t> to(width + join.right->schema.size());
  for (uint32_t i = 0; i < to.size(); ++i) to[i] = i < width ? i : i - width;
  const auto renumber = [&](expr::Expr& e, SourceSpan span) {
    if (reads_below(e, width)) {
      throw not_supported_yet(span, "a subquery in ON that compares with columns of both sides, or of the preserved one", "compute it in a subquery of FROM");
    }
    expr::remap_columns(e, to);
  };
  for (Subquery& subquery : subqueries.subqueries) {
    for (ExprPtr& value : subquery.outer) renumber(*value, subquery.span);
    for (ExprPtr& operand : subquery.operands) renumber(*operand, subquery.span);
  }
  SubqueryJoiner joiner(std::move(join.right), subqueries);
  const SourceSpan span = conditions.front()->span;
  for (const ExprPtr& condition : conditions) renumber(*condition, condition->span);
  joiner.filter(std::move(conditions), span);
  join.right = joiner.take();
}

BoundRelation QueryAnalyzer::analyze_join(const ast::Join& join, SourceSpan span) {
  if (generator_relation(*join.right)) return analyze_generator_join(join, span);
  if (join.lateral) return analyze_lateral_join(join, span);
  BoundRelation first = analyze_relation(*join.left);
  BoundRelation second = analyze_relation(*join.right);
  check_static(join, *second.node);
  JoinParts parts = put_together(join, first, second);
  const bool inner = parts.join.kind == plan::JoinKind::Inner;
  const auto names = join.natural ? common_columns(first.scope, second.scope, join.kind_span) : join.using_columns;
  if (!names.empty()) join_using(names, first.scope, second.scope, parts);
  SubqueryCollector subqueries;
  std::vector<ExprPtr> with_subqueries;
  if (join.on) {
    with_subqueries = bind_on(*join.on, parts.scope, parts.join, subqueries);
  }
  plan::Join& made = parts.join;
  if (!with_subqueries.empty() && !inner) {
    if (made.kind == plan::JoinKind::Full) throw not_supported_yet(join.on->span, "a subquery in the ON of a FULL JOIN");
    test_on_right(std::move(with_subqueries), subqueries, made);
    with_subqueries.clear();
  }
  if (inner && made.left_keys.empty() && !made.condition) made.kind = plan::JoinKind::Cross;
  if (plan::shows_left_only(made.kind)) {
    std::erase_if(parts.scope.columns, [&](const ScopeColumn& column) { return column.index >= parts.left_width(); });
    if (parts.scope.window && parts.scope.window->end >= parts.left_width()) parts.scope.window.reset();
  }
  const bool full = made.kind == plan::JoinKind::Full;
  plan::NodePtr node = make_join(std::move(made), span);
  if (!with_subqueries.empty()) {
    SubqueryJoiner joiner(std::move(node), subqueries);
    joiner.filter(std::move(with_subqueries), span);
    node = joiner.take();
  }
  if (full && !names.empty()) node = join_full_using(std::move(node), names);
  return {std::move(node), std::move(parts.scope)};
}

}  // namespace millrace
