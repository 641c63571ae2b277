#include <algorithm>

#include "compiler/analysis/nested_types.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/unnest.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using plan::JoinKind;
using plan::NodePtr;
using Pulled = std::optional<Unnested>;

ExprPtr over(const expr::Expr& e, const Unnested& input) {
  std::vector<const expr::Expr*> by;
  for (const ExprPtr& output : input.outputs) by.push_back(output.get());
  return expr::substitute(expr::clone(e), by);
}

bool reads_columns(const expr::Expr& e) {
  std::vector<bool> used;
  expr::collect_columns(e, used);
  return !used.empty();
}

void add_columns(std::vector<ExprPtr>& outputs, const plan::Node& node, size_t first, size_t count) {
  for (size_t i = first; i < first + count; ++i) outputs.push_back(column_of(node, static_cast<uint32_t>(i), node.span));
}

Unnested as_it_is(NodePtr node) {
  Unnested plain;
  add_columns(plain.outputs, *node, 0, node->schema.size());
  plain.node = std::move(node);
  return plain;
}

void shift_columns(expr::Expr& e, uint32_t by) {
  if (auto* ref = std::get_if<expr::ColumnRef>(&e.node)) ref->index += by;
  expr::for_each_child(e, [by](ExprPtr& child) { shift_columns(*child, by); });
}

/// The inner side of `inner = outer` that a GROUP BY can take; nullptr when the condition is something else.
const expr::Expr* grouped_side(const expr::Expr& condition) {
  const auto* comparison = std::get_if<expr::Comparison>(&condition.node);
  const bool equal = comparison && (comparison->op == expr::ComparisonOp::Equal || comparison->op == expr::ComparisonOp::NullSafeEqual);
  if (!equal) return nullptr;
  const expr::Expr* left = comparison->left.get();
  const expr::Expr* right = comparison->right.get();
  if (reads_outer(*left)) std::swap(left, right);
  if (reads_outer(*left) || !reads_outer(*right) || reads_columns(*right) || holds_map(left->type)) return nullptr;
  return left;
}

/// Replaces the inner side of an equality by the key that it has become.
void set_grouped_side(expr::Expr& condition, ExprPtr key) {
  auto& comparison = std::get<expr::Comparison>(condition.node);
  (reads_outer(*comparison.left) ? comparison.right : comparison.left) = std::move(key);
}

class PullUp {
 public:
  explicit PullUp(plan::Node& node) : node_(node) {}

  Pulled operator()(plan::Filter& n) {
    Pulled in = pull_up_conditions(std::move(n.input));
    if (!in) return in;
    std::vector<ExprPtr> stays;
    for (ExprPtr& conjunct : expr::split_conjuncts(std::move(n.predicate))) {
      ExprPtr test = over(*conjunct, *in);
      auto& to = in->one_row ? in->tests : reads_outer(*test) ? in->conditions : stays;
      to.push_back(std::move(test));
    }
    if (!stays.empty()) in->node = make_filter(std::move(in->node), expr::join_conjuncts(std::move(stays)), node_.span);
    return in;
  }
  Pulled operator()(plan::Project& n) {
    Pulled in = pull_up_conditions(std::move(n.input));
    if (!in) return in;
    std::vector<ExprPtr> outputs;
    for (const ExprPtr& e : n.exprs) outputs.push_back(over(*e, *in));
    in->outputs = std::move(outputs);
    return in;
  }
  // Rows that are joined have no order.
  Pulled operator()(plan::Sort& n) { return pull_up_conditions(std::move(n.input)); }
  Pulled operator()(plan::Limit& n) {
    Pulled in = pull_up_conditions(std::move(n.input));
    const bool passes = in && in->one_row && n.count != 0 && n.offset == 0;
    return passes ? std::move(in) : std::nullopt;
  }
  Pulled operator()(plan::WindowAssign& n) {
    Pulled in = pull_up_conditions(std::move(n.input));
    if (!in || in->one_row) return std::nullopt;
    ExprPtr time = over(*n.time, *in);
    if (reads_outer(*time)) return std::nullopt;
    in->node = make_window_assign(std::move(in->node), std::move(time), n.window, node_.span);
    add_columns(in->outputs, *in->node, in->node->schema.size() - 2, 2);
    return in;
  }
  Pulled operator()(plan::Generate& n) {
    Pulled in = pull_up_conditions(std::move(n.input));
    if (!in || in->one_row) return std::nullopt;
    plan::Generate made{nullptr, over(*n.collection, *in), n.outer, n.with_position, n.inlines};
    if (reads_outer(*made.collection)) return std::nullopt;
    const size_t width = in->node->schema.size();
    made.input = std::move(in->node);
    in->node = make_generate(std::move(made), node_.span);
    add_columns(in->outputs, *in->node, width, in->node->schema.size() - width);
    return in;
  }
  Pulled operator()(plan::Aggregate& n);
  Pulled operator()(plan::Join& n);
  Pulled operator()(auto&) { return std::nullopt; }

