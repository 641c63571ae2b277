#include "compiler/optimizer/simplify_expr.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "compiler/expr/constant_eval.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/expr_cost.h"

namespace millrace {

namespace {

using namespace expr;  // NOLINT: every kind of expression is named below

ExprPtr boolean_literal(bool value, SourceSpan span) { return make(Literal{value}, TypeKind::Boolean, false, span); }

bool any_null(const std::vector<ExprPtr>& exprs, size_t count) {
  return std::any_of(exprs.begin(), exprs.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const ExprPtr& e) { return is_null_literal(*e); });
}

/// Whether the node is NULL because an operand is.
struct PassesNullOn {
  bool operator()(const Arithmetic& n) const { return is_null_literal(*n.left) || is_null_literal(*n.right); }
  bool operator()(const Comparison& n) const {
    return n.op != ComparisonOp::NullSafeEqual && (is_null_literal(*n.left) || is_null_literal(*n.right));
  }
  bool operator()(const Call& n) const {
    const ScalarFunction& f = *n.function;
    if (f.rule) return false;  // it sees its NULLs
    return any_null(n.arguments, f.variadic_strings ? std::min(f.parameters.size(), n.arguments.size()) : n.arguments.size());
  }
  bool operator()(const Negate& n) const { return is_null_literal(*n.operand); }
  bool operator()(const BitNot& n) const { return is_null_literal(*n.operand); }
  bool operator()(const Not& n) const { return is_null_literal(*n.operand); }
  bool operator()(const Like& n) const { return is_null_literal(*n.operand); }
  bool operator()(const InList& n) const { return is_null_literal(*n.operand); }
  bool operator()(const Cast& n) const { return is_null_literal(*n.operand); }
  bool operator()(const GetField& n) const { return is_null_literal(*n.operand); }
  bool operator()(const auto&) const { return false; }
};

/// The opposite comparison; sound for NaN as well, because the order is total.
std::optional<ComparisonOp> opposite(ComparisonOp op) {
  switch (op) {
    case ComparisonOp::Equal: return ComparisonOp::NotEqual;
    case ComparisonOp::NotEqual: return ComparisonOp::Equal;
    case ComparisonOp::Less: return ComparisonOp::GreaterEqual;
    case ComparisonOp::LessEqual: return ComparisonOp::Greater;
    case ComparisonOp::Greater: return ComparisonOp::LessEqual;
    case ComparisonOp::GreaterEqual: return ComparisonOp::Less;
    case ComparisonOp::NullSafeEqual: return std::nullopt;
  }
  return std::nullopt;
}

/// Negates an expression in place where it can hold its own negation.
struct NegateInPlace {
  bool operator()(IsNull& n) const { return flip(n.negated); }
  bool operator()(InList& n) const { return flip(n.negated); }
  bool operator()(Like& n) const { return flip(n.negated); }
  bool operator()(Comparison& n) const {
    const auto op = opposite(n.op);
    if (op) n.op = *op;
    return op.has_value();
  }
  bool operator()(auto&) const { return false; }
  static bool flip(bool& negated) {
    negated = !negated;
    return true;
  }
};

/// Gives what may stand for the expression whose node it visits, or nullptr to leave it as it now is. Operands are simplified already.
class Simplifier {
 public:
  explicit Simplifier(Expr& e) : e_(e) {}

