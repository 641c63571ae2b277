#include <utility>

#include "compiler/optimizer/rules.h"
#include "compiler/plan/join_bounds.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

bool waits_for_watermark(const plan::Node& node) {
  const auto* join = std::get_if<plan::Join>(&node.op);
  if (join && plan::joins_streams(*join)) return true;
  const auto* aggregate = std::get_if<plan::Aggregate>(&node.op);
  return aggregate && (aggregate->time_key || aggregate->window_has_watermark);
}

plan::NodePtr drop_below(plan::NodePtr node, bool awaited) {
  awaited = awaited || waits_for_watermark(*node);
  plan::for_each_input(*node, [&](plan::NodePtr& input) { input = drop_below(std::move(input), awaited); });
  auto* observe = std::get_if<plan::ObserveTime>(&node->op);
  return observe && !awaited ? std::move(observe->input) : std::move(node);
}

}  // namespace

plan::NodePtr drop_unused_observe_time(plan::NodePtr root) { return drop_below(std::move(root), false); }

}  // namespace millrace
