#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/join_bounds.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using plan::ExprPtr;
using plan::NodePtr;
using Needed = std::vector<bool>;  ///< by output column

constexpr uint32_t kGone = UINT32_MAX;

/// A pruned node and where its columns have gone. It may keep columns that nobody asked for (what a filter tests).
struct Pruned {
  NodePtr node;
  std::vector<uint32_t> to;
};

Pruned prune(NodePtr node, Needed needed);
NodePtr aligned(Pruned input, const Needed& needed);

std::vector<uint32_t> positions(const Needed& kept) {
  std::vector<uint32_t> to(kept.size(), kGone);
  uint32_t next = 0;
  for (size_t i = 0; i < kept.size(); ++i) {
    if (kept[i]) to[i] = next++;
  }
  return to;
}

template <class Item>
void keep(std::vector<Item>& items, const Needed& kept) {
  std::vector<Item> left;
  for (size_t i = 0; i < items.size(); ++i) {
    if (kept[i]) left.push_back(std::move(items[i]));
  }
  items = std::move(left);
}

void also(Needed& needed, const expr::Expr& e) { expr::collect_columns(e, needed); }

/// The columns of an operator's input that its own expressions read.
Needed needed_by_exprs(const plan::Node& node, size_t width) {
  Needed needed(width, false);
  plan::for_each_expr(node, [&](const expr::Expr& e) { also(needed, e); });
  return needed;
}

void move_watermark(plan::Node& node, const std::vector<uint32_t>& to) {
  if (!node.watermark_column) return;
  const uint32_t at = to[*node.watermark_column];
  node.watermark_column = at == kGone ? std::nullopt : std::optional<uint32_t>(at);
}

/// Prunes each kind of node: `needed` are the columns that the node's consumers read; gives where they went.
class PruneNode {
 public:
  PruneNode(plan::Node& node, Needed needed) : node_(node), needed_(std::move(needed)) {}

  std::vector<uint32_t> operator()(plan::Scan& n) {
    keep(n.fields, needed_);
    return keep_needed_columns();
  }
  std::vector<uint32_t> operator()(plan::Values& n) {
    for (auto& row : n.rows) keep(row, needed_);
    return keep_needed_columns();
  }
  std::vector<uint32_t> operator()(plan::Project& n) {
    keep(n.exprs, needed_);
    input_for_exprs(n.input);
    return keep_needed_columns();
  }
  std::vector<uint32_t> operator()(plan::ObserveTime& n) { return pass_through(n.input); }
  std::vector<uint32_t> operator()(plan::Filter& n) { return pass_through(n.input); }
  std::vector<uint32_t> operator()(plan::Sort& n) { return pass_through(n.input); }
  std::vector<uint32_t> operator()(plan::Limit& n) { return pass_through(n.input); }
  std::vector<uint32_t> operator()(plan::Keep& n) {
    n.input = aligned(prune(std::move(n.input), needed_), needed_);
    return keep_needed_columns();
  }
  std::vector<uint32_t> operator()(plan::Differentiate& n);
  std::vector<uint32_t> operator()(plan::Integrate& n);
  std::vector<uint32_t> operator()(plan::ShowChanges& n) {
    const Needed all(n.input->schema.size(), true);
    n.input = aligned(prune(std::move(n.input), all), all);
    return keep_needed_columns();
  }
  std::vector<uint32_t> operator()(plan::Over& n);
  std::vector<uint32_t> operator()(plan::WindowAssign& n) { return keep_added_columns(n.input); }
  std::vector<uint32_t> operator()(plan::Generate& n) { return keep_added_columns(n.input); }
  std::vector<uint32_t> operator()(plan::Aggregate& n);
  std::vector<uint32_t> operator()(plan::Join& n);
  std::vector<uint32_t> operator()(plan::Union& n);

 private:
  std::vector<uint32_t> keep_needed_columns() {
    keep(node_.schema, needed_);
    return positions(needed_);
  }
  /// Prunes an input down to what this node's expressions read, and renumbers them.
  void input_for_exprs(NodePtr& input) {
    Pruned below = prune(std::move(input), needed_by_exprs(node_, 0));
    input = std::move(below.node);
    remap_exprs(below.to);
  }
  void remap_exprs(const std::vector<uint32_t>& to) {
    plan::for_each_expr(node_, [&](ExprPtr& e) { expr::remap_columns(*e, to); });
  }
  /// For nodes that add columns of their own, all of which stay, behind their input's.
  std::vector<uint32_t> keep_added_columns(NodePtr& input);
  /// For nodes whose columns are their input's.
  std::vector<uint32_t> pass_through(NodePtr& input) {
    plan::for_each_expr(std::as_const(node_), [&](const expr::Expr& e) { also(needed_, e); });
    Pruned below = prune(std::move(input), std::move(needed_));
    input = std::move(below.node);
    remap_exprs(below.to);
    node_.schema = input->schema;
    return below.to;
  }

