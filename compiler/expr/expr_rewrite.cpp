#include "compiler/expr/expr_rewrite.h"

#include <type_traits>
#include <utility>

namespace millrace::expr {

namespace {

/// Calls `visit` for each operand slot of a node, in order of evaluation. One list of the operands of every kind, for
/// const and mutable trees alike.
template <class Visit>
struct ForEachSlot {
  Visit visit;

  void one(auto& slot) {
    if (slot) visit(slot);
  }
  void many(auto& slots) {
    for (auto& slot : slots) one(slot);
  }
  void operator()(auto& node) {
    using N = std::remove_const_t<std::remove_reference_t<decltype(node)>>;
    if constexpr (std::is_same_v<N, Arithmetic> || std::is_same_v<N, Comparison>) {
      one(node.left);
      one(node.right);
    } else if constexpr (std::is_same_v<N, Logic> || std::is_same_v<N, Coalesce> || std::is_same_v<N, Extreme>) {
      many(node.operands);
    } else if constexpr (std::is_same_v<N, GetElement>) {
      one(node.operand);
      one(node.index);
    } else if constexpr (std::is_same_v<N, MakeCollection>) {
      many(node.elements);
    } else if constexpr (std::is_same_v<N, Case>) {
      for (auto& [condition, result] : node.branches) {
        one(condition);
        one(result);
      }
      one(node.otherwise);
    } else if constexpr (std::is_same_v<N, InList>) {
      one(node.operand);
      many(node.values);
    } else if constexpr (std::is_same_v<N, Call>) {
      many(node.arguments);
    } else if constexpr (std::is_same_v<N, MakeStruct>) {
      many(node.fields);
    } else if constexpr (std::is_same_v<N, OverElements>) {
      many(node.operands);
      one(node.body);
    } else if constexpr (!std::is_same_v<N, ColumnRef> && !std::is_same_v<N, Literal> && !std::is_same_v<N, LambdaParameter> &&
                         !std::is_same_v<N, OuterColumn>) {
      one(node.operand);
    }
  }
};

template <class Node, class Visit>
void for_each_slot(Node& node, Visit visit) {
  std::visit(ForEachSlot<Visit>{std::move(visit)}, node);
}

std::vector<ExprPtr> clone_all(const std::vector<ExprPtr>& exprs) {
  std::vector<ExprPtr> copies;
  copies.reserve(exprs.size());
  for (const ExprPtr& e : exprs) copies.push_back(clone(*e));
  return copies;
}

ExprPtr clone_or_null(const ExprPtr& e) { return e ? clone(*e) : nullptr; }

struct CloneNode {
  Expr::Node operator()(const ColumnRef& n) const { return n; }
  Expr::Node operator()(const Literal& n) const { return n; }
  Expr::Node operator()(const Arithmetic& n) const { return Arithmetic{n.op, clone(*n.left), clone(*n.right)}; }
  Expr::Node operator()(const Negate& n) const { return Negate{clone(*n.operand)}; }
  Expr::Node operator()(const BitNot& n) const { return BitNot{clone(*n.operand)}; }
  Expr::Node operator()(const Comparison& n) const { return Comparison{n.op, clone(*n.left), clone(*n.right)}; }
  Expr::Node operator()(const Logic& n) const { return Logic{n.op, clone_all(n.operands)}; }
  Expr::Node operator()(const Not& n) const { return Not{clone(*n.operand)}; }
  Expr::Node operator()(const IsNull& n) const { return IsNull{clone(*n.operand), n.negated, n.nan_too}; }
  Expr::Node operator()(const Case& n) const {
    Case copy;
    for (const auto& [condition, result] : n.branches) copy.branches.emplace_back(clone(*condition), clone(*result));
    copy.otherwise = clone_or_null(n.otherwise);
    return copy;
  }
  Expr::Node operator()(const Coalesce& n) const { return Coalesce{clone_all(n.operands)}; }
  Expr::Node operator()(const Extreme& n) const { return Extreme{n.greatest, clone_all(n.operands)}; }
  Expr::Node operator()(const InList& n) const { return InList{clone(*n.operand), clone_all(n.values), n.negated}; }
  Expr::Node operator()(const Like& n) const {
    return Like{clone(*n.operand), n.pattern, n.escape, n.ignore_case, n.negated};
  }
  Expr::Node operator()(const Cast& n) const { return Cast{clone(*n.operand)}; }
  Expr::Node operator()(const Call& n) const { return Call{n.function, clone_all(n.arguments)}; }
  Expr::Node operator()(const MakeStruct& n) const { return MakeStruct{clone_all(n.fields)}; }
  Expr::Node operator()(const GetField& n) const { return GetField{clone(*n.operand), n.index}; }
  Expr::Node operator()(const MakeCollection& n) const { return MakeCollection{clone_all(n.elements)}; }
  Expr::Node operator()(const GetElement& n) const { return GetElement{clone(*n.operand), clone(*n.index)}; }
  Expr::Node operator()(const LambdaParameter& n) const { return n; }
  Expr::Node operator()(const OuterColumn& n) const { return n; }
  Expr::Node operator()(const OverElements& n) const {
    return OverElements{n.form, clone_all(n.operands), n.parameters, clone(*n.body)};
  }
};

/// What two nodes of one kind hold besides their operands. Names of columns are for printing and do not count.
struct SamePayload {
  const Expr::Node& other;

