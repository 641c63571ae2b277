#pragma once

#include "compiler/plan/plan.h"

namespace millrace {

/// Whether rows can be taken out of each of the aggregation's aggregates again.
bool can_weigh(const plan::Aggregate& aggregate);

/// Makes the aggregation one over changes, whose last column is their weight. Gives its columns and, unless it has one group alone, whether the group
/// has a row, behind them.
plan::NodePtr weigh_aggregate(plan::NodePtr node);

/// An aggregation by keys with whether a group has a row behind its columns: whether `weight`, a BIGINT over its input, adds up to more than 0.
plan::NodePtr with_presence(plan::NodePtr node, expr::ExprPtr weight);

}  // namespace millrace
