#pragma once

#include "compiler/functions/signature.h"

namespace millrace {

/// The aggregate that does what `function` does for rows that come and go: it takes the function's arguments and then the row's weight. nullptr when there is
/// none (what goes by the order of rows, and what cannot be taken back). `distinct`: each value counts once.
const AggregateFunction* weighted_aggregate(const AggregateFunction& function, bool distinct);

/// count(DISTINCT x) of such rows; nullptr for types whose values cannot be told apart so.
const AggregateFunction* weighted_distinct_count(const SqlType& type);

/// sum(weight), 0 of nothing.
const AggregateFunction& sum_of_weights();

}  // namespace millrace
