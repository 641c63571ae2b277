#pragma once

#include <string>
#include <vector>

#include "compiler/analysis/scope.h"
#include "compiler/analysis/session.h"
#include "compiler/analysis/subquery.h"
#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// Builds the logical plan of one statement's query: relations, joins, set operations, subqueries. SELECT itself is
/// SelectAnalyzer's. Throws SqlError.
class QueryAnalyzer {
 public:
  /// How a materialized view is read.
  enum class ReadViews {
    AsTheyStand,  ///< a snapshot of its rows: bare SELECTs
    AsQueries,    ///< its query in its place, as with a plain view: what runs as a stream
  };

  explicit QueryAnalyzer(Session& session, ReadViews read_views = ReadViews::AsTheyStand)
      : session_(session), read_views_(read_views) {}

  /// A whole query. Its output columns have no qualifier. Only the outermost may have EMIT.
  BoundRelation analyze(const ast::Query& query, bool outermost);
  /// A subquery of an expression, which sees the rows around it.
  BoundRelation analyze_within(const ast::Query& query, OuterQuery& around);
  OuterQuery* outer() { return outer_; }
  /// FROM: null gives one row of no columns.
  BoundRelation analyze_from(const ast::Relation* relation);
  Session& session() { return session_; }
  std::vector<plan::Source> take_sources() { return std::move(sources_); }
  /// Every group of GROUPING SETS can be told from every other by the aggregate's leading columns.
  void tell_groups_apart() { tells_groups_apart_ = true; }
  bool tells_groups_apart() const { return tells_groups_apart_; }

 private:
  /// A WITH entry in sight. Expanded at each use, in the scope of the entries before it.
  struct CommonTableInSight {
    const ast::CommonTable* table;
    size_t visible_before;  ///< entries of common_tables_ that it may use itself
    OuterQuery* outer;      ///< the query around the one that defines it
  };

  // analyze_query.cpp
  BoundRelation analyze_body(const ast::Query& query, bool& ordered);
  BoundRelation analyze_values(const ast::Values& values, SourceSpan span);
  BoundRelation order_output(BoundRelation input, const ast::Query& query);
  BoundRelation limit_output(BoundRelation input, const ast::Query& query);

  // analyze_set_operation.cpp
  BoundRelation analyze_set_operation(const ast::SetOperation& operation, SourceSpan span);
  std::vector<plan::NodePtr> analyze_operands(const ast::SetOperation& operation);

  // analyze_relation.cpp
  BoundRelation analyze_relation(const ast::Relation& relation);
  BoundRelation analyze_table_name(const ast::TableName& table);
  BoundRelation analyze_common_table(CommonTableInSight entry);
  BoundRelation analyze_view(const Relation& view, SourceSpan use);
  BoundRelation scan(const Relation& relation, SourceSpan span);
  BoundRelation scan_materialized_view(const Relation& view, SourceSpan span);
  plan::NodePtr add_computed_columns(plan::NodePtr scan, const Relation& relation);
  const CommonTableInSight* find_common_table(const std::string& name) const;
  static void apply_alias(BoundRelation& relation, const ast::TableAlias& alias, const std::string& default_qualifier);

  // analyze_table_function.cpp
  BoundRelation analyze_table_function(const ast::TableFunction& function, SourceSpan span);
  BoundRelation relation_argument(const ast::FunctionArgument& argument);

  // analyze_generator.cpp
  BoundRelation analyze_lateral_view(const ast::LateralView& view, SourceSpan span);
  BoundRelation analyze_generator(BoundRelation left, const ast::Relation& relation, bool outer);
  BoundRelation analyze_range(const ast::TableFunction& function, SourceSpan span);
  BoundRelation analyze_generator_join(const ast::Join& join, SourceSpan span);

  // analyze_join.cpp
  BoundRelation analyze_join(const ast::Join& join, SourceSpan span);
  /// Binds the condition of ON over both sides and takes it apart into keys and the rest; gives the conjuncts that hold subqueries.
  std::vector<expr::ExprPtr> bind_on(const ast::Expr& on, const Scope& scope, plan::Join& join, SubqueryCollector& subqueries);
  static void test_on_right(std::vector<expr::ExprPtr> conditions, SubqueryCollector& subqueries, plan::Join& join);

  // analyze_pivot.cpp
  BoundRelation analyze_pivot(const ast::Pivot& pivot, SourceSpan span);
  BoundRelation analyze_unpivot(const ast::Unpivot& unpivot, SourceSpan span);

  // analyze_lateral.cpp
  BoundRelation analyze_lateral_join(const ast::Join& join, SourceSpan span);

  Session& session_;
  ReadViews read_views_;
  bool tells_groups_apart_ = false;
  std::vector<plan::Source> sources_;
  std::vector<CommonTableInSight> common_tables_;
  OuterQuery* outer_ = nullptr;  ///< the query around the one in hand, if that is a subquery
};

/// The function that makes rows, such as UNNEST(…), that a relation is; nullptr for others.
const ast::TableFunction* generator_relation(const ast::Relation& relation);

}  // namespace millrace
