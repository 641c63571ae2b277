#include "compiler/plan/plan_rewrite.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "compiler/expr/expr_rewrite.h"

namespace millrace::plan {

namespace {

template <class Op>
using Bare = std::remove_const_t<std::remove_reference_t<Op>>;

template <class Op, class Visit>
void each_input(Op& op, Visit&& visit) {
  using O = Bare<Op>;
  if constexpr (std::is_same_v<O, Join>) {
    visit(op.left);
    visit(op.right);
  } else if constexpr (std::is_same_v<O, Union>) {
    for (auto& input : op.inputs) visit(input);
  } else if constexpr (!std::is_same_v<O, Scan> && !std::is_same_v<O, Values>) {
    visit(op.input);
  }
}

template <class Aggregate, class Visit>
void each_aggregate_expr(Aggregate& op, Visit& visit) {
  for (auto& key : op.keys) visit(key);
  for (auto& call : op.calls) {
    for (auto& argument : call.arguments) visit(argument);
    if (call.filter) visit(call.filter);
  }
  if (op.window_time) visit(op.window_time);
}

template <class Over, class Visit>
void each_over_expr(Over& op, Visit& visit) {
  for (auto& key : op.partition) visit(key);
  for (auto& item : op.order) visit(item.expr);
  for (auto& over : op.calls) {
    for (auto& argument : over.call.arguments) visit(argument);
    if (over.call.filter) visit(over.call.filter);
    if (over.frame.key) visit(over.frame.key);
    if (over.frame.start.value) visit(over.frame.start.value);
    if (over.frame.end.value) visit(over.frame.end.value);
  }
}

template <class Op, class Visit>
void each_expr(Op& op, Visit&& visit) {
  using O = Bare<Op>;
  if constexpr (std::is_same_v<O, ObserveTime> || std::is_same_v<O, WindowAssign>) {
    visit(op.time);
  } else if constexpr (std::is_same_v<O, Values>) {
    for (auto& row : op.rows) {
      for (auto& value : row) visit(value);
    }
  } else if constexpr (std::is_same_v<O, Filter>) {
    visit(op.predicate);
  } else if constexpr (std::is_same_v<O, Generate>) {
    visit(op.collection);
  } else if constexpr (std::is_same_v<O, Project>) {
    for (auto& e : op.exprs) visit(e);
  } else if constexpr (std::is_same_v<O, Aggregate>) {
    each_aggregate_expr(op, visit);
  } else if constexpr (std::is_same_v<O, Join>) {
    for (auto& key : op.left_keys) visit(key);
    for (auto& key : op.right_keys) visit(key);
    if (op.condition) visit(op.condition);
    if (op.left_weight) visit(op.left_weight);
    if (op.right_weight) visit(op.right_weight);
  } else if constexpr (std::is_same_v<O, Sort>) {
    for (auto& item : op.items) visit(item.expr);
  } else if constexpr (std::is_same_v<O, Over>) {
    each_over_expr(op, visit);
  }
}

std::vector<ExprPtr> clone_all(const std::vector<ExprPtr>& exprs) {
  std::vector<ExprPtr> copies;
  copies.reserve(exprs.size());
  for (const ExprPtr& e : exprs) copies.push_back(expr::clone(*e));
  return copies;
}

ExprPtr clone_or_null(const ExprPtr& e) { return e ? expr::clone(*e) : nullptr; }

AggregateCall clone_call(const AggregateCall& call) {
  return {.function = call.function,
          .arguments = clone_all(call.arguments),
          .distinct = call.distinct,
          .filter = clone_or_null(call.filter),
          .type = call.type,
          .nullable = call.nullable,
          .name = call.name,
          .span = call.span};
}

FrameBound clone_bound(const FrameBound& bound) { return {bound.kind, bound.rows, clone_or_null(bound.value)}; }

std::vector<SortItem> clone_items(const std::vector<SortItem>& items) {
  std::vector<SortItem> copies;
  for (const SortItem& item : items) copies.push_back({expr::clone(*item.expr), item.descending, item.nulls_first});
  return copies;
}

struct CloneOp {
  Node::Op operator()(const Scan& n) const { return n; }
  Node::Op operator()(const ObserveTime& n) const { return ObserveTime{clone(*n.input), expr::clone(*n.time), n.delay_us}; }
  Node::Op operator()(const Values& n) const {
    Values copy;
    for (const auto& row : n.rows) copy.rows.push_back(clone_all(row));
    return copy;
  }
  Node::Op operator()(const Filter& n) const { return Filter{clone(*n.input), expr::clone(*n.predicate)}; }
  Node::Op operator()(const Project& n) const { return Project{clone(*n.input), clone_all(n.exprs)}; }
  Node::Op operator()(const WindowAssign& n) const { return WindowAssign{clone(*n.input), expr::clone(*n.time), n.window}; }
  Node::Op operator()(const Generate& n) const {
    return Generate{clone(*n.input), expr::clone(*n.collection), n.outer, n.with_position, n.inlines};
  }
  Node::Op operator()(const Aggregate& n) const {
    Aggregate copy{.input = clone(*n.input),
                   .keys = clone_all(n.keys),
                   .grouping_sets = n.grouping_sets,
                   .emits_grouping_id = n.emits_grouping_id,
                   .calls = {},
                   .is_distinct = n.is_distinct,
                   .time_key = n.time_key,
                   .window = n.window,
                   .window_time = clone_or_null(n.window_time),
                   .window_has_watermark = n.window_has_watermark,
                   .is_maintained = n.is_maintained};
    for (const AggregateCall& call : n.calls) copy.calls.push_back(clone_call(call));
    return copy;
  }
  Node::Op operator()(const Join& n) const {
    return Join{n.kind, clone(*n.left), clone(*n.right), clone_all(n.left_keys), clone_all(n.right_keys),
                clone_or_null(n.condition), clone_or_null(n.left_weight), clone_or_null(n.right_weight), n.max_rows};
  }
  Node::Op operator()(const Union& n) const {
    Union copy;
    for (const NodePtr& input : n.inputs) copy.inputs.push_back(clone(*input));
    return copy;
  }
  Node::Op operator()(const Sort& n) const {
    return Sort{clone(*n.input), clone_items(n.items)};
  }
  Node::Op operator()(const Over& n) const {
    Over copy{clone(*n.input), clone_all(n.partition), clone_items(n.order), {}, n.rank_max, n.ranked_by, n.is_maintained};
    for (const OverCall& over : n.calls) {
      const Frame& frame = over.frame;
      copy.calls.push_back({over.function, clone_call(over.call), over.number, over.ignore_nulls,
                            {clone_bound(frame.start), clone_bound(frame.end), clone_or_null(frame.key)}});
    }
    return copy;
  }
  Node::Op operator()(const Limit& n) const { return Limit{clone(*n.input), n.count, n.offset}; }
  Node::Op operator()(const Keep& n) const { return Keep{clone(*n.input), n.max_rows, n.once}; }
  Node::Op operator()(const Differentiate& n) const {
    return Differentiate{clone(*n.input), n.whole, n.has_keys, n.keys, n.present, n.visible, n.max_rows};
  }
  Node::Op operator()(const Integrate& n) const { return Integrate{clone(*n.input), n.has_keys, n.keys, n.max_rows, n.order, n.first, n.group, n.ranked_by}; }
  Node::Op operator()(const ShowChanges& n) const {
    return ShowChanges{clone(*n.input), n.form, n.whole, n.has_keys, n.keys, n.present, n.weight, n.final_time, n.visible, n.max_rows};
  }
};

bool same_calls(const Aggregate& a, const Aggregate& b) {
  if (a.calls.size() != b.calls.size()) return false;
  for (size_t i = 0; i < a.calls.size(); ++i) {
    const AggregateCall& x = a.calls[i];
    const AggregateCall& y = b.calls[i];
    if (x.function != y.function || x.distinct != y.distinct || !x.filter != !y.filter) return false;
    if (x.arguments.size() != y.arguments.size()) return false;
  }
  return true;
}

bool same_directions(const std::vector<SortItem>& a, const std::vector<SortItem>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const SortItem& x, const SortItem& y) {
    return x.descending == y.descending && x.nulls_first == y.nulls_first;
  });
}

