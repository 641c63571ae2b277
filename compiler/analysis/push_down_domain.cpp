#include <algorithm>
#include <numeric>

#include "compiler/analysis/join_conditions.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/select_analyzer.h"
#include "compiler/analysis/subquery.h"
#include "compiler/analysis/unnest.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using plan::JoinKind;
using plan::NodePtr;

/// Replaces OuterColumn i by column `first` + i of `columns`.
void read_domain(expr::Expr& e, const Schema& columns, uint32_t first) {
  if (const auto* outer = std::get_if<expr::OuterColumn>(&e.node)) {
    const uint32_t index = first + outer->index;
    e.nullable = columns[index].nullable;
    e.node = expr::ColumnRef{index, columns[index].name};
    return;
  }
  expr::for_each_child(e, [&](ExprPtr& child) { read_domain(*child, columns, first); });
}

/// Gives each operator the domain's columns behind its own: pushed nodes have as many columns as before, then those.
class PushDomain {
 public:
  explicit PushDomain(NodePtr domain) : domain_(std::move(domain)), width_(static_cast<uint32_t>(domain_->schema.size())) {}

  NodePtr push(NodePtr node) {
    if (!reads_outer(*node)) return cross(std::move(node), plan::clone(*domain_));
    return std::visit([&](auto& op) { return through(op, *node); }, node->op);
  }

 private:
  NodePtr through(plan::Filter& n, plan::Node& node) {
    NodePtr input = push(std::move(n.input));
    read(*n.predicate, *input);
    return make_filter(std::move(input), std::move(n.predicate), node.span);
  }
  NodePtr through(plan::Project& n, plan::Node& node) {
    NodePtr input = push(std::move(n.input));
    return project(std::move(input), std::move(n.exprs), node);
  }
  // Rows that are joined have no order.
  NodePtr through(plan::Sort& n, plan::Node&) { return push(std::move(n.input)); }
  NodePtr through(plan::Union& n, plan::Node& node) {
    for (NodePtr& input : n.inputs) input = push(std::move(input));
    return make_union(std::move(n.inputs), node.span);
  }
  NodePtr through(plan::Values& n, plan::Node& node) {
    std::vector<NodePtr> rows;
    for (auto& row : n.rows) rows.push_back(project(plan::clone(*domain_), std::move(row), node));
    return rows.size() == 1 ? std::move(rows.front()) : make_union(std::move(rows), node.span);
  }
  NodePtr through(plan::Generate& n, plan::Node& node) {
    const size_t before = n.input->schema.size();
    n.input = push(std::move(n.input));
    read(*n.collection, *n.input);
    return behind(make_generate(std::move(n), node.span), before);
  }
  NodePtr through(plan::WindowAssign& n, plan::Node& node) {
    const size_t before = n.input->schema.size();
    NodePtr input = push(std::move(n.input));
    read(*n.time, *input);
    return behind(make_window_assign(std::move(input), std::move(n.time), n.window, node.span), before);
  }
  NodePtr through(plan::Over& n, plan::Node& node);
  NodePtr through(plan::Limit& n, plan::Node& node);
  NodePtr through(plan::Aggregate& n, plan::Node& node);
  NodePtr through(plan::Join& n, plan::Node& node);
  NodePtr through(auto&, plan::Node& node) {
    throw not_supported_yet(node.span, "a subquery that reads the rows around it below this", "filter in an inner query, or join instead");
  }

  /// An expression over a pushed input.
  void read(expr::Expr& e, const plan::Node& input) const {
    read_domain(e, input.schema, static_cast<uint32_t>(input.schema.size()) - width_);
  }
  /// `exprs`, then the domain's columns.
  NodePtr project(NodePtr input, std::vector<ExprPtr> exprs, const plan::Node& node) {
    std::vector<std::string> names;
    for (size_t i = 0; i < exprs.size(); ++i) {
      read(*exprs[i], *input);
      names.push_back(node.schema[i].name);
    }
    const auto first = static_cast<uint32_t>(input->schema.size()) - width_;
    for (uint32_t i = 0; i < width_; ++i) {
      exprs.push_back(column_of(*input, first + i, node.span));
      names.push_back(input->schema[first + i].name);
    }
    return make_project(std::move(input), std::move(exprs), std::move(names), node.span);
  }
  /// The columns of `node` in another order.
  static NodePtr ordered(NodePtr node, const std::vector<uint32_t>& order) {
    std::vector<ExprPtr> exprs;
    std::vector<std::string> names;
    for (const uint32_t index : order) {
      exprs.push_back(column_of(*node, index, node->span));
      names.push_back(node->schema[index].name);
    }
    const SourceSpan span = node->span;
    return make_project(std::move(node), std::move(exprs), std::move(names), span);
  }
  /// Moves the domain's columns, which stand behind the first `before`, to the end.
  NodePtr behind(NodePtr node, size_t before) const {
    std::vector<uint32_t> order(node->schema.size());
    std::iota(order.begin(), order.end(), 0);
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(before);
    std::rotate(first, first + width_, order.end());
    return ordered(std::move(node), order);
  }
  static NodePtr cross(NodePtr left, NodePtr right) {
    const SourceSpan span = left->span;
    return make_join(plan::Join{JoinKind::Cross, std::move(left), std::move(right), {}, {}, nullptr}, span);
  }
  /// `left.d IS NOT DISTINCT FROM right.d` of each of the domain's columns.
  void same_domain(plan::Join& join, size_t first_left, size_t first_right) const {
    for (uint32_t i = 0; i < width_; ++i) {
      add_null_safe_key(column_of(*join.left, static_cast<uint32_t>(first_left) + i, join.left->span),
                        column_of(*join.right, static_cast<uint32_t>(first_right) + i, join.right->span), join);
    }
  }
  NodePtr fill_empty_groups(NodePtr aggregate, const std::vector<ExprPtr>& absent);

