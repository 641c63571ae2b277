#pragma once

#include "compiler/functions/signature.h"

namespace millrace {

/// Whether parts of the rows may be aggregated apart and merged in any order, with the same result to the last bit. False unless it is
/// known: sums of doubles round, lists have an order.
bool merges_in_any_order(const AggregateFunction& function);

}  // namespace millrace
