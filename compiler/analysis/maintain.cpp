#include "compiler/analysis/maintain.h"

#include <algorithm>
#include <utility>

#include "compiler/analysis/evaluate_anew.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/row_keys.h"
#include "compiler/analysis/weigh_aggregate.h"
#include "compiler/base/overloaded.h"
#include "compiler/expr/expr_printer.h"
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

bool is_plain_column(const ExprPtr& e) { return std::holds_alternative<expr::ColumnRef>(e->node); }

/// Whether partitions are told by columns and, of rows that come and go, put in order by them.
bool is_over_columns(const plan::Over& over) {
  const auto by_column = [](const plan::SortItem& item) { return is_plain_column(item.expr); };
  return std::all_of(over.partition.begin(), over.partition.end(), is_plain_column) &&
         (only_adds(*over.input) || std::all_of(over.order.begin(), over.order.end(), by_column));
}

/// Whether equal rows of several sets of groups are told apart once the set's number stands beside them.
bool lacks_grouping_id(const plan::Aggregate& aggregate) {
  return aggregate.grouping_sets.size() > 1 && !aggregate.emits_grouping_id && !has_equal_sets(aggregate);
}

std::vector<uint32_t> all_but(const Node& node, uint32_t column) {
  std::vector<uint32_t> others;
  for (uint32_t i = 0; i < node.schema.size(); ++i) {
    if (i != column) others.push_back(i);
  }
  return others;
}

/// Columns of a node and, if there is one, an expression over it.
NodePtr some_columns(NodePtr node, const std::vector<uint32_t>& columns, ExprPtr last, const std::string& name) {
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names;
  const SourceSpan span = node->span;
  for (const uint32_t column : columns) {
    exprs.push_back(column_of(*node, column, span));
    names.push_back(node->schema[column].name);
  }
  if (last) {
    exprs.push_back(std::move(last));
    names.push_back(name);
  }
  return make_project(std::move(node), std::move(exprs), std::move(names), span);
}

/// The node with what `wanted` computes over it as further columns, which take its place.
NodePtr with_columns(NodePtr node, const std::vector<ExprPtr*>& wanted) {
  if (std::all_of(wanted.begin(), wanted.end(), [](const ExprPtr* e) { return is_plain_column(*e); })) return node;
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names;
  const SourceSpan span = node->span;
  for (uint32_t i = 0; i < node->schema.size(); ++i) {
    exprs.push_back(column_of(*node, i, span));
    names.push_back(node->schema[i].name);
  }
  for (ExprPtr* e : wanted) {
    if (is_plain_column(*e)) continue;
    const auto at = static_cast<uint32_t>(exprs.size());
    names.push_back(expr::to_string(**e));
    ExprPtr column = expr::column(at, names.back(), (*e)->type, (*e)->nullable);
    exprs.push_back(std::exchange(*e, std::move(column)));
  }
  return make_project(std::move(node), std::move(exprs), std::move(names), span);
}

/// The same window functions by columns, and without these.
NodePtr over_columns(NodePtr node) {
  auto& over = std::get<plan::Over>(node->op);
  const size_t before = over.input->schema.size();
  std::vector<ExprPtr*> wanted;
  for (ExprPtr& part : over.partition) wanted.push_back(&part);
  if (!only_adds(*over.input)) {
    for (plan::SortItem& item : over.order) wanted.push_back(&item.expr);
  }
  over.input = with_columns(std::move(over.input), wanted);
  const Schema& below = over.input->schema;
  node->schema.insert(node->schema.begin() + static_cast<std::ptrdiff_t>(before), below.begin() + static_cast<std::ptrdiff_t>(before), below.end());
  std::vector<uint32_t> columns;
  for (uint32_t i = 0; i < node->schema.size(); ++i) {
    if (i < before || i >= below.size()) columns.push_back(i);
  }
  return some_columns(std::move(node), columns, nullptr, "");
}

