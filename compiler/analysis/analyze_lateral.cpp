#include <algorithm>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/join_conditions.h"
#include "compiler/analysis/join_subqueries.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"

namespace millrace {

namespace {

using plan::JoinKind;

/// A LATERAL subquery being joined: what becomes of its columns above the join.
class LateralJoin {
 public:
  LateralJoin(plan::NodePtr left, const Subquery& subquery, bool outer)
      : node_(std::move(left)), subquery_(subquery), outer_(outer), unnested_(unnest(subquery, *node_)), width_(static_cast<uint32_t>(node_->schema.size())) {}

  /// `on`: over the left columns, then the subquery's.
  plan::NodePtr join(ExprPtr on, const Schema& columns) {
    std::vector<ExprPtr> outputs;
    for (const ExprPtr& output : unnested_.outputs) outputs.push_back(placed(*output));
    std::vector<ExprPtr> tests;
    for (const ExprPtr& test : unnested_.tests) tests.push_back(placed(*test));
    if (on) tests.push_back(over_outputs(std::move(on), outputs));
    ExprPtr test = expr::join_conjuncts(std::move(tests));
    const bool bare_row = is_bare_row(unnested_);  // the plan moves into the join
    if (!bare_row || !unnested_.conditions.empty()) make_it(outer_ && !unnested_.one_row ? std::move(test) : nullptr);
    if (outer_) pad(outputs, test, bare_row);
    else if (test) node_ = make_filter(std::move(node_), std::move(test), subquery_.span);
    return projected(std::move(outputs), columns);
  }

 private:
  ExprPtr placed(const expr::Expr& e) const {
    return unnested_.one_row ? place_one_row(e, unnested_, width_, subquery_.outer) : place(e, width_, subquery_.outer, outer_);
  }
  ExprPtr over_outputs(ExprPtr on, const std::vector<ExprPtr>& outputs) const {
    std::vector<ExprPtr> left;
    for (uint32_t i = 0; i < width_; ++i) left.push_back(column_of(*node_, i, subquery_.span));
    std::vector<const expr::Expr*> by;
    for (const ExprPtr& e : left) by.push_back(e.get());
    for (const ExprPtr& e : outputs) by.push_back(e.get());
    return expr::substitute(std::move(on), by);
  }
  void make_it(ExprPtr condition) {
    plan::Join made{.kind = outer_ || unnested_.one_row ? JoinKind::Left : JoinKind::Inner, .left = std::move(node_), .right = nullptr,
                    .left_keys = {}, .right_keys = {}, .condition = nullptr};
    made.right = outer_ && !unnested_.one_row ? marked(std::move(unnested_.node)) : std::move(unnested_.node);
    for (const ExprPtr& c : unnested_.conditions) add_join_condition(place(*c, width_, subquery_.outer), made);
    if (condition) add_join_condition(std::move(condition), made);
    if (made.kind == JoinKind::Inner && made.left_keys.empty() && !made.condition) made.kind = JoinKind::Cross;
    node_ = make_join(std::move(made), subquery_.span);
  }
  /// A last column that is NULL where a row of the left side has no partner.
  static plan::NodePtr marked(plan::NodePtr right) {
    const SourceSpan span = right->span;
    std::vector<ExprPtr> exprs;
    std::vector<std::string> names;
    for (uint32_t i = 0; i < right->schema.size(); ++i) {
      exprs.push_back(column_of(*right, i, span));
      names.push_back(right->schema[i].name);
    }
    exprs.push_back(make_boolean(true, span));
    names.push_back("is_there");
    return make_project(std::move(right), std::move(exprs), std::move(names), span);
  }
  /// An outer join's row whose partner is missing, or is not there for the subquery, has NULLs.
  void pad(std::vector<ExprPtr>& outputs, const ExprPtr& test, bool bare_row) {
    const SourceSpan span = subquery_.span;
    ExprPtr there = expr::ExprPtr();
    if (unnested_.one_row || bare_row) {
      if (test) there = expr::clone(*test);
    } else {
      there = make_is_null(column_of(*node_, static_cast<uint32_t>(node_->schema.size() - 1), span), true, span);
    }
    for (ExprPtr& output : outputs) {
      if (!there) continue;
      std::vector<std::pair<ExprPtr, ExprPtr>> branches;
      branches.emplace_back(expr::clone(*there), std::move(output));
      output = make_case(std::move(branches), nullptr, span);
    }
  }
  plan::NodePtr projected(std::vector<ExprPtr> outputs, const Schema& columns) {
    std::vector<ExprPtr> exprs;
    std::vector<std::string> names;
    for (uint32_t i = 0; i < width_; ++i) {
      exprs.push_back(column_of(*node_, i, subquery_.span));
      names.push_back(node_->schema[i].name);
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      exprs.push_back(std::move(outputs[i]));
      names.push_back(columns[i].name);
    }
    return make_project(std::move(node_), std::move(exprs), std::move(names), subquery_.span);
  }