  NodePtr domain_;
  uint32_t width_;
};

/// Each value of the domain has partitions of its own.
NodePtr PushDomain::through(plan::Over& n, plan::Node& node) {
  const auto before = static_cast<uint32_t>(n.input->schema.size());
  n.input = push(std::move(n.input));
  const auto read_one = [&](ExprPtr& e) {
    if (e) read(*e, *n.input);
  };
  for (ExprPtr& key : n.partition) read_one(key);
  for (plan::SortItem& item : n.order) read_one(item.expr);
  for (plan::OverCall& call : n.calls) {
    for (ExprPtr& argument : call.call.arguments) read_one(argument);
    for (ExprPtr* e : {&call.call.filter, &call.frame.start.value, &call.frame.end.value, &call.frame.key}) read_one(*e);
  }
  for (uint32_t i = 0; i < width_; ++i) n.partition.push_back(column_of(*n.input, before + i, node.span));
  return behind(make_over(std::move(n), node.span), before);
}

/// The first rows for each value of the domain: by their numbers.
NodePtr PushDomain::through(plan::Limit& n, plan::Node& node) {
  if (auto* projected = std::get_if<plan::Project>(&n.input->op)) {  // what only ORDER BY needs is dropped above it
    plan::Limit below{std::move(projected->input), n.count, n.offset};
    NodePtr input = through(below, node);
    return project(std::move(input), std::move(projected->exprs), node);
  }
  plan::Over over;
  auto* sort = std::get_if<plan::Sort>(&n.input->op);
  if (sort) over.order = std::move(sort->items);
  over.input = push(std::move(sort ? sort->input : n.input));
  for (plan::SortItem& item : over.order) read(*item.expr, *over.input);
  const auto columns = static_cast<uint32_t>(over.input->schema.size());
  for (uint32_t i = columns - width_; i < columns; ++i) over.partition.push_back(column_of(*over.input, i, node.span));
  plan::OverCall& number = over.calls.emplace_back();
  number.call.type = TypeKind::Int;
  number.call.nullable = false;
  number.call.name = "row_number()";
  number.call.span = node.span;
  NodePtr numbered = make_over(std::move(over), node.span);
  const auto compared = [&](expr::ComparisonOp op, int64_t bound) {
    return make_comparison(op, coerce(column_of(*numbered, columns, node.span), TypeKind::BigInt), make_integer(bound, TypeKind::BigInt, node.span), node.span);
  };
  std::vector<ExprPtr> tests;
  tests.push_back(compared(expr::ComparisonOp::Greater, n.offset));
  if (n.count >= 0) tests.push_back(compared(expr::ComparisonOp::LessEqual, n.offset + n.count));
  numbered = make_filter(std::move(numbered), expr::join_conjuncts(std::move(tests)), node.span);
  std::vector<uint32_t> order(columns);
  std::iota(order.begin(), order.end(), 0);
  return ordered(std::move(numbered), order);
}

NodePtr PushDomain::through(plan::Aggregate& n, plan::Node& node) {
  const bool global = n.keys.empty() && n.grouping_sets.size() == 1 && !n.window;
  const auto given = static_cast<uint32_t>(n.keys.size());
  if (n.emits_grouping_id || given + width_ > 64) throw not_supported_yet(node.span, "grouping sets in a subquery that reads the rows around it");
  n.input = push(std::move(n.input));
  for (ExprPtr& key : n.keys) read(*key, *n.input);
  std::vector<ExprPtr> absent;
  for (plan::AggregateCall& call : n.calls) {
    for (ExprPtr& argument : call.arguments) read(*argument, *n.input);
    if (call.filter) read(*call.filter, *n.input);
    absent.push_back(value_over_nothing(call, node.span));
  }
  std::vector<std::string> names;
  for (uint32_t i = 0; i < given; ++i) names.push_back(node.schema[i].name);
  const auto first = static_cast<uint32_t>(n.input->schema.size()) - width_;
  for (uint32_t i = 0; i < width_; ++i) {
    n.keys.push_back(column_of(*n.input, first + i, node.span));
    names.push_back(n.input->schema[first + i].name);
  }
  for (uint64_t& set : n.grouping_sets) set |= ((width_ == 64 ? 0 : uint64_t{1} << width_) - 1) << given;
  NodePtr grouped = behind(make_aggregate(std::move(n), std::move(names), node.span), given);
  return global ? fill_empty_groups(std::move(grouped), absent) : std::move(grouped);
}