  bool operator()(const ColumnRef& n) const { return n.index == std::get<ColumnRef>(other).index; }
  bool operator()(const Literal& n) const { return n.value == std::get<Literal>(other).value; }
  bool operator()(const Arithmetic& n) const { return n.op == std::get<Arithmetic>(other).op; }
  bool operator()(const Negate&) const { return true; }
  bool operator()(const BitNot&) const { return true; }
  bool operator()(const Comparison& n) const { return n.op == std::get<Comparison>(other).op; }
  bool operator()(const Logic& n) const { return n.op == std::get<Logic>(other).op; }
  bool operator()(const Not&) const { return true; }
  bool operator()(const IsNull& n) const {
    return n.negated == std::get<IsNull>(other).negated && n.nan_too == std::get<IsNull>(other).nan_too;
  }
  bool operator()(const Case& n) const {
    const Case& o = std::get<Case>(other);
    return n.branches.size() == o.branches.size() && !n.otherwise == !o.otherwise;
  }
  bool operator()(const Coalesce&) const { return true; }
  bool operator()(const Extreme& n) const { return n.greatest == std::get<Extreme>(other).greatest; }
  bool operator()(const InList& n) const { return n.negated == std::get<InList>(other).negated; }
  bool operator()(const Like& n) const {
    const Like& o = std::get<Like>(other);
    return n.pattern == o.pattern && n.escape == o.escape && n.ignore_case == o.ignore_case && n.negated == o.negated;
  }
  bool operator()(const Cast&) const { return true; }
  bool operator()(const Call& n) const { return n.function == std::get<Call>(other).function; }
  bool operator()(const MakeStruct&) const { return true; }
  bool operator()(const GetField& n) const { return n.index == std::get<GetField>(other).index; }
  bool operator()(const MakeCollection&) const { return true; }
  bool operator()(const GetElement&) const { return true; }
  bool operator()(const LambdaParameter& n) const { return n.id == std::get<LambdaParameter>(other).id; }
  bool operator()(const OuterColumn& n) const { return n.index == std::get<OuterColumn>(other).index; }
  bool operator()(const OverElements& n) const {
    const OverElements& o = std::get<OverElements>(other);
    return n.form == o.form && n.parameters.size() == o.parameters.size() && n.operands.size() == o.operands.size();
  }
};

std::vector<const Expr*> children(const Expr& e) {
  std::vector<const Expr*> found;
  for_each_child(e, [&](const Expr& child) { found.push_back(&child); });
  return found;
}

}  // namespace

ExprPtr clone(const Expr& e) { return make(std::visit(CloneNode{}, e.node), e.type, e.nullable, e.span); }

bool equal(const Expr& a, const Expr& b) {
  if (a.node.index() != b.node.index() || !(a.type == b.type)) return false;
  if (!std::visit(SamePayload{b.node}, a.node)) return false;
  const std::vector<const Expr*> left = children(a);
  const std::vector<const Expr*> right = children(b);
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (!equal(*left[i], *right[i])) return false;
  }
  return true;
}

