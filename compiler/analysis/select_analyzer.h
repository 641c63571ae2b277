#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/analysis/window_call.h"

namespace millrace {

class AboveAggregate;

/// One SELECT … FROM … WHERE … GROUP BY … HAVING with the ORDER BY that belongs to it. Expressions are bound over the rows
/// of FROM (and the window's columns); when there is an aggregation, they are then moved above it, where what is neither a
/// key nor an aggregate is an error.
class SelectAnalyzer {
 public:
  SelectAnalyzer(QueryAnalyzer& query, const ast::Select& select, const std::vector<ast::SortItem>& order_by,
                 SourceSpan span)
      : query_(query), session_(query.session()), select_(select), order_by_(order_by), span_(span) {}

  BoundRelation analyze();

 private:
  struct Item {
    ExprPtr expr;
    std::string name;
  };
  struct SortKey {
    ExprPtr expr;  ///< over the input; null when `output` is set
    std::optional<uint32_t> output;
    const ast::SortItem* item = nullptr;
  };

  // analyze_select.cpp
  void check_named_windows() const;
  void bind_where();
  void assign_window();
  void bind_items();
  void expand_star(const ast::Star& star, SourceSpan span);
  void add_columns(const std::vector<const ScopeColumn*>& columns, const std::vector<ast::Identifier>& except,
                   SourceSpan span);
  bool add_outer_columns(const std::string& qualifier, const std::vector<ast::Identifier>& except, SourceSpan span);
  bool expand_struct(const ast::Star& star, SourceSpan span);
  void add_fields(const expr::Expr& value, const ast::Star& star, SourceSpan span);
  void bind_having();
  void bind_order();
  void join_subqueries_below();
  void join_subqueries_above(plan::NodePtr& rows);
  BoundRelation project();
  plan::NodePtr sort(plan::NodePtr input, size_t visible);
  ExprBinder binder(const std::string& clause, bool aggregates, size_t aliases);
  /// For what is computed last, where window functions may stand.
  ExprBinder output_binder(const std::string& clause, size_t aliases);

  // analyze_over.cpp
  void bind_qualify();
  void place_overs();
  void bind_distinct_on();
  void place_distinct_on();

  // analyze_generator.cpp
  void add_generator(const ast::SelectItem& item, ExprBinder binder);
  void place_generator();

  // analyze_window.cpp
  std::vector<const ast::Expr*> window_calls() const;
  WindowCall the_window();
  ExprPtr window_time(const WindowCall& call);

  // analyze_grouping.cpp
  void bind_group_by();
  void bind_group_by_all();
  std::vector<uint32_t> add_key(ExprPtr key, const std::string& name);
  std::vector<uint32_t> add_grouping_expr(const ast::Expr& e);
  ExprPtr bind_grouping_expr(const ast::Expr& e);
  void add_element(const ast::GroupingElement& element);
  void add_window_keys();
  void check_partition() const;
  void cross(const std::vector<uint64_t>& sets);
  uint64_t bits_of(const std::vector<ast::ExprPtr>& exprs);
  plan::NodePtr aggregate();
  void move_above_aggregate(const plan::Node& aggregate);
  void lift_subqueries(const expr::Expr& e, const AboveAggregate& above, std::vector<bool>& lifted);

  QueryAnalyzer& query_;
  Session& session_;
  const ast::Select& select_;
  const std::vector<ast::SortItem>& order_by_;
  SourceSpan span_;

  BoundRelation input_;
  std::vector<SelectAlias> aliases_;
  AggregateCollector collector_;
  SubqueryCollector subqueries_;
  std::vector<Item> items_;
  ExprPtr having_;
  OverCollector overs_;
  ExprPtr qualify_;
  std::vector<ExprPtr> distinct_on_;
  std::optional<plan::Generate> generate_;  ///< the select list's; without its input until place_generator()
  SourceSpan generate_span_;
  std::vector<SortKey> sort_keys_;
  std::vector<ExprPtr> keys_;
  std::vector<std::string> key_names_;
  std::vector<std::vector<uint32_t>> key_elements_;
  std::vector<uint64_t> grouping_sets_{0};
};

/// SELECT DISTINCT: an aggregation by all columns.
plan::NodePtr make_distinct(plan::NodePtr input, SourceSpan span);
/// The number that an expression of GROUP BY or ORDER BY is, if it is one: a position in the select list.
std::optional<int64_t> position_literal(const ast::Expr& e);
/// A position in GROUP BY or ORDER BY, from 1, as an index from 0.
uint32_t output_position(int64_t position, size_t columns, const std::string& clause, SourceSpan span);
/// Whether `item` is the ALL of ORDER BY ALL: every output column.
bool orders_by_all(const std::vector<ast::SortItem>& items, const ast::SortItem& item);

}  // namespace millrace
