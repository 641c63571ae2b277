#pragma once

#include "compiler/plan/plan.h"

namespace millrace::plan {

/// Says anew, from the scans up, which columns and expressions of a plan may be NULL. Whoever has moved an operator calls it: above a filter
/// `x IS NOT NULL` the column x is NOT NULL, and code generation keeps no flag for it; below, it may be NULL.
void refresh_nullability(Node& root);

/// The schema of an input as it is known above a node that drops rows (Filter, WindowAssign).
Schema schema_above_filter(const Filter& filter);
Schema schema_above_window(const WindowAssign& assign);
/// The columns that a Generate adds, with Spark's names for them.
Schema generated_columns(const Generate& generate);

}  // namespace millrace::plan
