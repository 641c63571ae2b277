#pragma once

#include "compiler/plan/plan.h"
#include "tests/reference/reference_rows.h"

namespace millrace::reference {

/// The result of an aggregate over the arguments of a group's rows, in order of arrival. Rows that the call's FILTER refuses are gone
/// already; NULLs and repetitions (DISTINCT) are dealt with here. Throws OutOfReach for a function that it does not know.
Value aggregate(const plan::AggregateCall& call, const Rows& arguments);

}  // namespace millrace::reference