  plan::Node& node_;
  Needed needed_;
};

std::vector<uint32_t> PruneNode::keep_added_columns(NodePtr& input) {
  const auto width = static_cast<std::ptrdiff_t>(input->schema.size());
  Needed needed_below(needed_.begin(), needed_.begin() + width);
  plan::for_each_expr(std::as_const(node_), [&](const expr::Expr& e) { also(needed_below, e); });
  const Schema added(node_.schema.begin() + width, node_.schema.end());
  Pruned below = prune(std::move(input), std::move(needed_below));
  input = std::move(below.node);
  remap_exprs(below.to);
  node_.schema = input->schema;
  for (const Column& column : added) {
    below.to.push_back(static_cast<uint32_t>(node_.schema.size()));
    node_.schema.push_back(column);
  }
  return below.to;
}

/// Functions that nobody asks for are not computed; one stays, since the node has to have one.
std::vector<uint32_t> PruneNode::operator()(plan::Over& n) {
  const size_t first_call = n.input->schema.size();
  Needed calls(needed_.begin() + static_cast<std::ptrdiff_t>(first_call), needed_.end());
  if (std::find(calls.begin(), calls.end(), true) == calls.end()) calls.front() = true;
  const std::vector<uint32_t> calls_to = positions(calls);
  keep(n.calls, calls);
  const Schema before = std::exchange(node_.schema, n.input->schema);
  for (size_t i = 0; i < calls.size(); ++i) {
    if (calls[i]) node_.schema.push_back(before[first_call + i]);
  }
  needed_.resize(node_.schema.size());
  std::vector<uint32_t> to = keep_added_columns(n.input);
  const auto added = static_cast<uint32_t>(n.input->schema.size());
  to.resize(first_call);
  for (const uint32_t at : calls_to) to.push_back(at == kGone ? kGone : added + at);
  return to;
}

std::vector<uint32_t> PruneNode::operator()(plan::Aggregate& n) {
  // Keys make the groups whether they are shown or not.
  const size_t first_call = node_.schema.size() - n.calls.size();
  const size_t grouping_id = first_call - 1;
  for (size_t i = 0; i < first_call; ++i) {
    if (!n.emits_grouping_id || i != grouping_id) needed_[i] = true;
  }
  if (n.emits_grouping_id) n.emits_grouping_id = needed_[grouping_id];
  keep(n.calls, Needed(needed_.begin() + static_cast<std::ptrdiff_t>(first_call), needed_.end()));
  input_for_exprs(n.input);
  return keep_needed_columns();
}

std::vector<uint32_t> PruneNode::operator()(plan::Join& n) {
  const size_t left_width = n.left->schema.size();
  const size_t right_width = n.right->schema.size();
  const bool left_only = plan::shows_left_only(n.kind);
  const bool marks = n.kind == plan::JoinKind::LeftMark;
  Needed both = needed_;
  if (marks) both.pop_back();  // the mark is always made
  both.resize(left_width + right_width, false);
  if (n.condition) also(both, *n.condition);
  Needed left(both.begin(), both.begin() + static_cast<std::ptrdiff_t>(left_width));
  Needed right(both.begin() + static_cast<std::ptrdiff_t>(left_width), both.end());
  for (const ExprPtr& key : n.left_keys) also(left, *key);
  for (const ExprPtr& key : n.right_keys) also(right, *key);
  if (n.left_weight) also(left, *n.left_weight);
  if (n.right_weight) also(right, *n.right_weight);
  if (plan::joins_streams(n)) {  // late rows are told by it
    if (n.left->watermark_column) left[*n.left->watermark_column] = true;
    if (n.right->watermark_column) right[*n.right->watermark_column] = true;
  }
  Pruned left_below = prune(std::move(n.left), std::move(left));
  Pruned right_below = prune(std::move(n.right), std::move(right));
  n.left = std::move(left_below.node);
  n.right = std::move(right_below.node);
  for (ExprPtr& key : n.left_keys) expr::remap_columns(*key, left_below.to);
  for (ExprPtr& key : n.right_keys) expr::remap_columns(*key, right_below.to);
  if (n.left_weight) expr::remap_columns(*n.left_weight, left_below.to);
  if (n.right_weight) expr::remap_columns(*n.right_weight, right_below.to);
  std::vector<uint32_t> to = std::move(left_below.to);
  const auto shift = static_cast<uint32_t>(n.left->schema.size());
  for (const uint32_t at : right_below.to) to.push_back(at == kGone ? kGone : at + shift);
  if (n.condition) expr::remap_columns(*n.condition, to);
  if (left_only) to.resize(left_width);
  if (marks) to.push_back(shift);
  // The join's own schema tells which columns may be NULL.
  Schema schema(n.left->schema.size() + (marks ? 1 : left_only ? 0 : n.right->schema.size()));
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] != kGone) schema[to[i]] = node_.schema[i];
  }
  node_.schema = std::move(schema);
  return to;
}

