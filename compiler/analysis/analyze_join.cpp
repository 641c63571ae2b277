#include <algorithm>
#include <map>

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

/// The subqueries in the ON of an outer, SEMI or ANTI join: the rows of the side that a subquery reads get its value as a column behind theirs.
class SubqueriesOfSides {
 public:
  SubqueriesOfSides(plan::Join& join, SubqueryCollector& subqueries)
      : join_(join), subqueries_(subqueries), width_(static_cast<uint32_t>(join.left->schema.size())),
        left_(std::move(join.left), subqueries), right_(std::move(join.right), subqueries) {}

  void test(std::vector<ExprPtr> conditions) {
    for (const ExprPtr& condition : conditions) {
      for (const uint32_t index : subqueries_in(*condition)) place(index, condition->span);
    }
    join_.left = left_.take();
    join_.right = right_.take();
    new_width_ = static_cast<uint32_t>(join_.left->schema.size());
    if (join_.condition) conditions.push_back(std::move(join_.condition));
    for (ExprPtr& condition : conditions) condition = over_both(std::move(condition));
    join_.condition = expr::join_conjuncts(std::move(conditions));
  }

 private:
  struct Value {
    ExprPtr expr;  ///< over the columns of its side
    bool of_left = true;
  };

  void place(uint32_t index, SourceSpan span) {
    if (values_.contains(index)) return;
    Subquery& subquery = subqueries_.subqueries[index];
    bool left = false, right = false;
    for (auto* exprs : {&subquery.outer, &subquery.operands}) {
      for (const ExprPtr& e : *exprs) look(*e, left, right);
    }
    if (left && right) {
      throw not_supported_yet(span, "a subquery in the ON of an outer join that compares with columns of both sides", "compute it in a subquery of FROM");
    }
    for (auto* exprs : {&subquery.outer, &subquery.operands}) {
      for (ExprPtr& e : *exprs) e = right ? moved(std::move(e)) : std::move(e);
    }
    ExprPtr stand_in = expr::column(SubqueryCollector::kFirst + index, "subquery", TypeKind::Boolean, true, span);
    values_[index] = {(right ? right_ : left_).replace(std::move(stand_in)), !right};
  }
  void look(const expr::Expr& e, bool& left, bool& right) const {
    if (subquery_of(e)) throw not_supported_yet(e.span, "a subquery within a subquery's value in the ON of an outer join", "compute it in a subquery of FROM");
    if (const auto* ref = std::get_if<expr::ColumnRef>(&e.node)) (ref->index < width_ ? left : right) = true;
    expr::for_each_child(e, [&](const expr::Expr& child) { look(child, left, right); });
  }
  /// From the columns of both sides to those of the right one.
  ExprPtr moved(ExprPtr e) const {
    if (auto* ref = std::get_if<expr::ColumnRef>(&e->node)) ref->index -= width_;
    expr::for_each_child(*e, [&](ExprPtr& child) { child = moved(std::move(child)); });
    return e;
  }
  ExprPtr over_both(ExprPtr e) const {
    if (const auto index = subquery_of(*e)) {
      const Value& value = values_.at(*index);
      ExprPtr copy = expr::clone(*value.expr);
      return value.of_left ? std::move(copy) : behind_left(std::move(copy));
    }
    auto* ref = std::get_if<expr::ColumnRef>(&e->node);
    if (ref && ref->index >= width_) ref->index += new_width_ - width_;
    expr::for_each_child(*e, [&](ExprPtr& child) { child = over_both(std::move(child)); });
    return e;
  }
  ExprPtr behind_left(ExprPtr e) const {
    if (auto* ref = std::get_if<expr::ColumnRef>(&e->node)) ref->index += new_width_;
    expr::for_each_child(*e, [&](ExprPtr& child) { child = behind_left(std::move(child)); });
    return e;
  }

  plan::Join& join_;
  SubqueryCollector& subqueries_;
  uint32_t width_, new_width_ = 0;
  SubqueryJoiner left_, right_;
  std::map<uint32_t, Value> values_;
};

/// Drops the columns behind the first `left` of a join's left side, and behind the first `right` of its right one.
plan::NodePtr without_values(plan::NodePtr node, size_t left, size_t right) {
  const auto& join = std::get<plan::Join>(node->op);
  const size_t left_width = join.left->schema.size();
  const bool left_only = plan::shows_left_only(join.kind);
  if (left_width == left && (left_only || join.right->schema.size() == right)) return node;
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names;
  for (size_t i = 0; i < left + (left_only ? 0 : right); ++i) {
    const auto index = static_cast<uint32_t>(i < left ? i : left_width + i - left);
    exprs.push_back(column_of(*node, index, node->span));
    names.push_back(node->schema[index].name);
  }
  const SourceSpan span = node->span;
  return make_project(std::move(node), std::move(exprs), std::move(names), span);
}

}  // namespace

void QueryAnalyzer::test_on_right(std::vector<ExprPtr> conditions, SubqueryCollector& subqueries, plan::Join& join) {
  SubqueriesOfSides(join, subqueries).test(std::move(conditions));
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
  const size_t left_width = made.left->schema.size(), right_width = made.right->schema.size();
  if (!with_subqueries.empty() && !inner) {
    test_on_right(std::move(with_subqueries), subqueries, made);
    with_subqueries.clear();
  }
  if (inner && made.left_keys.empty() && !made.condition) made.kind = plan::JoinKind::Cross;
  if (plan::shows_left_only(made.kind)) {
    std::erase_if(parts.scope.columns, [&](const ScopeColumn& column) { return column.index >= left_width; });
    if (parts.scope.window && parts.scope.window->end >= left_width) parts.scope.window.reset();
  }
  const bool full = made.kind == plan::JoinKind::Full;
  plan::NodePtr node = without_values(make_join(std::move(made), span), left_width, right_width);
  if (!with_subqueries.empty()) {
    SubqueryJoiner joiner(std::move(node), subqueries);
    joiner.filter(std::move(with_subqueries), span);
    node = joiner.take();
  }
  if (full && !names.empty()) node = join_full_using(std::move(node), names);
  return {std::move(node), std::move(parts.scope)};
}

}  // namespace millrace