/// An aggregate without GROUP BY gives a row for each value of the domain, also where there is nothing to aggregate.
NodePtr PushDomain::fill_empty_groups(NodePtr aggregate, const std::vector<ExprPtr>& absent) {
  const SourceSpan span = aggregate->span;
  const auto calls = static_cast<uint32_t>(absent.size());
  plan::Join join{JoinKind::Left, plan::clone(*domain_), std::move(aggregate), {}, {}, nullptr};
  same_domain(join, 0, calls);
  NodePtr joined = make_join(std::move(join), span);
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < calls + width_; ++i) {
    const uint32_t index = i < calls ? width_ + i : i - calls;
    ExprPtr value = column_of(*joined, index, span);
    if (i < calls && absent[i]) {
      std::vector<ExprPtr> operands;
      operands.push_back(std::move(value));
      operands.push_back(expr::clone(*absent[i]));
      value = make_coalesce(std::move(operands), span);
    }
    exprs.push_back(std::move(value));
    names.push_back(joined->schema[index].name);
  }
  return make_project(std::move(joined), std::move(exprs), std::move(names), span);
}

NodePtr PushDomain::through(plan::Join& n, plan::Node& node) {
  const bool inner = n.kind == JoinKind::Inner || n.kind == JoinKind::Cross;
  const auto left_width = static_cast<uint32_t>(n.left->schema.size());
  const auto right_width = static_cast<uint32_t>(n.right->schema.size());
  const bool on_reads = n.condition && reads_outer(*n.condition);
  bool right_keys_read = false, left_reads = reads_outer(*n.left) || on_reads;
  for (const ExprPtr& key : n.left_keys) left_reads = left_reads || reads_outer(*key);
  for (const ExprPtr& key : n.right_keys) right_keys_read = right_keys_read || reads_outer(*key);
  const bool into_right = reads_outer(*n.right) || right_keys_read || n.kind == JoinKind::Full;
  const bool into_left = left_reads || !into_right || !inner;
  if (n.kind == JoinKind::Full) throw not_supported_yet(node.span, "a FULL JOIN in a subquery that reads the rows around it");
  if (into_left) n.left = push(std::move(n.left));
  if (into_right) n.right = push(std::move(n.right));
  for (ExprPtr& key : n.left_keys) read(*key, *n.left);
  for (ExprPtr& key : n.right_keys) read(*key, *n.right);
  if (n.condition) {
    std::vector<uint32_t> to(left_width + right_width);
    for (uint32_t i = 0; i < to.size(); ++i) to[i] = i < left_width || !into_left ? i : i + width_;
    expr::remap_columns(*n.condition, to);
    Schema both = n.left->schema;
    both.insert(both.end(), n.right->schema.begin(), n.right->schema.end());
    read_domain(*n.condition, both, into_left ? left_width : left_width + right_width);
  }
  if (into_left && into_right) same_domain(n, left_width, right_width);
  if (!n.left_keys.empty() && n.kind == JoinKind::Cross) n.kind = JoinKind::Inner;
  const JoinKind kind = n.kind;
  NodePtr joined = make_join(std::move(n), node.span);
  if (!into_left) return joined;
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < left_width; ++i) order.push_back(i);
  const uint32_t shown = kind == JoinKind::LeftMark ? 1 : plan::shows_left_only(kind) ? 0 : right_width;
  for (uint32_t i = 0; i < shown; ++i) order.push_back(left_width + width_ + i);
  for (uint32_t i = 0; i < width_; ++i) order.push_back(left_width + i);
  return ordered(std::move(joined), order);
}

}  // namespace

Unnested push_down_domain(const Subquery& subquery, const plan::Node& around) {
  std::vector<ExprPtr> values;
  std::vector<std::string> names;
  for (const ExprPtr& value : subquery.outer) {
    values.push_back(expr::clone(*value));
    names.push_back("outer_" + std::to_string(names.size() + 1));
  }
  NodePtr domain = make_project(plan::clone(around), std::move(values), std::move(names), subquery.span);
  domain = make_distinct(std::move(domain), subquery.span);
  const Schema columns = domain->schema;
  Unnested unnested;
  unnested.node = PushDomain(std::move(domain)).push(plan::clone(*subquery.node));
  const auto width = static_cast<uint32_t>(subquery.node->schema.size());
  for (uint32_t i = 0; i < width; ++i) unnested.outputs.push_back(column_of(*unnested.node, i, subquery.span));
  for (uint32_t i = 0; i < columns.size(); ++i) {
    ExprPtr outer = expr::make(expr::OuterColumn{i, columns[i].name}, columns[i].type, columns[i].nullable, subquery.span);
    unnested.conditions.push_back(make_comparison(expr::ComparisonOp::NullSafeEqual, column_of(*unnested.node, width + i, subquery.span),
                                                  std::move(outer), subquery.span));
  }
  return unnested;
}

}  // namespace millrace