void for_each_child(const Expr& e, const std::function<void(const Expr&)>& visit) {
  for_each_slot(e.node, [&](const ExprPtr& slot) { visit(*slot); });
}

void for_each_child(Expr& e, const std::function<void(ExprPtr&)>& visit) {
  for_each_slot(e.node, [&](ExprPtr& slot) { visit(slot); });
}

void collect_columns(const Expr& e, std::vector<bool>& used) {
  if (const auto* ref = std::get_if<ColumnRef>(&e.node)) {
    if (used.size() <= ref->index) used.resize(ref->index + 1, false);
    used[ref->index] = true;
    return;
  }
  for_each_child(e, [&](const Expr& child) { collect_columns(child, used); });
}

ExprPtr substitute(ExprPtr e, const std::vector<const Expr*>& by) {
  if (const auto* ref = std::get_if<ColumnRef>(&e->node)) {
    if (ref->index >= by.size() || !by[ref->index]) return e;
    return clone(*by[ref->index]);
  }
  for_each_child(*e, [&](ExprPtr& child) { child = substitute(std::move(child), by); });
  return e;
}

void remap_columns(Expr& e, const std::vector<uint32_t>& to) {
  if (auto* ref = std::get_if<ColumnRef>(&e.node)) {
    if (ref->index < to.size()) ref->index = to[ref->index];
    return;
  }
  for_each_child(e, [&](ExprPtr& child) { remap_columns(*child, to); });
}

std::vector<ExprPtr> split_conjuncts(ExprPtr e) {
  std::vector<ExprPtr> conjuncts;
  if (!e) return conjuncts;
  auto* logic = std::get_if<Logic>(&e->node);
  if (!logic || logic->op != LogicOp::And) {
    conjuncts.push_back(std::move(e));
    return conjuncts;
  }
  for (ExprPtr& operand : logic->operands) {
    for (ExprPtr& part : split_conjuncts(std::move(operand))) conjuncts.push_back(std::move(part));
  }
  return conjuncts;
}

std::vector<const Expr*> conjuncts_of(const Expr& e) {
  const auto* logic = std::get_if<Logic>(&e.node);
  if (!logic || logic->op != LogicOp::And) return {&e};
  std::vector<const Expr*> out;
  for (const ExprPtr& operand : logic->operands) {
    const std::vector<const Expr*> inner = conjuncts_of(*operand);
    out.insert(out.end(), inner.begin(), inner.end());
  }
  return out;
}

std::vector<uint32_t> columns_tested_first(const std::vector<const Expr*>& conjuncts) {
  std::vector<uint32_t> columns;
  for (const Expr* conjunct : conjuncts) {
    const auto* test = std::get_if<IsNull>(&conjunct->node);
    const auto* column = test != nullptr && test->negated ? std::get_if<ColumnRef>(&test->operand->node) : nullptr;
    if (column == nullptr) break;
    columns.push_back(column->index);
  }
  return columns;
}

ExprPtr join_conjuncts(std::vector<ExprPtr> conjuncts) {
  if (conjuncts.empty()) return nullptr;
  if (conjuncts.size() == 1) return std::move(conjuncts.front());
  bool nullable = false;
  SourceSpan span = conjuncts.front()->span;
  for (const ExprPtr& c : conjuncts) {
    nullable = nullable || c->nullable;
    span = cover(span, c->span);
  }
  return make(Logic{LogicOp::And, std::move(conjuncts)}, TypeKind::Boolean, nullable, span);
}

bool is_constant(const Expr& e) {
  if (std::holds_alternative<ColumnRef>(e.node) || std::holds_alternative<OuterColumn>(e.node)) return false;
  const auto* call = std::get_if<Call>(&e.node);
  if (call && !call->function->deterministic) return false;
  bool constant = true;
  for_each_child(e, [&](const Expr& child) { constant = constant && is_constant(child); });
  return constant;
}

bool is_null_literal(const Expr& e) {
  const auto* literal = std::get_if<Literal>(&e.node);
  return literal != nullptr && std::holds_alternative<std::monostate>(literal->value);
}

}  // namespace millrace::expr
