#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/analysis/operators.h"
#include "compiler/analysis/over_collector.h"
#include "compiler/analysis/scope.h"
#include "compiler/analysis/session.h"
#include "compiler/analysis/subquery.h"
#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// Aggregate calls met while the expressions of one SELECT are bound. Until the Aggregate node is built, call i stands in an
/// expression as column kFirstCall + i, and grouping(…) as column kGroupingId of the bits of the keys.
struct AggregateCollector {
  static constexpr uint32_t kFirstCall = 1U << 30;
  static constexpr uint32_t kFirstGenerated = 1U << 29;  ///< what a generator of the select list will make
  static constexpr uint32_t kGroupingId = (1U << 31) - 1;

  std::vector<plan::AggregateCall> calls;
  bool uses_grouping_id = false;
  bool has_sets = false;                       ///< GROUP BY has CUBE, ROLLUP or GROUPING SETS
  const std::vector<ExprPtr>* keys = nullptr;  ///< bound before the select list; null while they are not known
  const std::vector<std::vector<uint32_t>>* elements =
      nullptr;  ///< keys of each grouping expression as written (a window has two)
};

/// An alias of the select list, by which later expressions may call its expression.
struct SelectAlias {
  std::string name;
  const ast::Expr* expr = nullptr;
};

class QueryAnalyzer;

/// A lambda's parameters, and its body.
struct LambdaView {
  std::vector<ast::Identifier> parameters;
  const ast::Expr* body = nullptr;
};

/// Resolves the names and types of expressions over the rows of one relation. Lives for one clause of one SELECT.
class ExprBinder {
 public:
  /// `clause` names the place in errors: "WHERE", "the select list".
  ExprBinder(Session& session, const BoundRelation& input, std::string clause)
      : session_(session), scope_(input.scope), schema_(input.node->schema), clause_(std::move(clause)) {}

  /// Aggregates are errors unless they are allowed.
  void allow_aggregates(AggregateCollector& collector) { aggregates_ = &collector; }
  /// Window functions are errors unless they are allowed.
  void allow_overs(OverCollector& collector) { overs_ = &collector; }
  /// Names that no column answers to may be the first `count` of these.
  void allow_aliases(const std::vector<SelectAlias>& aliases, size_t count) {
    aliases_ = &aliases;
    alias_count_ = count;
  }
  /// Subqueries are errors unless they are allowed: `query` analyzes them, `collector` gets them.
  void allow_subqueries(QueryAnalyzer& query, SubqueryCollector& collector) {
    query_ = &query;
    subqueries_ = &collector;
  }
  /// Names that nothing here answers to may be those of the query around; nullptr: there is none.
  void allow_outer(OuterQuery* outer) { outer_ = outer; }
  /// What `COLUMNS(*)` stands for while its conjunction is made.
  void bind_columns_to(uint32_t index) { columns_item_ = index; }

  ExprPtr bind(const ast::Expr& e);
  ExprPtr bind_value(const ast::Expr& e) { return bind(e); }
  ExprPtr bind_condition(const ast::Expr& e);  ///< BOOLEAN; COLUMNS(*) becomes a conjunction
  /// The columns that COLUMNS(…) or a star means.
  std::vector<const ScopeColumn*> expand(const ast::Columns& columns, SourceSpan span) const;
  ExprPtr column(uint32_t index, SourceSpan span) const;
  const Scope& scope() const { return scope_; }
  /// The value that a name has here or further out, aliases apart; nullptr when it has none.
  ExprPtr find_name(const ast::ColumnName& name, SourceSpan span);
  /// An aggregate call that is one of this query although it stands in a subquery; nullptr when it cannot be bound here.
  ExprPtr find_aggregate(const ast::Expr& call);
  std::vector<std::string> candidates() const;  ///< names, for did-you-mean
  /// An expression in which these names stand for these values, before any column.
  ExprPtr bind_body(const ast::Expr& body, std::vector<std::pair<std::string, ExprPtr>> names);