bool same_bound(const FrameBound& a, const FrameBound& b) { return a.kind == b.kind && a.rows == b.rows; }

bool same_over_call(const OverCall& a, const OverCall& b) {
  return a.function == b.function && a.call.function == b.call.function && a.call.arguments.size() == b.call.arguments.size() &&
         !a.call.filter == !b.call.filter && a.number == b.number && a.ignore_nulls == b.ignore_nulls &&
         same_bound(a.frame.start, b.frame.start) && same_bound(a.frame.end, b.frame.end);
}

/// What two operators of one kind hold besides inputs and expressions.
struct SamePayload {
  const Node::Op& other;

  template <class O>
  const O& as() const {
    return std::get<O>(other);
  }
  bool operator()(const Scan& n) const { return n.relation == as<Scan>().relation && n.fields == as<Scan>().fields; }
  bool operator()(const ObserveTime& n) const { return n.delay_us == as<ObserveTime>().delay_us; }
  bool operator()(const Values& n) const { return n.rows.size() == as<Values>().rows.size(); }
  bool operator()(const Filter&) const { return true; }
  bool operator()(const Project&) const { return true; }
  bool operator()(const WindowAssign& n) const { return n.window == as<WindowAssign>().window; }
  bool operator()(const Generate& n) const {
    const Generate& o = as<Generate>();
    return n.outer == o.outer && n.with_position == o.with_position && n.inlines == o.inlines;
  }
  bool operator()(const Aggregate& n) const {
    const Aggregate& o = as<Aggregate>();
    return n.keys.size() == o.keys.size() && n.grouping_sets == o.grouping_sets &&
           n.emits_grouping_id == o.emits_grouping_id && n.is_distinct == o.is_distinct && n.time_key == o.time_key &&
           n.window == o.window &&
           n.window_has_watermark == o.window_has_watermark && n.is_maintained == o.is_maintained && same_calls(n, o);
  }
  bool operator()(const Join& n) const {
    const Join& o = as<Join>();
    return n.kind == o.kind && n.left_keys.size() == o.left_keys.size() && !n.condition == !o.condition &&
           n.joins_changes() == o.joins_changes();
  }
  bool operator()(const Union&) const { return true; }
  bool operator()(const Sort& n) const {
    return same_directions(n.items, as<Sort>().items);
  }
  bool operator()(const Over& n) const {
    const Over& o = as<Over>();
    return n.partition.size() == o.partition.size() && same_directions(n.order, o.order) && n.rank_max == o.rank_max &&
           n.ranked_by == o.ranked_by && n.is_maintained == o.is_maintained && std::equal(n.calls.begin(), n.calls.end(), o.calls.begin(), o.calls.end(), same_over_call);
  }
  bool operator()(const Limit& n) const { return n.count == as<Limit>().count && n.offset == as<Limit>().offset; }
  bool operator()(const Keep& n) const { return n.max_rows == as<Keep>().max_rows && n.once == as<Keep>().once; }
  bool operator()(const Differentiate& n) const {
    const Differentiate& o = as<Differentiate>();
    return n.whole == o.whole && n.has_keys == o.has_keys && n.keys == o.keys && n.present == o.present && n.visible == o.visible &&
           n.max_rows == o.max_rows;
  }
  bool operator()(const Integrate& n) const {
    const Integrate& o = as<Integrate>();
    return n.has_keys == o.has_keys && n.keys == o.keys && n.max_rows == o.max_rows && n.order == o.order && n.first == o.first &&
           n.group == o.group && n.ranked_by == o.ranked_by;
  }
  bool operator()(const ShowChanges& n) const {
    const ShowChanges& o = as<ShowChanges>();
    return n.form == o.form && n.whole == o.whole && n.has_keys == o.has_keys && n.keys == o.keys && n.present == o.present &&
           n.weight == o.weight && n.final_time == o.final_time && n.visible == o.visible && n.max_rows == o.max_rows;
  }
};

