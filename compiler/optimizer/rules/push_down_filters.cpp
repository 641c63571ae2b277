#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/expr/row_counting.h"
#include "compiler/optimizer/expr_cost.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/join_bounds.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using plan::ExprPtr;
using plan::JoinKind;
using plan::NodePtr;
using Conjuncts = std::vector<ExprPtr>;

NodePtr push(NodePtr node, Conjuncts conjuncts);

/// A filter over `input`, or `input` itself when there is nothing to test.
NodePtr filtered(NodePtr input, Conjuncts conjuncts) {
  if (conjuncts.empty()) return input;
  NodePtr node = plan::make_node(plan::Filter{}, input->schema, *input);
  node->watermark_column = input->watermark_column;
  std::get<plan::Filter>(node->op) = {std::move(input), expr::join_conjuncts(std::move(conjuncts))};
  return node;
}

void append(Conjuncts& to, Conjuncts from) {
  for (ExprPtr& c : from) to.push_back(std::move(c));
}

/// Moves the conjuncts for which `keep` holds out of `conjuncts`.
template <class Test>
Conjuncts take(Conjuncts& conjuncts, Test test) {
  Conjuncts taken;
  Conjuncts rest;
  for (ExprPtr& c : conjuncts) (test(*c) ? taken : rest).push_back(std::move(c));
  conjuncts = std::move(rest);
  return taken;
}

/// Whether every column that `e` reads is within [from, to); a conjunct that reads none is not moved, nor one that differs each time.
bool reads_within(const expr::Expr& e, size_t from, size_t to) {
  if (!is_deterministic(e)) return false;
  std::vector<bool> used;
  expr::collect_columns(e, used);
  bool any = false;
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    if (i < from || i >= to) return false;
    any = true;
  }
  return any;
}

void shift_columns(expr::Expr& e, size_t by) {
  if (auto* ref = std::get_if<expr::ColumnRef>(&e.node)) ref->index -= static_cast<uint32_t>(by);
  expr::for_each_child(e, [by](ExprPtr& child) { shift_columns(*child, by); });
}

void make_right_columns(Conjuncts& conjuncts, size_t left_width) {
  for (ExprPtr& c : conjuncts) shift_columns(*c, left_width);
}

/// Which sides of a join rows may be tested on before they are joined, by conditions above it and by its own condition.
struct Movable {
  bool above_to_left, above_to_right, on_to_left, on_to_right;
};

Movable movable(JoinKind kind) {
  switch (kind) {
    case JoinKind::Inner:
    case JoinKind::Cross: return {true, true, true, true};
    // A preserved side's row is there even when ON fails, and its partner's columns may be NULL above.
    case JoinKind::Left: return {true, false, false, true};
    case JoinKind::Right: return {false, true, true, false};
    case JoinKind::Full: return {false, false, false, false};
    case JoinKind::LeftSemi: return {true, false, true, true};
    case JoinKind::LeftAnti:
    case JoinKind::LeftMark:
    case JoinKind::LeftSingle: return {true, false, false, true};
  }
  return {};
}

/// Takes `left = right` between the sides into the join's keys.
bool take_key(expr::Expr& e, plan::Join& join, size_t left_width, size_t width) {
  auto* equal = std::get_if<expr::Comparison>(&e.node);
  if (!equal || equal->op != expr::ComparisonOp::Equal) return false;
  ExprPtr* left = &equal->left;
  ExprPtr* right = &equal->right;
  if (reads_within(**right, 0, left_width)) std::swap(left, right);
  if (!reads_within(**left, 0, left_width) || !reads_within(**right, left_width, width)) return false;
  shift_columns(**right, left_width);
  join.left_keys.push_back(std::move(*left));
  join.right_keys.push_back(std::move(*right));
  return true;
}

/// Moves the conjuncts to where they are tested first. What has to stay in the condition or above is left in `on` and `above`.
class JoinPush {
 public:
  JoinPush(plan::Join& join, Conjuncts& above, Conjuncts& on)
      : join_(join),
        above_(above),
        on_(on),
        left_width_(join.left->schema.size()),
        width_(left_width_ + join.right->schema.size()) {}

  void run() {
    const bool is_inner = join_.kind == JoinKind::Inner || join_.kind == JoinKind::Cross;
    const Movable can = movable(join_.kind);
    if (can.above_to_left) append(left_, take_left(above_));
    if (can.above_to_right) append(right_, take_right(above_));
    if (can.on_to_left) append(left_, take_left(on_));
    if (can.on_to_right) append(right_, take_right(on_));
    make_right_columns(right_, left_width_);
    if (is_inner) take_keys(above_);
    take_keys(on_);
    if (is_inner && plan::joins_streams(join_)) append(on_, take_pairs(above_));
    if (join_.kind == JoinKind::Cross && !on_.empty()) join_.kind = JoinKind::Inner;
    if (join_.kind == JoinKind::Cross && !join_.left_keys.empty()) join_.kind = JoinKind::Inner;
    join_.left = push(std::move(join_.left), std::move(left_));
    join_.right = push(std::move(join_.right), std::move(right_));
  }