 private:
  // expr_binder.cpp: names and structure
  ExprPtr bind_node(const ast::ColumnName& name, const ast::Expr& e);
  ExprPtr bind_node(const ast::Star&, const ast::Expr& e);
  ExprPtr bind_node(const ast::Columns&, const ast::Expr& e);
  ExprPtr bind_node(const ast::Unary& unary, const ast::Expr& e);
  ExprPtr bind_node(const ast::Binary& binary, const ast::Expr& e);
  ExprPtr bind_node(const ast::Case& c, const ast::Expr& e);
  ExprPtr bind_node(const ast::Cast& cast, const ast::Expr& e);
  ExprPtr bind_node(const ast::FieldAccess& access, const ast::Expr& e);
  ExprPtr bind_node(const ast::InQuery& in, const ast::Expr& e);
  ExprPtr bind_node(const ast::Exists& exists, const ast::Expr& e);
  ExprPtr bind_node(const ast::ScalarQuery& scalar, const ast::Expr& e);
  ExprPtr bind_node(const ast::Lambda&, const ast::Expr& e);
  ExprPtr bind_node(const ast::Subscript&, const ast::Expr& e);
  ExprPtr bind_node(const ast::ArrayLiteral&, const ast::Expr& e);
  ExprPtr bind_node(const ast::RowLiteral& row, const ast::Expr& e);
  ExprPtr find_here(const ast::ColumnName& name, SourceSpan span);
  ExprPtr window_column(const ast::ColumnName& name, SourceSpan span) const;
  ExprPtr alias(const ast::ColumnName& name);
  ExprPtr fields_of(ExprPtr operand, const ast::Name& name, size_t first) const;
  [[noreturn]] void throw_unknown(const ast::ColumnName& name, const ast::Expr& e) const;
  std::vector<ExprPtr> bind_all(const std::vector<ast::ExprPtr>& exprs);

  // bind_literal.cpp
  ExprPtr bind_node(const ast::Literal& literal, const ast::Expr& e);
  ExprPtr bind_node(const ast::Interval& interval, const ast::Expr& e);
  ExprPtr bind_timestamp(const std::string& text, SourceSpan span) const;

  // bind_predicate.cpp
  ExprPtr bind_node(const ast::IsNull& is_null, const ast::Expr& e);
  ExprPtr bind_node(const ast::IsTruth& is_truth, const ast::Expr& e);
  ExprPtr bind_node(const ast::Between& between, const ast::Expr& e);
  ExprPtr bind_node(const ast::InList& in, const ast::Expr& e);
  ExprPtr bind_node(const ast::Like& like, const ast::Expr& e);
  ExprPtr bind_one_like(const ast::Like& like, ExprPtr operand, const ast::Expr& pattern, SourceSpan span);

  // bind_call.cpp
  ExprPtr bind_node(const ast::Call& call, const ast::Expr& e);
  ExprPtr bind_form(const ast::Call& call, SourceSpan span);
  ExprPtr bind_extract(const ast::Call& call, SourceSpan span);
  ExprPtr bind_zone_call(const ast::Call& call, SourceSpan span);
  ExprPtr bind_named_struct(const ast::Call& call, SourceSpan span);
  ExprPtr bind_window_call(const ast::Call& call, SourceSpan span) const;

  // bind_user_function.cpp
  ExprPtr bind_user_function(const ast::CreateFunction& function, const ast::Call& call, SourceSpan span);

  // bind_time_unit.cpp
  ExprPtr bind_time_unit_call(const ast::Call& call, SourceSpan span);

  // bind_lambda.cpp
  ExprPtr bind_higher_order(const ast::Call& call, SourceSpan span);
  ExprPtr bind_fold(const ast::Call& call, const LambdaView& lambda, std::vector<ExprPtr> operands, SourceSpan span);
  ExprPtr bind_over_map(const std::string& name, const LambdaView& lambda, ExprPtr map, SourceSpan span);
  ExprPtr bind_over_maps(const LambdaView& lambda, std::vector<ExprPtr> maps, SourceSpan span);
  expr::OverElements bind_lambda(expr::LambdaForm form, const LambdaView& lambda, std::vector<ExprPtr> operands,
                                 const std::vector<SqlType>& types);
  ExprPtr bind_sort(const LambdaView& lambda, ExprPtr operand, SourceSpan span);
  ExprPtr lambda_parameter(const std::string& name, SqlType type, SourceSpan span);

  // bind_subquery.cpp
  Subquery analyze_subquery(Subquery::Kind kind, const ast::Query& query, SourceSpan span);
  ExprPtr truth_of(Subquery subquery, bool nullable);

