#include "compiler/analysis/weigh_aggregate.h"

#include <algorithm>
#include <utility>

#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/functions/weighted_aggregates.h"

namespace millrace {

using expr::ExprPtr;
using plan::Node;
using plan::NodePtr;

namespace {

bool counts(const plan::AggregateCall& call) {
  const auto& parameters = call.function->parameters;
  const auto is_looked_at = [](const Parameter& parameter) { return parameter.match == Parameter::Match::Anything; };
  return !parameters.empty() && std::all_of(parameters.begin(), parameters.end(), is_looked_at);
}

const AggregateFunction* weighted(const plan::AggregateCall& call) {
  if (!call.distinct || !counts(call)) return weighted_aggregate(*call.function, call.distinct);
  return call.arguments.size() == 1 ? weighted_distinct_count(call.arguments.front()->type) : nullptr;
}

/// count(x, y) only looks at whether its arguments are there: that becomes a condition.
void count_by_condition(plan::AggregateCall& call) {
  std::vector<ExprPtr> conditions;
  if (call.filter) conditions.push_back(std::move(call.filter));
  for (ExprPtr& argument : call.arguments) {
    const SourceSpan span = argument->span;
    if (argument->nullable) conditions.push_back(make_is_null(std::move(argument), true, span));
  }
  call.arguments.clear();
  if (conditions.size() == 1) call.filter = std::move(conditions.front());
  else if (!conditions.empty()) call.filter = make_logic(expr::LogicOp::And, std::move(conditions), call.span);
}

void weigh(plan::AggregateCall& call, const Node& input) {
  const AggregateFunction* function = weighted(call);
  if (counts(call) && !call.distinct) count_by_condition(call);
  call.function = function;
  call.distinct = false;
  call.arguments.push_back(column_of(input, static_cast<uint32_t>(input.schema.size() - 1), call.span));
}

}  // namespace

bool can_weigh(const plan::Aggregate& aggregate) {
  return std::all_of(aggregate.calls.begin(), aggregate.calls.end(), [](const plan::AggregateCall& call) { return weighted(call) != nullptr; });
}

NodePtr weigh_aggregate(NodePtr node) {
  auto& aggregate = std::get<plan::Aggregate>(node->op);
  const SourceSpan span = node->span;
  for (plan::AggregateCall& call : aggregate.calls) weigh(call, *aggregate.input);
  aggregate.is_distinct = false;
  if (aggregate.keys.empty()) return node;
  ExprPtr weight = column_of(*aggregate.input, static_cast<uint32_t>(aggregate.input->schema.size() - 1), span);
  return with_presence(std::move(node), std::move(weight));
}

NodePtr with_presence(NodePtr node, ExprPtr weight) {
  auto& aggregate = std::get<plan::Aggregate>(node->op);
  const SourceSpan span = node->span;
  const auto visible = static_cast<uint32_t>(node->schema.size());
  plan::AggregateCall rows{.function = &sum_of_weights(), .arguments = {}, .distinct = false, .filter = nullptr, .type = TypeKind::BigInt,
                           .nullable = false, .name = "rows", .span = span};
  rows.arguments.push_back(std::move(weight));
  aggregate.calls.push_back(std::move(rows));
  node->schema.push_back({"rows", TypeKind::BigInt, false});
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < visible; ++i) {
    exprs.push_back(column_of(*node, i, span));
    names.push_back(node->schema[i].name);
  }
  exprs.push_back(make_comparison(expr::ComparisonOp::Greater, column_of(*node, visible, span), make_integer(0, TypeKind::BigInt, span), span));
  names.emplace_back("present");
  return make_project(std::move(node), std::move(exprs), std::move(names), span);
}

}  // namespace millrace
