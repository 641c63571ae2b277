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
  std::vector<std::pair<int, size_t>> order;
  for (size_t i = 0; i < conjuncts.size(); ++i) order.emplace_back(cost_of_conjunct(*conjuncts[i]), i);
  std::sort(order.begin(), order.end());
  std::vector<plan::ExprPtr> sorted;
  for (const auto& [cost, i] : order) sorted.push_back(std::move(conjuncts[i]));
  filter->predicate = expr::join_conjuncts(std::move(sorted));
  return node;
}

}  // namespace

plan::NodePtr order_filters(plan::NodePtr root) { return plan::rewrite_bottom_up(std::move(root), order_node); }

}  // namespace millrace
