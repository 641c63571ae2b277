#pragma once

#include <array>
#include <string_view>

#include "compiler/plan/plan.h"

/// The rules: each takes a whole plan and gives one that means the same.
namespace millrace {

/// Computes what does not depend on a row, drops conditions that are always true, lets NULL through operators that pass it on.
plan::NodePtr fold_constants(plan::NodePtr root);
/// Makes one Project of two, and takes a Project into the Aggregate above it, unless something costly would be computed twice.
plan::NodePtr merge_projections(plan::NodePtr root);
/// Takes what all operands of an OR ask for out of it: `(a AND b) OR (a AND c)` becomes `a AND (b OR c)`, so that `a` may be a join's key or move to a scan.
plan::NodePtr factor_disjunctions(plan::NodePtr root);
/// Moves each conjunct of a filter towards the sources: through projections, windows and unions, and into the sides of joins. Equalities
/// between the sides of an inner join become its keys. Stops at aggregates and never passes ObserveTime.
plan::NodePtr push_down_filters(plan::NodePtr root);
/// Makes the window above which an Aggregate stands a part of it: kept as panes, one update a row however many windows it lies in
/// (Li et al., "No pane, no gain", SIGMOD Record 2005).
plan::NodePtr fuse_windows(plan::NodePtr root);
/// Moves conditions on keys that all grouping sets have below the Aggregate. After fuse_windows: a filter must not come between the two.
plan::NodePtr push_filters_below_aggregates(plan::NodePtr root);
/// Where a filter leaves the first rows of each partition (Top-N: `row_number() OVER (…) <= n`), no others need be kept. The filter stays.
plan::NodePtr limit_ranks(plan::NodePtr root);
/// Forgets event times that nobody above waits for.
plan::NodePtr drop_unused_observe_time(plan::NodePtr root);
/// Reads, computes and passes on no column that nobody needs: a scan is left with the fields that its decoder must find.
plan::NodePtr prune_columns(plan::NodePtr root);
/// Drops projections that change nothing (but names below the root).
plan::NodePtr remove_identity_projections(plan::NodePtr root);
/// Puts the conjuncts that cost least first; equal ones stay as written.
plan::NodePtr order_filters(plan::NodePtr root);

struct OptimizerStep {
  std::string_view name;
  plan::NodePtr (*rule)(plan::NodePtr root);
};

/// What optimize() does, in this order.
inline constexpr std::array kOptimizerSteps{
    OptimizerStep{"merge_projections", merge_projections},
    OptimizerStep{"fold_constants", fold_constants},
    OptimizerStep{"factor_disjunctions", factor_disjunctions},
    OptimizerStep{"push_down_filters", push_down_filters},
    OptimizerStep{"merge_projections", merge_projections},
    OptimizerStep{"fold_constants", fold_constants},
    OptimizerStep{"fuse_windows", fuse_windows},
    OptimizerStep{"push_filters_below_aggregates", push_filters_below_aggregates},
    OptimizerStep{"push_down_filters", push_down_filters},
    OptimizerStep{"drop_unused_observe_time", drop_unused_observe_time},
    OptimizerStep{"prune_columns", prune_columns},
    OptimizerStep{"limit_ranks", limit_ranks},
    OptimizerStep{"merge_projections", merge_projections},
    OptimizerStep{"fold_constants", fold_constants},
    OptimizerStep{"remove_identity_projections", remove_identity_projections},
    OptimizerStep{"order_filters", order_filters},
};

}  // namespace millrace
