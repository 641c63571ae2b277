#include <utility>
#include <vector>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/expr_cost.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

/// Keys that every grouping set has, by output column; nullptr for the rest. In a set without the key the column is NULL whatever the
/// rows hold, so that only these say the same above and below.
std::vector<const expr::Expr*> keys_of_all_sets(const plan::Aggregate& aggregate, size_t width) {
  uint64_t in_all = ~uint64_t{0};
  for (uint64_t set : aggregate.grouping_sets) in_all &= set;
  std::vector<const expr::Expr*> keys(width, nullptr);
  const size_t first = aggregate.window ? 2 : 0;
  for (size_t i = 0; i < aggregate.keys.size(); ++i) {
    if ((in_all >> i & 1) != 0) keys[first + i] = aggregate.keys[i].get();
  }
  return keys;
}

bool reads_only(const expr::Expr& e, const std::vector<const expr::Expr*>& keys) {
  std::vector<bool> used;
  expr::collect_columns(e, used);
  bool any = false;
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    if (!keys[i] || !is_cheap(*keys[i])) return false;
    any = true;
  }
  return any;
}

plan::NodePtr push_node(plan::NodePtr node) {
  auto* filter = std::get_if<plan::Filter>(&node->op);
  auto* aggregate = filter ? std::get_if<plan::Aggregate>(&filter->input->op) : nullptr;
  if (!aggregate) return node;
  const auto keys = keys_of_all_sets(*aggregate, filter->input->schema.size());
  std::vector<plan::ExprPtr> above;
  std::vector<plan::ExprPtr> below;
  for (plan::ExprPtr& conjunct : expr::split_conjuncts(std::move(filter->predicate))) {
    if (is_deterministic(*conjunct) && reads_only(*conjunct, keys)) {
      below.push_back(expr::substitute(std::move(conjunct), keys));
    } else {
      above.push_back(std::move(conjunct));
    }
  }
  if (!below.empty()) {
    plan::NodePtr& input = aggregate->input;
    plan::NodePtr pushed = plan::make_node(plan::Filter{nullptr, expr::join_conjuncts(std::move(below))}, input->schema, *input);
    pushed->watermark_column = input->watermark_column;
    std::get<plan::Filter>(pushed->op).input = std::move(input);
    input = std::move(pushed);
  }
  if (above.empty()) return std::move(filter->input);
  filter->predicate = expr::join_conjuncts(std::move(above));
  return node;
}

}  // namespace

plan::NodePtr push_filters_below_aggregates(plan::NodePtr root) {
  return plan::rewrite_bottom_up(std::move(root), push_node);
}

}  // namespace millrace
