#include "compiler/analysis/maintain.h"

#include <algorithm>
#include <utility>

#include "compiler/analysis/evaluate_anew.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/row_keys.h"
#include "compiler/analysis/weigh_aggregate.h"
#include "compiler/base/overloaded.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

using expr::ExprPtr;
using plan::JoinKind;
using plan::Node;
using plan::NodePtr;

namespace {

/// What comes with a row must go with it.
bool gives_the_same_again(const expr::Expr& e) {
  const auto* call = std::get_if<expr::Call>(&e.node);
  bool same = call == nullptr || call->function->deterministic;
  expr::for_each_child(e, [&](const expr::Expr& child) { same = same && gives_the_same_again(child); });
  return same;
}

bool gives_the_same_again(const Node& node) {
  bool same = true;
  plan::for_each_expr(node, [&](const expr::Expr& e) { same = same && gives_the_same_again(e); });
  return same;
}

bool is_session(const Node& node) {
  const auto* assign = std::get_if<plan::WindowAssign>(&node.op);
  return assign != nullptr && assign->window.kind == plan::WindowKind::Session;
}

/// An aggregation that rows are only added to.
bool only_grows(const plan::Aggregate& aggregate) {
  const auto* assign = std::get_if<plan::WindowAssign>(&aggregate.input->op);
  return only_adds(assign != nullptr ? *assign->input : *aggregate.input);
}

bool inputs_can_be_maintained(const Node& node) {
  bool can = true;
  plan::for_each_input(node, [&](const Node& input) { can = can && can_maintain(input); });
  return can;
}

/// Only the left side's rows come and go, each by itself.
bool looks_up_a_table(const plan::Join& join) { return join.left->is_stream && !join.right->is_stream && join.kind != JoinKind::Full; }

ExprPtr one(SourceSpan span) { return make_integer(1, TypeKind::BigInt, span); }

ExprPtr weight_column(const Node& node, uint32_t index) {
  ExprPtr weight = column_of(node, index, node.span);
  if (!weight->nullable) return weight;
  std::vector<ExprPtr> operands;
  operands.push_back(std::move(weight));
  operands.push_back(one(node.span));
  return make_coalesce(std::move(operands), node.span);
}

class Maintainer {
 public:
  explicit Maintainer(int64_t max_rows) : max_rows_(max_rows) {}

  NodePtr changes(NodePtr node) const {
    if (!node->is_stream) return weighted(kept_once(std::move(node)));
    if (only_adds(*node)) return weighted(std::move(node));
    node->watermark_column.reset();
    Node& made = *node;
    return std::visit([&](auto& op) { return of(std::move(node), op); }, made.op);
  }

 private:
  NodePtr kept_once(NodePtr table) const {
    auto kept = std::make_unique<Node>();
    kept->schema = table->schema;
    kept->span = table->span;
    kept->op = plan::Keep{std::move(table), max_rows_, true};
    return kept;
  }

  /// Every row comes once.
  static NodePtr weighted(NodePtr node) {
    std::vector<uint32_t> all;
    for (uint32_t i = 0; i < node->schema.size(); ++i) all.push_back(i);
    const SourceSpan span = node->span;
    return with_weight(std::move(node), all, one(span));
  }

  static NodePtr with_weight(NodePtr node, const std::vector<uint32_t>& columns, ExprPtr weight) {
    std::vector<ExprPtr> exprs;
    std::vector<std::string> names;
    const SourceSpan span = node->span;
    for (const uint32_t column : columns) {
      exprs.push_back(column_of(*node, column, span));
      names.push_back(node->schema[column].name);
    }
    exprs.push_back(std::move(weight));
    names.emplace_back("weight");
    NodePtr project = make_project(std::move(node), std::move(exprs), std::move(names), span);
    project->is_stream = true;
    project->watermark_column.reset();
    return project;
  }

  NodePtr of(NodePtr node, plan::Filter& n) const {
    n.input = changes(std::move(n.input));
    node->schema.push_back(n.input->schema.back());
    return node;
  }
  NodePtr of(NodePtr node, plan::Project& n) const {
    n.input = changes(std::move(n.input));
    n.exprs.push_back(column_of(*n.input, static_cast<uint32_t>(n.input->schema.size() - 1), node->span));
    node->schema.push_back(n.input->schema.back());
    return node;
  }
  NodePtr of(NodePtr node, plan::Union& n) const {
    for (NodePtr& input : n.inputs) input = changes(std::move(input));
    node->schema.push_back(n.inputs.front()->schema.back());
    return node;
  }
  NodePtr of(NodePtr node, plan::WindowAssign& n) const { return adding_columns(std::move(node), n.input); }
  NodePtr of(NodePtr node, plan::Generate& n) const { return adding_columns(std::move(node), n.input); }

  /// The weight goes behind the columns that the operator adds.
  NodePtr adding_columns(NodePtr node, NodePtr& input) const {
    input = changes(std::move(input));
    const auto weight = static_cast<uint32_t>(input->schema.size() - 1);
    node->schema.insert(node->schema.begin() + weight, input->schema.back());
    std::vector<uint32_t> columns;
    for (uint32_t i = 0; i < node->schema.size(); ++i) {
      if (i != weight) columns.push_back(i);
    }
    ExprPtr weights = column_of(*node, weight, node->span);
    return with_weight(std::move(node), columns, std::move(weights));
  }

