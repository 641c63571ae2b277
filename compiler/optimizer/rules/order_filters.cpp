#include <algorithm>
#include <utility>
#include <vector>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/expr_cost.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

/// A test for NULL on a column needs only its first byte, whatever the type.
int cost_of_conjunct(const expr::Expr& e) {
  const auto* test = std::get_if<expr::IsNull>(&e.node);
  if (test && std::holds_alternative<expr::ColumnRef>(test->operand->node)) return 0;
  return evaluation_cost(e);
}

plan::NodePtr order_node(plan::NodePtr node) {
  auto* filter = std::get_if<plan::Filter>(&node->op);
  if (!filter) return node;
  std::vector<plan::ExprPtr> conjuncts = expr::split_conjuncts(std::move(filter->predicate));
  std::stable_sort(conjuncts.begin(), conjuncts.end(), [](const plan::ExprPtr& a, const plan::ExprPtr& b) {
    return cost_of_conjunct(*a) < cost_of_conjunct(*b);
  });
  filter->predicate = expr::join_conjuncts(std::move(conjuncts));
  return node;
}

}  // namespace

plan::NodePtr order_filters(plan::NodePtr root) { return plan::rewrite_bottom_up(std::move(root), order_node); }

}  // namespace millrace
