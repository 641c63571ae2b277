#include <utility>
#include <vector>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/expr_cost.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

/// Replaces every expression of `node` by the same over the input of the projection below it, if that computes nothing costly twice.
bool inline_projection(plan::Node& node, const plan::Project& below) {
  std::vector<uint32_t> uses(below.exprs.size(), 0);
  plan::for_each_expr(std::as_const(node), [&](const expr::Expr& e) { count_uses(e, uses); });
  if (!may_inline(below.exprs, uses)) return false;
  std::vector<const expr::Expr*> definitions;
  for (const plan::ExprPtr& e : below.exprs) definitions.push_back(e.get());
  plan::for_each_expr(node, [&](plan::ExprPtr& e) { e = expr::substitute(std::move(e), definitions); });
  return true;
}

plan::NodePtr merge_node(plan::NodePtr node) {
  plan::NodePtr* input = nullptr;
  if (auto* project = std::get_if<plan::Project>(&node->op)) input = &project->input;
  if (auto* aggregate = std::get_if<plan::Aggregate>(&node->op)) input = &aggregate->input;
  while (input) {
    auto* below = std::get_if<plan::Project>(&(*input)->op);
    if (!below || !inline_projection(*node, *below)) break;
    // Moved out first: the assignment would free the node that owns it.
    plan::NodePtr under = std::move(below->input);
    *input = std::move(under);
  }
  return node;
}

}  // namespace

plan::NodePtr merge_projections(plan::NodePtr root) { return plan::rewrite_bottom_up(std::move(root), merge_node); }

}  // namespace millrace