  NodePtr of(NodePtr node, plan::Join& n) const {
    const bool of_left = looks_up_a_table(n);
    const auto left_width = static_cast<uint32_t>(n.left->schema.size());
    const auto right_width = static_cast<uint32_t>(n.right->schema.size());
    const SourceSpan span = node->span;
    plan::Join join = std::move(n);
    if (join.condition) {
      std::vector<uint32_t> to;
      for (uint32_t i = 0; i < left_width + right_width; ++i) to.push_back(i < left_width ? i : i + 1);
      expr::remap_columns(*join.condition, to);
    }
    join.left = changes(std::move(join.left));
    if (!of_left) {
      join.right = changes(std::move(join.right));
      join.left_weight = column_of(*join.left, left_width, span);
      join.right_weight = column_of(*join.right, right_width, span);
      join.max_rows = max_rows_;
    }
    const bool left_only = plan::shows_left_only(join.kind);
    const uint32_t shown = join.kind == JoinKind::LeftMark ? 1 : left_only ? 0 : right_width;
    NodePtr joined = make_join(std::move(join), span);
    joined->watermark_column.reset();
    std::vector<uint32_t> columns;
    for (uint32_t i = 0; i < left_width; ++i) columns.push_back(i);
    for (uint32_t i = 0; i < shown; ++i) columns.push_back(left_width + 1 + i);
    ExprPtr weight = weight_column(*joined, left_width);
    if (!of_left && !left_only) {
      weight = make_arithmetic(expr::ArithmeticOp::Multiply, std::move(weight), weight_column(*joined, left_width + 1 + right_width), span);
    }
    return with_weight(std::move(joined), columns, std::move(weight));
  }

  NodePtr of(NodePtr node, plan::Aggregate& n) const {
    plan::Differentiate differences{.input = nullptr, .whole = false, .has_keys = true, .keys = {}, .present = {},
                                    .visible = static_cast<uint32_t>(node->schema.size()), .max_rows = max_rows_};
    RowKeys keys = row_keys(*node);
    differences.has_keys = keys.has_value();
    if (keys) differences.keys = std::move(*keys);
    // Which sessions there are, and rows that nothing tells apart, are only known of all.
    differences.whole = is_session(*n.input) || !differences.has_keys;
    n.time_key.reset();
    n.is_maintained = !differences.whole;
    Schema schema = node->schema;
    if (!only_grows(n)) {
      n.input = changes(std::move(n.input));
      node = weigh_aggregate(std::move(node));
      if (node->schema.size() > schema.size()) differences.present = differences.visible;
    }
    return differentiated(std::move(node), std::move(schema), std::move(differences));
  }

  /// A batch shows all rows of the partitions that it has added to.
  NodePtr of(NodePtr node, plan::Over& n) const {
    plan::Differentiate differences{.input = nullptr, .whole = false, .has_keys = true, .keys = {}, .present = {},
                                    .visible = static_cast<uint32_t>(node->schema.size()), .max_rows = max_rows_};
    for (const ExprPtr& part : n.partition) differences.keys.push_back(std::get<expr::ColumnRef>(part->node).index);
    n.is_maintained = true;
    Schema schema = node->schema;
    return differentiated(std::move(node), std::move(schema), std::move(differences));
  }

  static NodePtr differentiated(NodePtr node, Schema schema, plan::Differentiate differences) {
    schema.push_back({"weight", TypeKind::BigInt, false});
    const SourceSpan span = node->span;
    NodePtr changing = plan::make_node(plan::Limit{}, std::move(schema), *node);
    changing->span = span;
    differences.input = std::move(node);
    changing->op = std::move(differences);
    return changing;
  }

  template <class Op>
  NodePtr of(NodePtr node, Op&) const {
    throw not_supported_yet(node->span, "changes of this part of a query");  // can_maintain has refused it
  }

  int64_t max_rows_;
};

struct CanMaintain {
  const Node& node;

  bool operator()(const plan::Filter&) const { return all(); }
  bool operator()(const plan::Project&) const { return all(); }
  bool operator()(const plan::Generate&) const { return all(); }
  bool operator()(const plan::Union&) const { return all(); }
  bool operator()(const plan::WindowAssign&) const { return !is_session(node) && all(); }
  bool operator()(const plan::Join& n) const { return n.kind != JoinKind::Right && all(); }
  /// Over rows that only come; partitions are told by columns.
  bool operator()(const plan::Over& n) const {
    const auto is_column = [](const ExprPtr& part) { return std::holds_alternative<expr::ColumnRef>(part->node); };
    return !n.partition.empty() && std::all_of(n.partition.begin(), n.partition.end(), is_column) && only_adds(*n.input) && all();
  }
  bool operator()(const plan::Aggregate& n) const {
    if (only_grows(n)) return true;
    return can_weigh(n) && row_keys(node).has_value() && all();
  }
  bool operator()(const auto&) const { return false; }

  bool all() const { return gives_the_same_again(node) && inputs_can_be_maintained(node); }
};

}  // namespace

bool can_maintain(const Node& node) {
  if (!node.is_stream || only_adds(node)) return true;
  return std::visit(CanMaintain{node}, node.op);
}

NodePtr changes_of(NodePtr node, int64_t max_rows) { return Maintainer(max_rows).changes(std::move(node)); }

}  // namespace millrace
