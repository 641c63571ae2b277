#include <utility>

#include "compiler/optimizer/rules.h"
#include "compiler/optimizer/simplify_expr.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

plan::NodePtr fold_node(plan::NodePtr node) {
  plan::for_each_expr(*node, [](plan::ExprPtr& e) { e = simplify(std::move(e)); });
  if (auto* filter = std::get_if<plan::Filter>(&node->op)) {
    filter->predicate = simplify_predicate(std::move(filter->predicate));
    if (is_boolean_constant(*filter->predicate, true)) return std::move(filter->input);
  }
  if (auto* aggregate = std::get_if<plan::Aggregate>(&node->op)) {
    for (plan::AggregateCall& call : aggregate->calls) {
      if (!call.filter) continue;
      call.filter = simplify_predicate(std::move(call.filter));
      if (is_boolean_constant(*call.filter, true)) call.filter = nullptr;
    }
  }
  if (auto* join = std::get_if<plan::Join>(&node->op)) {
    if (join->condition) join->condition = simplify_predicate(std::move(join->condition));
    if (join->condition && is_boolean_constant(*join->condition, true)) join->condition = nullptr;
  }
  return node;
}

}  // namespace

plan::NodePtr fold_constants(plan::NodePtr root) { return plan::rewrite_bottom_up(std::move(root), fold_node); }

}  // namespace millrace