  // bind_columns.cpp
  ExprPtr bind_over_columns(const ast::Call& call, const ast::Expr& e);

  // bind_aggregate.cpp
  ExprPtr bind_aggregate_call(const ast::Call& call, const ast::Expr& e);
  std::vector<const ScopeColumn*> columns_of(const ast::Star& star, SourceSpan span) const;
  ExprPtr bind_string_agg(const ast::Call& call, const ast::Expr& e);

  // bind_quantile.cpp: aggregates that collect their values, and are computed of the list
  ExprPtr bind_quantile(const ast::Call& call, const ast::Expr& e);
  ExprPtr collected(const ast::Expr& value, const ast::Call& call, const SqlType* type, const ast::Expr& e);
  ExprPtr collected(ExprPtr value, ExprPtr filter, bool distinct, SourceSpan span);
  ExprPtr mapped(ExprPtr list, const std::function<ExprPtr(const expr::Expr& entry, const expr::Expr& at)>& body, SourceSpan span);
  ExprPtr sorted_by_field(ExprPtr list, uint32_t key, bool ascending, SourceSpan span);
  ExprPtr collected_with_counts(const ast::Call& call, const ast::Expr& e);
  ExprPtr bind_ordered_string_agg(const ast::Call& call, ExprPtr separator, const ast::Expr& e);
  ExprPtr aggregate_of_list(const std::string& name, plan::AggregateCall& call, SourceSpan span);
  std::vector<ExprPtr> every_column(SourceSpan span);
  ExprPtr bind_registered_aggregate(const std::string& name, const ast::Call& call, const ast::Expr& e);
  ExprPtr bind_exact_average(plan::AggregateCall average, const ast::Call& call, SourceSpan span);
  ExprPtr collect_registered(const std::string& name, plan::AggregateCall bound_call, const ast::Call& call, SourceSpan span);
  ExprPtr collect(plan::AggregateCall call, SourceSpan span);
  ExprPtr bind_grouping(const ast::Call& call, SourceSpan span);
  ExprPtr bind_grouping_id(const ast::Call& call, SourceSpan span);
  ExprPtr grouping_bit(uint32_t key, SourceSpan span) const;
  const std::vector<uint32_t>& grouping_element(const ast::Expr& e);
  void require_grouping_keys(const ast::Call& call);

  // bind_over.cpp
  ExprPtr bind_over_call(const ast::Call& call, const ast::Expr& e);
  const ast::OverClause& named_window(const ast::OverClause& clause) const;
  void bind_row_function(const ast::Call& call, const ast::OverClause& clause, plan::OverCall& over);
  static void check_frame_of(abi::OverFunction function, const std::string& name, const ast::OverClause& clause, plan::OverCall& over);
  void bind_row_value(const ast::Call& call, const std::string& name, plan::OverCall& over);
  ExprPtr collect_over(OverCollector::Call call);

  Session& session_;
  const Scope& scope_;
  const Schema& schema_;
  std::string clause_;
  AggregateCollector* aggregates_ = nullptr;
  OverCollector* overs_ = nullptr;
  bool in_over_ = false;                         ///< within the expressions of a window function
  OverCollector::Call* over_in_hand_ = nullptr;  ///< the aggregate that is bound next is computed over its window
  const std::vector<SelectAlias>* aliases_ = nullptr;
  size_t alias_count_ = 0;
  QueryAnalyzer* query_ = nullptr;
  SubqueryCollector* subqueries_ = nullptr;
  OuterQuery* outer_ = nullptr;
  std::optional<uint32_t> columns_item_;
  bool in_aggregate_ = false;
  /// What the names of the parameters of lambdas stand for, the innermost last; they go before columns.
  std::vector<std::pair<std::string, ExprPtr>> lambda_names_;
  size_t lambda_depth_ = 0;
};

/// Whether a function takes a lambda. `name` is lower-case.
bool is_higher_order_function(std::string_view name);

/// Whether a function is a window function that is no aggregate over its frame: row_number, lag, first_value. `name` is lower-case.
bool is_row_function(std::string_view name);

/// Whether COLUMNS(…) occurs in an expression; the first one.
const ast::Expr* find_columns(const ast::Expr& e);

}  // namespace millrace