 private:
  bool take_calls(plan::Aggregate& n, const Unnested& in, plan::Aggregate& made);
  bool group_by_conditions(Unnested& in, plan::Aggregate& made, size_t given, std::vector<uint32_t>& key_of);

  plan::Node& node_;
};

/// Keys and calls over the unnested input.
bool PullUp::take_calls(plan::Aggregate& n, const Unnested& in, plan::Aggregate& made) {
  for (const ExprPtr& key : n.keys) {
    made.keys.push_back(over(*key, in));
    if (reads_outer(*made.keys.back())) return false;
  }
  for (plan::AggregateCall& call : n.calls) {
    for (ExprPtr& argument : call.arguments) {
      argument = over(*argument, in);
      if (reads_outer(*argument)) return false;
    }
    if (call.filter) call.filter = over(*call.filter, in);
    if (call.filter && reads_outer(*call.filter)) return false;
    made.calls.push_back(std::move(call));
  }
  return true;
}

/// `key_of`: for each condition the key that its inner side has become; of one that reads no column, anything.
bool PullUp::group_by_conditions(Unnested& in, plan::Aggregate& made, size_t given, std::vector<uint32_t>& key_of) {
  for (const ExprPtr& condition : in.conditions) {
    key_of.push_back(0);
    if (!reads_columns(*condition)) continue;
    const expr::Expr* side = grouped_side(*condition);
    if (!side) return false;
    const auto same = [&](const ExprPtr& key) { return expr::equal(*key, *side); };
    const auto first = made.keys.begin() + static_cast<std::ptrdiff_t>(given);
    const auto found = std::find_if(first, made.keys.end(), same);
    key_of.back() = static_cast<uint32_t>(found - made.keys.begin());
    if (found == made.keys.end()) made.keys.push_back(expr::clone(*side));
  }
  return made.keys.size() <= plan::kMaxGroupKeys;
}

Pulled PullUp::operator()(plan::Aggregate& n) {
  const bool global = n.keys.empty() && n.grouping_sets.size() == 1;
  Pulled in = pull_up_conditions(std::move(n.input));
  if (!in || in->one_row || n.window) return std::nullopt;
  plan::Aggregate made{.input = nullptr, .keys = {}, .grouping_sets = {}, .emits_grouping_id = n.emits_grouping_id, .calls = {},
                       .is_distinct = n.is_distinct, .time_key = {}, .window = {}, .window_time = nullptr};
  const size_t given = n.keys.size();
  std::vector<uint32_t> key_of;
  if (!take_calls(n, *in, made) || !group_by_conditions(*in, made, given, key_of)) return std::nullopt;
  const size_t added = made.keys.size() - given;
  // The grouping id counts keys from the last one on: with keys added behind it would be another number.
  if (n.emits_grouping_id && added > 0) return std::nullopt;
  for (uint64_t set : n.grouping_sets) {
    for (size_t i = given; i < given + added; ++i) set |= uint64_t{1} << i;
    made.grouping_sets.push_back(set);
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < made.keys.size(); ++i) names.push_back(i < given ? node_.schema[i].name : "key");
  for (const plan::AggregateCall& call : made.calls) in->absent.push_back(value_over_nothing(call, node_.span));
  made.input = std::move(in->node);
  in->node = make_aggregate(std::move(made), std::move(names), node_.span);
  in->outputs.clear();
  add_columns(in->outputs, *in->node, 0, given);
  add_columns(in->outputs, *in->node, given + added, in->node->schema.size() - given - added);
  for (size_t i = 0; i < in->conditions.size(); ++i) {
    if (!reads_columns(*in->conditions[i])) continue;
    set_grouped_side(*in->conditions[i], column_of(*in->node, key_of[i], node_.span));
  }
  in->one_row = global;
  if (!global) in->absent.clear();
  for (size_t i = 0; global && i < added; ++i) in->absent.insert(in->absent.begin(), nullptr);
  return in;
}

