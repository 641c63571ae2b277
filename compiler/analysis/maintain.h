#pragma once

#include <cstdint>

#include "compiler/plan/plan.h"

namespace millrace {

/// Whether the rows of a streaming plan can be brought up to date by what a batch changes, at the price of the change: all of it is filters, projections,
/// unions, joins and those aggregations from which a row can be taken out again.
bool can_maintain(const plan::Node& node);

/// The changes of such a plan's rows: its columns, and a BIGINT weight behind them. Aggregations that are only added to stay as they are, and what
/// they give is differentiated. `max_rows` may be kept in one place.
plan::NodePtr changes_of(plan::NodePtr node, int64_t max_rows);

}  // namespace millrace