 private:
  Conjuncts take_left(Conjuncts& from) {
    return take(from, [&](const expr::Expr& e) { return reads_within(e, 0, left_width_); });
  }
  Conjuncts take_right(Conjuncts& from) {
    return take(from, [&](const expr::Expr& e) { return reads_within(e, left_width_, width_); });
  }
  /// What compares rows of two streams tells how long they have to be kept.
  Conjuncts take_pairs(Conjuncts& from) {
    return take(from, [&](const expr::Expr& e) {
      return reads_within(e, 0, width_) && !reads_within(e, 0, left_width_) && !reads_within(e, left_width_, width_);
    });
  }
  void take_keys(Conjuncts& from) {
    std::erase_if(from, [&](ExprPtr& c) { return take_key(*c, join_, left_width_, width_); });
  }

  plan::Join& join_;
  Conjuncts& above_;
  Conjuncts& on_;
  size_t left_width_;
  size_t width_;
  Conjuncts left_;
  Conjuncts right_;
};

/// Pushes into the inputs of a node what may go there; what has to stay above it is left in `conjuncts`.
struct PushInto {
  Conjuncts& conjuncts;

  void operator()(plan::Filter&) const {}  // push() takes filters apart
  void operator()(plan::Scan&) const {}
  void operator()(plan::Values&) const {}
  void operator()(plan::ObserveTime& n) const { n.input = push(std::move(n.input), {}); }
  void operator()(plan::Limit& n) const { n.input = push(std::move(n.input), {}); }
  void operator()(plan::Aggregate& n) const { n.input = push(std::move(n.input), {}); }
  void operator()(plan::ShowChanges& n) const { n.input = push(std::move(n.input), {}); }
  void operator()(plan::Differentiate& n) const { n.input = push(std::move(n.input), {}); }
  void operator()(plan::Integrate& n) const { n.input = push(std::move(n.input), n.first < 0 && !n.group ? take_all_deterministic() : Conjuncts()); }
  void operator()(plan::Keep& n) const { n.input = push(std::move(n.input), take_all_deterministic()); }
  /// What tests the partition alone takes or leaves whole partitions.
  void operator()(plan::Over& n) const {
    Conjuncts of_partition = take(conjuncts, [&](const expr::Expr& e) { return reads_partition_only(e, n); });
    n.input = push(std::move(n.input), std::move(of_partition));
  }
  void operator()(plan::Sort& n) const { n.input = push(std::move(n.input), take_all_deterministic()); }
  void operator()(plan::Project& n) const {
    if (std::ranges::any_of(n.exprs, [](const ExprPtr& e) { return expr::counts_rows(*e); })) {
      n.input = push(std::move(n.input), {});
      return;
    }
    std::vector<const expr::Expr*> definitions;
    for (const ExprPtr& e : n.exprs) definitions.push_back(e.get());
    Conjuncts below = take(conjuncts, [&](const expr::Expr& e) { return may_pass(e, n); });
    for (ExprPtr& c : below) c = expr::substitute(std::move(c), definitions);
    n.input = push(std::move(n.input), std::move(below));
  }
  void operator()(plan::WindowAssign& n) const {
    const size_t width = n.input->schema.size();
    n.input = push(std::move(n.input), take(conjuncts, [&](const expr::Expr& e) { return reads_within(e, 0, width); }));
  }
  void operator()(plan::Generate& n) const {
    const size_t width = n.input->schema.size();
    n.input = push(std::move(n.input), take(conjuncts, [&](const expr::Expr& e) { return reads_within(e, 0, width); }));
  }
  void operator()(plan::Union& n) const {
    const Conjuncts below = take_all_deterministic();
    for (NodePtr& input : n.inputs) {
      Conjuncts copies;
      for (const ExprPtr& c : below) copies.push_back(expr::clone(*c));
      input = push(std::move(input), std::move(copies));
    }
  }
  void operator()(plan::Join& n) const {
    Conjuncts on = expr::split_conjuncts(std::move(n.condition));
    JoinPush(n, conjuncts, on).run();
    n.condition = expr::join_conjuncts(std::move(on));
  }

  static bool reads_partition_only(const expr::Expr& e, const plan::Over& over) {
    if (!reads_within(e, 0, over.input->schema.size())) return false;
    std::vector<bool> used;
    expr::collect_columns(e, used);
    for (const ExprPtr& key : over.partition) {
      const auto* column = std::get_if<expr::ColumnRef>(&key->node);
      if (column && column->index < used.size()) used[column->index] = false;
    }
    return std::find(used.begin(), used.end(), true) == used.end();
  }
  Conjuncts take_all_deterministic() const {
    return take(conjuncts, [](const expr::Expr& e) { return is_deterministic(e); });
  }
  /// A costly column would be computed for the test and again above: code generation keeps what a Project has computed.
  static bool may_pass(const expr::Expr& e, const plan::Project& project) {
    if (!is_deterministic(e)) return false;
    std::vector<bool> used;
    expr::collect_columns(e, used);
    for (size_t i = 0; i < used.size(); ++i) {
      if (used[i] && !is_cheap(*project.exprs[i])) return false;
    }
    return true;
  }
};

NodePtr push(NodePtr node, Conjuncts conjuncts) {
  if (auto* filter = std::get_if<plan::Filter>(&node->op)) {
    Conjuncts all = expr::split_conjuncts(std::move(filter->predicate));
    append(all, std::move(conjuncts));
    return push(std::move(filter->input), std::move(all));
  }
  std::visit(PushInto{conjuncts}, node->op);
  return filtered(std::move(node), std::move(conjuncts));
}

}  // namespace

plan::NodePtr push_down_filters(plan::NodePtr root) { return push(std::move(root), {}); }

}  // namespace millrace