/// The same sets of groups with grouping_id, and without it.
NodePtr over_grouping_id(NodePtr node) {
  auto& aggregate = std::get<plan::Aggregate>(node->op);
  const auto id = static_cast<uint32_t>(aggregate.keys.size());
  aggregate.emits_grouping_id = true;
  node->schema.insert(node->schema.begin() + id, {"grouping_id", TypeKind::BigInt, false});
  const std::vector<uint32_t> columns = all_but(*node, id);
  return some_columns(std::move(node), columns, nullptr, "");
}

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
    NodePtr project = some_columns(std::move(node), columns, std::move(weight), "weight");
    project->is_stream = true;
    project->watermark_column.reset();
    return project;
  }

  /// The rows of those groups that a batch changes, with whether they are there behind their columns.
  NodePtr changed_groups(NodePtr node, std::vector<uint32_t> group) const {
    NodePtr rows = integral(std::move(node));
    rows->schema.push_back({"present", TypeKind::Boolean, false});
    std::get<plan::Integrate>(rows->op).group = std::move(group);
    return rows;
  }

  NodePtr integral(NodePtr node) const {
    RowKeys keys = row_keys(*node);
    auto rows = std::make_unique<Node>();
    rows->schema = node->schema;
    rows->span = node->span;
    rows->op = plan::Integrate{changes(std::move(node)), keys.has_value(), keys.value_or(std::vector<uint32_t>()), max_rows_, {}, -1};
    return rows;
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
    Column weight = n.inputs.front()->schema.back();
    for (const NodePtr& input : n.inputs) weight.nullable = weight.nullable || input->schema.back().nullable;  // products of weights may be, for all one knows
    node->schema.push_back(std::move(weight));
    return node;
  }
  NodePtr of(NodePtr node, plan::WindowAssign& n) const { return adding_columns(std::move(node), n.input); }
  NodePtr of(NodePtr node, plan::Generate& n) const { return adding_columns(std::move(node), n.input); }

  /// The weight goes behind the columns that the operator adds.
  NodePtr adding_columns(NodePtr node, NodePtr& input) const {
    input = changes(std::move(input));
    const auto weight = static_cast<uint32_t>(input->schema.size() - 1);
    node->schema.insert(node->schema.begin() + weight, input->schema.back());
    const std::vector<uint32_t> columns = all_but(*node, weight);
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
    if (lacks_grouping_id(n)) return changes(over_grouping_id(std::move(node)));
    plan::Differentiate differences = differences_of(*node);
    RowKeys keys = row_keys(*node);
    differences.has_keys = keys.has_value();
    if (keys) differences.keys = std::move(*keys);
    // Which sessions there are, and rows that nothing tells apart, are only known of all.
    differences.whole = is_session(*n.input) || !differences.has_keys;
    n.time_key.reset();
    n.is_maintained = !differences.whole;
    Schema schema = node->schema;
    if (!only_grows(n)) {
      if (can_weigh(n)) {
        n.input = changes(std::move(n.input));
        node = weigh_aggregate(std::move(node));
      } else {
        node = computed_by_group(std::move(node));
      }
      if (node->schema.size() > schema.size()) differences.present = differences.visible;
    }
    return differentiated(std::move(node), std::move(schema), std::move(differences));
  }

  /// An aggregation from which rows cannot be taken out again: of the groups that a batch changes it is computed anew.
  NodePtr computed_by_group(NodePtr node) const {
    auto& n = std::get<plan::Aggregate>(node->op);
    n.is_maintained = false;
    node->is_stream = false;
    if (n.keys.empty()) {
      n.input = integral(std::move(n.input));
      return node;
    }
    std::vector<ExprPtr*> keys;
    for (ExprPtr& key : n.keys) keys.push_back(&key);
    n.input = with_columns(std::move(n.input), keys);
    std::vector<uint32_t> group;
    for (const ExprPtr& key : n.keys) group.push_back(std::get<expr::ColumnRef>(key->node).index);
    n.input = changed_groups(std::move(n.input), std::move(group));
    const auto present = static_cast<uint32_t>(n.input->schema.size() - 1);
    std::vector<std::pair<ExprPtr, ExprPtr>> there;
    there.emplace_back(column_of(*n.input, present, node->span), one(node->span));
    ExprPtr count = make_case(std::move(there), make_integer(0, TypeKind::BigInt, node->span), node->span);
    return with_presence(std::move(node), std::move(count));
  }

  /// A batch shows all rows of the partitions that it has added to or, where rows come and go, changed.
  NodePtr of(NodePtr node, plan::Over& n) const {
    if (!is_over_columns(n)) return changes(over_columns(std::move(node)));
    plan::Differentiate differences = differences_of(*node);
    for (const ExprPtr& part : n.partition) differences.keys.push_back(std::get<expr::ColumnRef>(part->node).index);
    Schema schema = node->schema;
    n.is_maintained = only_adds(*n.input);
    if (!n.is_maintained) {
      const auto present = static_cast<uint32_t>(n.input->schema.size());
      n.input = changed_groups(std::move(n.input), differences.keys);
      node->schema.insert(node->schema.begin() + present, n.input->schema.back());
      node->is_stream = false;
      ExprPtr is_present = column_of(*node, present, node->span);
      const std::vector<uint32_t> others = all_but(*node, present);
      node = some_columns(std::move(node), others, std::move(is_present), "present");
      differences.present = differences.visible;
    }
    return differentiated(std::move(node), std::move(schema), std::move(differences));
  }

  plan::Differentiate differences_of(const Node& node) const {
    return {.input = nullptr, .whole = false, .has_keys = true, .keys = {}, .present = {}, .visible = static_cast<uint32_t>(node.schema.size()), .max_rows = max_rows_};
  }

  static NodePtr differentiated(NodePtr node, Schema schema, plan::Differentiate differences) {
    schema.push_back({"weight", TypeKind::BigInt, false});
    const SourceSpan span = node->span;
    NodePtr changing = plan::make_node(plan::Limit{}, std::move(schema), *node);
    changing->span = span;
    changing->is_stream = true;
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
  /// All rows that only come are evaluated anew at no greater price.
  bool operator()(const plan::Over& n) const { return !(n.partition.empty() && only_adds(*n.input)) && all(); }
  bool operator()(const plan::Aggregate& n) const {
    if (only_grows(n)) return true;
    const bool has_keys = row_keys(node).has_value() || lacks_grouping_id(n);
    return has_keys && (can_weigh(n) || n.grouping_sets.size() <= 1) && all();
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