/// The join's keys over the unnested sides; those that read the rows around become conditions.
void take_keys(plan::Join& n, const Unnested& left, const Unnested& right, plan::Join& made, std::vector<ExprPtr>& conditions) {
  const auto width = static_cast<uint32_t>(made.left->schema.size());
  for (size_t i = 0; i < n.left_keys.size(); ++i) {
    ExprPtr own = over(*n.left_keys[i], left), other = over(*n.right_keys[i], right);
    if (!reads_outer(*own) && !reads_outer(*other)) {
      made.left_keys.push_back(std::move(own));
      made.right_keys.push_back(std::move(other));
      continue;
    }
    const SourceSpan span = own->span;
    shift_columns(*other, width);
    conditions.push_back(make_comparison(expr::ComparisonOp::Equal, std::move(own), std::move(other), span));
  }
}

void append(std::vector<ExprPtr>& to, std::vector<ExprPtr> from, uint32_t shift) {
  for (ExprPtr& e : from) {
    shift_columns(*e, shift);
    to.push_back(std::move(e));
  }
}

Pulled PullUp::operator()(plan::Join& n) {
  const bool inner = n.kind == JoinKind::Inner || n.kind == JoinKind::Cross;
  if (n.kind == JoinKind::Full || n.kind == JoinKind::Right || (!inner && reads_outer(*n.right))) return std::nullopt;
  Pulled left = pull_up_conditions(std::move(n.left));
  Pulled right = pull_up_conditions(std::move(n.right));
  if (!left || !right || left->one_row || right->one_row) return std::nullopt;
  plan::Join made{.kind = n.kind, .left = std::move(left->node), .right = std::move(right->node), .left_keys = {}, .right_keys = {}, .condition = nullptr};
  const auto width = static_cast<uint32_t>(made.left->schema.size());
  std::vector<ExprPtr> pairs, stays;
  take_keys(n, *left, *right, made, pairs);
  Unnested out;
  const size_t right_outputs = right->outputs.size();
  append(out.outputs, std::move(left->outputs), 0);
  append(out.outputs, std::move(right->outputs), width);
  for (ExprPtr& conjunct : expr::split_conjuncts(std::move(n.condition))) {
    ExprPtr test = over(*conjunct, out);
    (reads_outer(*test) ? pairs : stays).push_back(std::move(test));
  }
  // What has to hold of a pair may be tested later only where pairs are all that there is.
  if (!inner && !pairs.empty()) return std::nullopt;
  append(out.conditions, std::move(left->conditions), 0);
  append(out.conditions, std::move(right->conditions), width);
  append(out.conditions, std::move(pairs), 0);
  made.condition = expr::join_conjuncts(std::move(stays));
  if (made.kind == JoinKind::Inner && made.left_keys.empty() && !made.condition) made.kind = JoinKind::Cross;
  if (!inner) out.outputs.resize(out.outputs.size() - right_outputs);
  out.node = make_join(std::move(made), node_.span);
  // Nothing was pulled up from the other side of an outer join: its outputs are its columns, which may be NULL above the join.
  if (!inner && !plan::shows_left_only(n.kind)) add_columns(out.outputs, *out.node, width, right_outputs);
  if (n.kind == JoinKind::LeftMark) add_columns(out.outputs, *out.node, out.node->schema.size() - 1, 1);
  return out;
}

}  // namespace

ExprPtr value_over_nothing(const plan::AggregateCall& call, SourceSpan span) {
  const bool lists = call.function->name == "collect_list" || call.function->name == "collect_set" || call.function->name == "array_agg";
  if (call.nullable && !lists) return nullptr;
  if (call.type.is(TypeKind::Array) || call.type.is(TypeKind::Map)) return make_inferred(expr::MakeCollection{}, call.type, span);
  return make_integer(0, call.type, span);
}

std::optional<Unnested> pull_up_conditions(NodePtr node) {
  if (!reads_outer(*node)) return as_it_is(std::move(node));
  return std::visit(PullUp(*node), node->op);
}

Unnested unnest(const Subquery& subquery, const plan::Node& around) {
  if (Pulled pulled = pull_up_conditions(plan::clone(*subquery.node))) return std::move(*pulled);
  return push_down_domain(subquery, around);
}

}  // namespace millrace
