#pragma once

#include <vector>

#include "compiler/analysis/subquery.h"

/// Takes subqueries apart that read the rows around them, so that a join can take their place.
namespace millrace {

/// A subquery's plan that reads the rows around it no more. A row around meets those rows of `node` for which `conditions` hold.
struct Unnested {
  plan::NodePtr node;
  std::vector<expr::ExprPtr> outputs;     ///< the subquery's columns: over those of `node`, and OuterColumns
  std::vector<expr::ExprPtr> conditions;  ///< over the same
  /// An aggregate without GROUP BY: every row around has one row, also where `node` has none; then its columns are `absent`
  /// (count is 0). `tests` say whether the row is there for the subquery (HAVING); they are over `node`'s columns and OuterColumns.
  bool one_row = false;
  std::vector<expr::ExprPtr> absent;
  std::vector<expr::ExprPtr> tests;
};

/// `around`: the plan whose rows surround the subquery. Conditions on them are pulled up through the subquery's operators as far as
/// that is possible without it: equalities through aggregates, which are then grouped by their inner sides [as in Spark; the empty
/// group after Galindo-Legaria and Joshi, "Orthogonal optimization of subqueries and aggregation", SIGMOD 2001]. Otherwise the distinct
/// values that the subquery takes from `around` are pushed down into it [Neumann and Kemper, "Unnesting arbitrary queries",
/// BTW 2015].
Unnested unnest(const Subquery& subquery, const plan::Node& around);

/// The first way; nullopt when the plan does not allow it.
std::optional<Unnested> pull_up_conditions(plan::NodePtr node);
/// The second way.
Unnested push_down_domain(const Subquery& subquery, const plan::Node& around);

/// What an aggregate call gives over no rows.
expr::ExprPtr value_over_nothing(const plan::AggregateCall& call, SourceSpan span);

}  // namespace millrace