bool same_types(const Schema& a, const Schema& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!(a[i].type == b[i].type)) return false;
  }
  return true;
}

template <class Item, class Equal>
bool all_equal(const std::vector<const Item*>& a, const std::vector<const Item*>& b, Equal same) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!same(*a[i], *b[i])) return false;
  }
  return true;
}

std::vector<const Node*> inputs_of(const Node& node) {
  std::vector<const Node*> found;
  for_each_input(node, [&](const Node& input) { found.push_back(&input); });
  return found;
}

std::vector<const expr::Expr*> exprs_of(const Node& node) {
  std::vector<const expr::Expr*> found;
  for_each_expr(node, [&](const expr::Expr& e) { found.push_back(&e); });
  return found;
}

}  // namespace

void for_each_input(const Node& node, const std::function<void(const Node&)>& visit) {
  std::visit([&](const auto& op) { each_input(op, [&](const NodePtr& input) { visit(*input); }); }, node.op);
}

void for_each_input(Node& node, const std::function<void(NodePtr&)>& visit) {
  std::visit([&](auto& op) { each_input(op, visit); }, node.op);
}

void for_each_expr(const Node& node, const std::function<void(const expr::Expr&)>& visit) {
  std::visit([&](const auto& op) { each_expr(op, [&](const ExprPtr& e) { visit(*e); }); }, node.op);
}

void for_each_expr(Node& node, const std::function<void(ExprPtr&)>& visit) {
  std::visit([&](auto& op) { each_expr(op, visit); }, node.op);
}

NodePtr clone(const Node& node) {
  return std::make_unique<Node>(Node{.op = std::visit(CloneOp{}, node.op),
                                     .schema = node.schema,
                                     .changes = node.changes,
                                     .watermark_column = node.watermark_column,
                                     .is_stream = node.is_stream,
                                     .span = node.span});
}

bool equal(const Node& a, const Node& b) {
  if (a.op.index() != b.op.index() || a.changes != b.changes || a.watermark_column != b.watermark_column) return false;
  if (!same_types(a.schema, b.schema) || !std::visit(SamePayload{b.op}, a.op)) return false;
  const auto same_expr = [](const expr::Expr& x, const expr::Expr& y) { return expr::equal(x, y); };
  const auto same_input = [](const Node& x, const Node& y) { return equal(x, y); };
  return all_equal(exprs_of(a), exprs_of(b), same_expr) && all_equal(inputs_of(a), inputs_of(b), same_input);
}

NodePtr rewrite_bottom_up(NodePtr node, const std::function<NodePtr(NodePtr)>& rule) {
  for_each_input(*node, [&](NodePtr& input) { input = rewrite_bottom_up(std::move(input), rule); });
  return rule(std::move(node));
}

NodePtr make_node(Node::Op op, Schema schema, const Node& input) {
  return std::make_unique<Node>(Node{.op = std::move(op),
                                     .schema = std::move(schema),
                                     .changes = input.changes,
                                     .watermark_column = std::nullopt,
                                     .is_stream = input.is_stream,
                                     .span = input.span});
}

}  // namespace millrace::plan
