#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

namespace millrace {

class ExprBinder;

/// The rows around a subquery, as the subquery sees them: names that nothing within it answers to. What it takes from them becomes an
/// expr::OuterColumn of its plan. Lives while the subquery is analyzed.
class OuterQuery {
 public:
  explicit OuterQuery(ExprBinder& around) : around_(around) {}

  /// The value that a name has around the subquery; nullptr when it has none.
  expr::ExprPtr find(const ast::ColumnName& name, SourceSpan span);
  /// An aggregate of the query around, such as `max(outer.x)` in a subquery of its HAVING; nullptr when it is none.
  expr::ExprPtr find_aggregate(const ast::Expr& call);
  std::vector<std::string> candidates() const;  ///< for did-you-mean
  /// What `t.*` (empty: `*`) gives around the subquery: values and their names.
  std::vector<std::pair<expr::ExprPtr, std::string>> columns_of(const std::string& qualifier, SourceSpan span);
  /// The values taken, over the rows around: OuterColumn i stands for the i-th.
  std::vector<expr::ExprPtr> take_values() { return std::move(values_); }

 private:
  expr::ExprPtr outer_column(expr::ExprPtr value, const std::string& name, SourceSpan span);

  ExprBinder& around_;
  std::vector<expr::ExprPtr> values_;
};

/// A subquery in an expression.
struct Subquery {
  enum class Kind {
    Value,   ///< its one column of its one row; NULL when it has no row
    Exists,  ///< whether it has a row
    In,      ///< whether `operands` are one of its rows, in three-valued logic; by `op`: whether they compare so with one
  };
  Kind kind = Kind::Value;
  plan::NodePtr node;                 ///< reads the rows around by OuterColumns
  std::vector<expr::ExprPtr> outer;   ///< what these stand for, over the rows around
  std::vector<expr::ExprPtr> operands;
  SourceSpan span;
  expr::ComparisonOp op = expr::ComparisonOp::Equal;  ///< of In
};

Subquery clone(const Subquery& subquery);

/// Subqueries met while the expressions of one SELECT are bound. Until they are joined (join_subqueries.h) subquery i stands in an
/// expression as column kFirst + i.
struct SubqueryCollector {
  static constexpr uint32_t kFirst = 1U << 27;
  static constexpr uint32_t kEnd = 1U << 28;

  std::vector<Subquery> subqueries;

  /// The column that stands for a subquery; equal ones are one.
  expr::ExprPtr add(Subquery subquery, SqlType type, bool nullable);
};

/// The subquery that an expression stands for; nullopt when it is something else.
std::optional<uint32_t> subquery_of(const expr::Expr& e);
/// The subqueries that an expression uses.
std::vector<uint32_t> subqueries_in(const expr::Expr& e);

/// Whether an expression, or a plan anywhere, reads the rows around it.
bool reads_outer(const expr::Expr& e);
bool reads_outer(const plan::Node& node);

}  // namespace millrace
