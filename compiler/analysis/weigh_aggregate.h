#pragma once

#include "compiler/plan/plan.h"

namespace millrace {

/// Whether rows can be taken out of each of the aggregation's aggregates again.
bool can_weigh(const plan::Aggregate& aggregate);

/// Makes the aggregation one over changes, whose last column is their weight. Gives its columns and, unless it has one group alone, whether the group
/// has a row, behind them.
plan::NodePtr weigh_aggregate(plan::NodePtr node);

}  // namespace millrace
