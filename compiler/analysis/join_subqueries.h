#pragma once

#include <map>
#include <vector>

#include "compiler/analysis/subquery.h"
#include "compiler/analysis/unnest.h"

namespace millrace {

/// Puts joins in the place of subqueries: rows go in, the same rows come out with columns added behind theirs, from which the
/// subqueries' values are computed. EXISTS becomes a MARK join, a value a SINGLE join; as a condition of its own EXISTS or IN becomes a
/// SEMI or ANTI join.
class SubqueryJoiner {
 public:
  SubqueryJoiner(plan::NodePtr rows, const SubqueryCollector& collector) : node_(std::move(rows)), collector_(collector) {}

  /// Puts the values of its subqueries into an expression over the rows.
  expr::ExprPtr replace(expr::ExprPtr e);
  /// Keeps the rows for which all conditions are TRUE.
  void filter(std::vector<expr::ExprPtr> conditions, SourceSpan span);
  plan::NodePtr take() { return std::move(node_); }

 private:
  expr::ExprPtr value_of(Subquery subquery);
  expr::ExprPtr scalar(const Subquery& subquery);
  expr::ExprPtr exists(const Subquery& subquery);
  expr::ExprPtr in(const Subquery& subquery);
  /// A condition that is nothing but EXISTS or IN, or its negation: false when it is something else.
  bool keep(const expr::Expr& condition, SourceSpan span);
  void keep_existing(const Subquery& subquery, bool negated);
  void keep_found(const Subquery& subquery);
  void keep_not_found(const Subquery& subquery);

  Subquery resolved(uint32_t index);
  void join(plan::JoinKind kind, Unnested& unnested, std::vector<expr::ExprPtr> conditions, const Subquery& subquery);
  expr::ExprPtr equal_operands(const Unnested& unnested, const Subquery& subquery) const;
  bool has_plain_column(const Unnested& unnested, const Subquery& subquery) const;
  struct Counts {
    expr::ExprPtr none;      ///< the subquery has no row
    expr::ExprPtr has_null;  ///< one of its rows is NULL
  };
  Counts add_counts(const Unnested& unnested, const Subquery& subquery);
  expr::ExprPtr last_column(SourceSpan span) const;

  plan::NodePtr node_;
  const SubqueryCollector& collector_;
  std::map<uint32_t, expr::ExprPtr> values_;  ///< of the subqueries that are joined
};

/// An expression over an unnested subquery's columns and OuterColumns, where its columns stand behind `width` others and `outer` is what
/// the OuterColumns stand for. `may_lack`: its columns come from the side of a join that may have no row.
expr::ExprPtr place(const expr::Expr& e, uint32_t width, const std::vector<expr::ExprPtr>& outer, bool may_lack = false);
/// The same of an expression over the columns of a `one_row` subquery, which takes what `absent` says where there is no row.
expr::ExprPtr place_one_row(const expr::Expr& e, const Unnested& unnested, uint32_t width, const std::vector<expr::ExprPtr>& outer);
/// count(*), or count of the argument: not yet part of an aggregation.
plan::AggregateCall count_call(std::vector<expr::ExprPtr> arguments, SourceSpan span);
/// The subquery is one row without columns: `SELECT a + b`, which needs no join.
bool is_bare_row(const Unnested& unnested);

}  // namespace millrace
