#include <algorithm>
#include <utility>
#include <vector>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/expr_cost.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using plan::ExprPtr;
using Conjuncts = std::vector<ExprPtr>;

void collect_disjuncts(ExprPtr e, std::vector<Conjuncts>& disjuncts) {
  auto* logic = std::get_if<expr::Logic>(&e->node);
  if (!logic || logic->op != expr::LogicOp::Or) {
    disjuncts.push_back(expr::split_conjuncts(std::move(e)));
    return;
  }
  for (ExprPtr& operand : logic->operands) collect_disjuncts(std::move(operand), disjuncts);
}

Conjuncts::const_iterator find_equal(const Conjuncts& among, const expr::Expr& wanted) {
  return std::find_if(among.begin(), among.end(), [&](const ExprPtr& e) { return expr::equal(*e, wanted); });
}

bool in_all(const std::vector<Conjuncts>& disjuncts, const expr::Expr& wanted) {
  return std::all_of(disjuncts.begin(), disjuncts.end(), [&](const Conjuncts& of) { return find_equal(of, wanted) != of.end(); });
}

/// Moves what every disjunct asks for out of them.
Conjuncts take_common(std::vector<Conjuncts>& disjuncts) {
  Conjuncts common;
  for (size_t i = 0; i < disjuncts[0].size();) {
    if (!is_deterministic(*disjuncts[0][i]) || !in_all(disjuncts, *disjuncts[0][i])) {
      ++i;
      continue;
    }
    common.push_back(expr::clone(*disjuncts[0][i]));
    for (Conjuncts& of : disjuncts) of.erase(find_equal(of, *common.back()));
  }
  return common;
}

bool is_or(const expr::Expr& e) {
  const auto* logic = std::get_if<expr::Logic>(&e.node);
  return logic && logic->op == expr::LogicOp::Or;
}

/// `(a AND b) OR (a AND c)` as `a`, `b OR c`; other conditions as they are. Also where something is NULL both give the same.
void factor(ExprPtr e, Conjuncts& out) {
  if (!is_or(*e)) {
    out.push_back(std::move(e));
    return;
  }
  std::vector<Conjuncts> disjuncts;
  ExprPtr either = expr::clone(*e);  // for its type and span
  collect_disjuncts(expr::clone(*e), disjuncts);
  Conjuncts common = take_common(disjuncts);
  if (common.empty()) {
    out.push_back(std::move(e));
    return;
  }
  for (ExprPtr& c : common) out.push_back(std::move(c));
  // Where nothing else is asked for, the others ask for more: a OR (a AND b) is a.
  if (std::any_of(disjuncts.begin(), disjuncts.end(), [](const Conjuncts& of) { return of.empty(); })) return;
  std::vector<ExprPtr> rests;
  for (Conjuncts& of : disjuncts) rests.push_back(expr::join_conjuncts(std::move(of)));
  std::get<expr::Logic>(either->node).operands = std::move(rests);
  out.push_back(std::move(either));
}

ExprPtr factored(ExprPtr condition) {
  if (!condition) return condition;
  Conjuncts conjuncts;
  for (ExprPtr& c : expr::split_conjuncts(std::move(condition))) factor(std::move(c), conjuncts);
  return expr::join_conjuncts(std::move(conjuncts));
}

plan::NodePtr factor_node(plan::NodePtr node) {
  if (auto* filter = std::get_if<plan::Filter>(&node->op)) filter->predicate = factored(std::move(filter->predicate));
  if (auto* join = std::get_if<plan::Join>(&node->op)) join->condition = factored(std::move(join->condition));
  return node;
}

}  // namespace

plan::NodePtr factor_disjunctions(plan::NodePtr root) { return plan::rewrite_bottom_up(std::move(root), factor_node); }

}  // namespace millrace