  plan::NodePtr node_;
  const Subquery& subquery_;
  bool outer_;
  Unnested unnested_;
  uint32_t width_;
};

void check_kind(const ast::Join& join) {
  const bool known = join.kind == ast::JoinKind::Inner || join.kind == ast::JoinKind::Cross || join.kind == ast::JoinKind::Left;
  if (!known) throw SqlError(join.kind_span, "LATERAL goes with INNER, CROSS and LEFT JOIN: the right side is computed from the left one's rows");
}

uint32_t column_named(const Scope& scope, const ast::Identifier& name, const std::string& side) {
  const auto match = scope.resolve({name});
  if (!match) throw SqlError(name.span, "the " + side + " side of the join has no column '" + name.text + "'" + did_you_mean(name.text, scope.candidates()));
  return match->index;
}

/// USING (c): c comes first, once. The columns of `right` count behind those of `left`. Gives the pairs of columns that must be equal.
std::vector<std::pair<uint32_t, uint32_t>> merge_using(const ast::Join& join, Scope& left, Scope& right) {
  std::vector<ast::Identifier> names = join.using_columns;
  for (const ScopeColumn* column : left.visible()) {
    const auto same = [&](const ScopeColumn* other) { return same_name(column->name, other->name); };
    const auto others = right.visible();
    if (join.natural && std::any_of(others.begin(), others.end(), same)) names.push_back({column->name, true, join.kind_span});
  }
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (const ast::Identifier& name : names) pairs.emplace_back(column_named(left, name, "left"), column_named(right, name, "right"));
  Scope merged;
  merged.window = left.window;
  for (const auto& pair : pairs) {
    for (const ScopeColumn& column : left.columns) {
      if (column.index == pair.first && !column.qualified_only) merged.columns.push_back(column);
    }
  }
  for (const ScopeColumn& column : left.columns) {
    const bool used = std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == column.index; });
    if (!used || column.qualified_only) merged.columns.push_back(column);
  }
  for (ScopeColumn column : right.columns) {
    const bool used = std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.second == column.index; });
    column.qualified_only = column.qualified_only || used;
    merged.columns.push_back(std::move(column));
  }
  left = std::move(merged);
  return pairs;
}

}  // namespace

/// `a JOIN LATERAL (SELECT …)`: for each row of `a` the rows that the subquery gives for it.
BoundRelation QueryAnalyzer::analyze_lateral_join(const ast::Join& join, SourceSpan span) {
  check_kind(join);
  BoundRelation left = analyze_relation(*join.left);
  ExprBinder around(session_, left, "LATERAL");
  around.allow_outer(outer_);
  OuterQuery outer(around);
  OuterQuery* const before = std::exchange(outer_, &outer);
  BoundRelation right = analyze_relation(*join.right);
  outer_ = before;
  Subquery subquery{.kind = Subquery::Kind::Exists, .node = std::move(right.node), .outer = outer.take_values(), .operands = {}, .span = span};
  const Schema columns = subquery.node->schema;
  const auto width = static_cast<uint32_t>(left.node->schema.size());
  for (ScopeColumn& column : right.scope.columns) column.index += width;
  ExprPtr on;
  std::vector<ExprPtr> equal;
  for (const auto& [own, other] : merge_using(join, left.scope, right.scope)) {
    const Column& column = columns[other - width];
    equal.push_back(make_comparison(expr::ComparisonOp::Equal, column_of(*left.node, own, join.kind_span),
                                    expr::column(other, column.name, column.type, column.nullable, join.kind_span), join.kind_span));
  }
  if (!equal.empty()) on = expr::join_conjuncts(std::move(equal));
  if (join.on) {
    BoundRelation both;
    both.scope = left.scope;
    both.node = std::make_unique<plan::Node>();
    both.node->schema = left.node->schema;
    both.node->schema.insert(both.node->schema.end(), columns.begin(), columns.end());
    ExprBinder binder(session_, both, "the ON of a LATERAL join");
    binder.allow_outer(outer_);
    on = to_boolean(binder.bind(*join.on), "the condition of ON");
  }
  LateralJoin made(std::move(left.node), subquery, join.kind == ast::JoinKind::Left);
  left.node = made.join(std::move(on), columns);
  return left;
}

}  // namespace millrace