/// What tells rows apart stays, and so does the weight, which all that stands above reads.
std::vector<uint32_t> PruneNode::operator()(plan::Differentiate& n) {
  const size_t weight = n.visible;
  needed_[weight] = true;
  if (n.has_keys) {
    for (const uint32_t key : n.keys) needed_[key] = true;
  }
  Needed below(needed_.begin(), needed_.begin() + static_cast<std::ptrdiff_t>(n.visible));
  below.resize(n.input->schema.size(), false);
  if (n.present) below[*n.present] = true;
  const std::vector<uint32_t> to = positions(below);
  n.input = aligned(prune(std::move(n.input), below), below);
  for (uint32_t& key : n.keys) key = to[key];
  if (n.present) n.present = to[*n.present];
  n.visible = static_cast<uint32_t>(std::count(needed_.begin(), needed_.end(), true) - 1);
  return keep_needed_columns();
}

std::vector<uint32_t> PruneNode::operator()(plan::Integrate& n) {
  if (n.has_keys) {
    for (const uint32_t key : n.keys) needed_[key] = true;
  }
  for (const plan::Integrate::Order& by : n.order) needed_[by.column] = true;
  if (n.group) {
    for (const uint32_t column : *n.group) needed_[column] = true;
    needed_.back() = true;  // whether the row is there
  }
  Needed below(needed_.begin(), needed_.begin() + static_cast<std::ptrdiff_t>(n.input->schema.size() - 1));
  below.push_back(true);
  n.input = aligned(prune(std::move(n.input), below), below);
  const std::vector<uint32_t> to = positions(needed_);
  for (uint32_t& key : n.keys) key = to[key];
  for (plan::Integrate::Order& by : n.order) by.column = to[by.column];
  if (n.group) {
    for (uint32_t& column : *n.group) column = to[column];
  }
  return keep_needed_columns();
}

/// The input as exactly the needed columns in their order.
NodePtr aligned(Pruned input, const Needed& needed) {
  const std::vector<uint32_t> wanted = positions(needed);
  size_t width = 0;
  for (const uint32_t at : wanted) width += at != kGone ? 1 : 0;
  bool is_exact = input.node->schema.size() == width;
  for (size_t i = 0; i < wanted.size(); ++i) is_exact = is_exact && (!needed[i] || input.to[i] == wanted[i]);
  if (is_exact) return std::move(input.node);
  plan::Project project;
  Schema schema;
  for (size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    const Column& column = input.node->schema[input.to[i]];
    project.exprs.push_back(expr::column(input.to[i], column.name, column.type, column.nullable));
    schema.push_back(column);
  }
  NodePtr node = plan::make_node(plan::Project{}, std::move(schema), *input.node);
  project.input = std::move(input.node);
  node->op = std::move(project);
  return node;
}

std::vector<uint32_t> PruneNode::operator()(plan::Union& n) {
  for (NodePtr& input : n.inputs) input = aligned(prune(std::move(input), needed_), needed_);
  return keep_needed_columns();
}

/// A global aggregate without calls would say nothing of how many rows it gives; its first call stays.
void keep_one_call(const plan::Node& node, Needed& needed) {
  const auto* aggregate = std::get_if<plan::Aggregate>(&node.op);
  if (!aggregate || !aggregate->keys.empty() || aggregate->window || aggregate->calls.empty()) return;
  for (size_t i = needed.size() - aggregate->calls.size(); i < needed.size(); ++i) {
    if (needed[i]) return;
  }
  needed[needed.size() - aggregate->calls.size()] = true;
}

Pruned prune(NodePtr node, Needed needed) {
  needed.resize(node->schema.size(), false);
  keep_one_call(*node, needed);
  std::vector<uint32_t> to = std::visit(PruneNode(*node, std::move(needed)), node->op);
  move_watermark(*node, to);
  return {std::move(node), std::move(to)};
}

}  // namespace

plan::NodePtr prune_columns(plan::NodePtr root) {
  Needed all(root->schema.size(), true);
  return prune(std::move(root), std::move(all)).node;
}

}  // namespace millrace