  ExprPtr operator()(Logic& n) const {
    const bool deciding = n.op == LogicOp::Or;
    flatten(n);
    for (const ExprPtr& operand : n.operands) {
      if (is_boolean_constant(*operand, deciding)) return boolean_literal(deciding, e_.span);
    }
    std::erase_if(n.operands, [&](const ExprPtr& operand) { return is_boolean_constant(*operand, !deciding); });
    drop_repeated(n.operands);
    if (n.operands.empty()) return boolean_literal(!deciding, e_.span);
    return n.operands.size() == 1 ? std::move(n.operands.front()) : nullptr;
  }
  ExprPtr operator()(Not& n) const {
    if (auto* inner = std::get_if<Not>(&n.operand->node)) return std::move(inner->operand);
    return std::visit(NegateInPlace{}, n.operand->node) ? std::move(n.operand) : nullptr;
  }
  ExprPtr operator()(IsNull& n) const {
    return n.operand->nullable || n.nan_too ? nullptr : boolean_literal(n.negated, e_.span);
  }
  ExprPtr operator()(Case& n) const {
    std::erase_if(n.branches, [](const auto& branch) {
      return is_boolean_constant(*branch.first, false) || is_null_literal(*branch.first);
    });
    const auto always = std::find_if(n.branches.begin(), n.branches.end(),
                                     [](const auto& branch) { return is_boolean_constant(*branch.first, true); });
    if (always != n.branches.end()) {
      n.otherwise = std::move(always->second);
      n.branches.erase(always, n.branches.end());
    }
    return n.branches.empty() ? std::move(n.otherwise) : nullptr;
  }
  ExprPtr operator()(Coalesce& n) const {
    std::erase_if(n.operands, [](const ExprPtr& operand) { return is_null_literal(*operand); });
    const auto first_sure =
        std::find_if(n.operands.begin(), n.operands.end(), [](const ExprPtr& operand) { return !operand->nullable; });
    if (first_sure != n.operands.end()) n.operands.erase(first_sure + 1, n.operands.end());
    if (n.operands.empty()) return make(Literal{}, e_.type, true, e_.span);
    return n.operands.size() == 1 ? std::move(n.operands.front()) : nullptr;
  }
  ExprPtr operator()(Cast& n) const { return n.operand->type == e_.type ? std::move(n.operand) : nullptr; }
  ExprPtr operator()(GetField& n) const {
    auto* fields = std::get_if<MakeStruct>(&n.operand->node);
    if (!fields || n.index >= fields->fields.size()) return nullptr;
    return fields->fields[n.index]->type == e_.type ? std::move(fields->fields[n.index]) : nullptr;
  }
  ExprPtr operator()(auto&) const { return nullptr; }

 private:
  static void flatten(Logic& n) {
    std::vector<ExprPtr> flat;
    for (ExprPtr& operand : n.operands) {
      auto* inner = std::get_if<Logic>(&operand->node);
      if (!inner || inner->op != n.op) {
        flat.push_back(std::move(operand));
        continue;
      }
      for (ExprPtr& part : inner->operands) flat.push_back(std::move(part));
    }
    n.operands = std::move(flat);
  }
  /// `a AND a` is `a`; a call that differs each time is no repetition.
  static void drop_repeated(std::vector<ExprPtr>& operands) {
    std::vector<ExprPtr> kept;
    for (ExprPtr& operand : operands) {
      const bool seen = std::any_of(kept.begin(), kept.end(), [&](const ExprPtr& k) { return equal(*k, *operand); });
      if (!seen || !is_deterministic(*operand)) kept.push_back(std::move(operand));
    }
    operands = std::move(kept);
  }

  Expr& e_;
};

}  // namespace

bool is_boolean_constant(const Expr& e, bool value) {
  const auto* literal = std::get_if<Literal>(&e.node);
  const bool* b = literal ? std::get_if<bool>(&literal->value) : nullptr;
  return b && *b == value;
}

ExprPtr simplify(ExprPtr e) {
  if (std::holds_alternative<Literal>(e->node)) return e;
  for_each_child(*e, [](ExprPtr& child) { child = simplify(std::move(child)); });
  if (std::visit(PassesNullOn{}, e->node)) return make(Literal{}, e->type, true, e->span);
  if (auto constant = evaluate_constant(*e)) return std::move(*constant);
  ExprPtr better = std::visit(Simplifier{*e}, e->node);
  return better ? std::move(better) : std::move(e);
}

ExprPtr simplify_predicate(ExprPtr e) {
  std::vector<ExprPtr> conjuncts = split_conjuncts(simplify(std::move(e)));
  for (const ExprPtr& c : conjuncts) {
    if (is_null_literal(*c) || is_boolean_constant(*c, false)) return boolean_literal(false, c->span);
  }
  return join_conjuncts(std::move(conjuncts));
}

}  // namespace millrace
