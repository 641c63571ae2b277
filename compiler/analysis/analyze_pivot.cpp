#include <algorithm>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/join_subqueries.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/evaluate.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/syntax/ast_printer.h"

/// PIVOT and UNPIVOT: rows to columns and back.
namespace millrace {

namespace {

constexpr size_t kMaxCalls = 4096;

std::string name_of(const ast::SelectItem& item) { return item.alias ? item.alias->text : ast::to_sql(*item.expr); }

/// The parts of `(a, b)`, or the expression itself.
std::vector<const ast::Expr*> parts_of(const ast::Expr& e) {
  std::vector<const ast::Expr*> parts;
  if (const auto* row = std::get_if<ast::RowLiteral>(&e.node)) {
    for (const ast::ExprPtr& part : row->elements) parts.push_back(part.get());
  } else {
    parts.push_back(&e);
  }
  return parts;
}

/// The text of a constant that cannot be cast to one: a row or an ARRAY of others.
std::string text_of(const ast::Expr& e) {
  const auto list = [](const std::vector<ast::ExprPtr>& elements, const char* open, const char* close) {
    std::string text;
    for (const ast::ExprPtr& element : elements) text += (text.empty() ? "" : ", ") + text_of(*element);
    return open + text + close;
  };
  if (const auto* row = std::get_if<ast::RowLiteral>(&e.node)) return list(row->elements, "{", "}");
  if (const auto* array = std::get_if<ast::ArrayLiteral>(&e.node)) return list(array->elements, "[", "]");
  const auto* call = std::get_if<ast::Call>(&e.node);
  if (call && fold_case(call->name.text) == "array") return list(call->arguments, "[", "]");
  return ast::to_sql(e);
}

plan::AggregateCall copy_of(const plan::AggregateCall& call) {
  plan::AggregateCall copy;
  copy.function = call.function;
  for (const ExprPtr& argument : call.arguments) copy.arguments.push_back(expr::clone(*argument));
  copy.distinct = call.distinct;
  copy.filter = call.filter ? expr::clone(*call.filter) : nullptr;
  copy.type = call.type;
  copy.nullable = call.nullable;
  copy.name = call.name;
  copy.span = call.span;
  return copy;
}

/// PIVOT in the making: an aggregation by the columns that are neither pivoted nor aggregated, in which every aggregate stands once for
/// each value, over that value's rows.
class PivotPlan {
 public:
  PivotPlan(Session& session, const ast::Pivot& pivot, BoundRelation input, OuterQuery* outer, SourceSpan span)
      : session_(session), pivot_(pivot), input_(std::move(input)), outer_(outer), span_(span) {}

  BoundRelation make() {
    bind_aggregates();
    for (const ast::Identifier& column : pivot_.columns) columns_.push_back(bind_column(column));
    find_groups();
    plan::Aggregate aggregate;
    std::vector<std::string> keys;
    for (const ScopeColumn* column : groups_) {
      aggregate.keys.push_back(column_of(*input_.node, column->index, span_));
      keys.push_back(column->name);
    }
    aggregate.grouping_sets = {plan::all_keys(keys.size())};
    for (const ast::SelectItem& value : pivot_.values) add_value(value, aggregate.calls);
    aggregate.input = std::move(input_.node);
    return project(make_aggregate(std::move(aggregate), std::move(keys), span_));
  }

 private:
  struct Cell {
    ExprPtr expr;  ///< over stand-ins for the calls
    std::string name;
  };

  ExprBinder binder(const std::string& clause) const {
    ExprBinder made(session_, input_, clause);
    made.allow_outer(outer_);
    return made;
  }

  void bind_aggregates() {
    for (const ast::SelectItem& item : pivot_.aggregates) {
      ExprBinder aggregates = binder("PIVOT");
      aggregates.allow_aggregates(collector_);
      ExprPtr bound = aggregates.bind_value(*item.expr);
      check_aggregated(*bound, item.span);
      items_.push_back(std::move(bound));
    }
    if (collector_.calls.empty()) throw SqlError(pivot_.aggregates.front().span, "PIVOT takes aggregates, and there is none here", "such as sum(x) FOR …");
    if (collector_.calls.size() * pivot_.values.size() > kMaxCalls) throw SqlError(span_, "PIVOT comes to more than 4096 aggregates");
  }

  static void check_aggregated(const expr::Expr& e, SourceSpan span) {
    const auto* ref = std::get_if<expr::ColumnRef>(&e.node);
    if (ref && ref->index < AggregateCollector::kFirstCall) {
      throw SqlError(span, "column '" + ref->name + "' is not inside an aggregate function", "PIVOT shows one value for each group: say which, such as first(" + ref->name + ")");
    }
    expr::for_each_child(e, [&](const expr::Expr& child) { check_aggregated(child, span); });
  }

  ExprPtr bind_column(const ast::Identifier& name) const {
    const auto match = input_.scope.resolve({name});
    if (!match) throw SqlError(name.span, "unknown column '" + name.text + "'" + did_you_mean(name.text, input_.scope.candidates()));
    return column_of(*input_.node, match->index, name.span);
  }

  /// What is grouped by: the columns that PIVOT does not speak of.
  void find_groups() {
    std::vector<bool> used(input_.node->schema.size(), false);
    for (const ExprPtr& column : columns_) expr::collect_columns(*column, used);
    for (const plan::AggregateCall& call : collector_.calls) {
      for (const ExprPtr& argument : call.arguments) expr::collect_columns(*argument, used);
      if (call.filter) expr::collect_columns(*call.filter, used);
    }
    for (const ScopeColumn* column : input_.scope.visible()) {
      if (column->index < used.size() && used[column->index]) continue;
      if (holds_map(input_.node->schema[column->index].type)) throw SqlError(span_, "PIVOT cannot group by the MAP '" + column->name + "'", "leave it out in a subquery");
      groups_.push_back(column);
    }
    if (groups_.size() > plan::kMaxGroupKeys) throw SqlError(span_, "PIVOT groups by at most 64 columns", "select those that are needed in a subquery");
  }

  /// Whether a row is one of the value's.
  ExprPtr test_of(const ast::SelectItem& value, std::string& text) const {
    const auto parts = parts_of(*value.expr);
    const bool whole = columns_.size() == 1;
    if (!whole && parts.size() != columns_.size()) {
      throw SqlError(value.span, "PIVOT is FOR " + counted(columns_.size(), "column") + ", but this is " + counted(parts.size(), "value"), "write the values of all of them in parentheses");
    }
    BoundRelation nothing;
    nothing.node = std::make_unique<plan::Node>();
    std::vector<ExprPtr> tests;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const ast::Expr& written = whole ? *value.expr : *parts[i];
      ExprPtr constant = ExprBinder(session_, nothing, "the values of PIVOT").bind_value(written);
      const auto shown = expr::evaluate(*coerce(expr::clone(*constant), TypeKind::String), {});
      const auto* string = shown ? std::get_if<std::string>(&shown->data) : nullptr;
      text += (i == 0 ? "" : ", ") + (string ? *string : shown && shown->is_null() ? "null" : text_of(written));
      tests.push_back(make_comparison(expr::ComparisonOp::NullSafeEqual, expr::clone(*columns_[i]), std::move(constant), value.span));
    }
    if (!whole) text = "{" + text + "}";
    if (value.alias) text = value.alias->text;
    return tests.size() == 1 ? std::move(tests.front()) : make_logic(expr::LogicOp::And, std::move(tests), value.span);
  }

  void add_value(const ast::SelectItem& value, std::vector<plan::AggregateCall>& calls) {
    std::string text;
    const ExprPtr test = test_of(value, text);
    const auto first = static_cast<uint32_t>(calls.size());
    for (const plan::AggregateCall& call : collector_.calls) {
      plan::AggregateCall copy = copy_of(call);
      std::vector<ExprPtr> both;
      both.push_back(expr::clone(*test));
      if (copy.filter) both.push_back(std::move(copy.filter));
      copy.filter = expr::join_conjuncts(std::move(both));
      calls.push_back(std::move(copy));
    }
    const bool asks = std::any_of(items_.begin(), items_.end(), [&](const ExprPtr& item) { return asks_for_rows(*item); });
    if (asks) calls.push_back(count_of_rows(*test));
    for (size_t i = 0; i < items_.size(); ++i) {
      ExprPtr cell = shifted(expr::clone(*items_[i]), first);
      if (asks_for_rows(*items_[i])) cell = where_there_are_rows(std::move(cell), static_cast<uint32_t>(calls.size() - 1));
      cells_.push_back({std::move(cell), items_.size() == 1 ? text : text + "_" + name_of(pivot_.aggregates[i])});
    }
  }

  /// A number that is not NULL by itself where the value has no rows in a group is made so, as in Spark.
  static bool asks_for_rows(const expr::Expr& item) {
    const bool plain = std::holds_alternative<expr::ColumnRef>(item.node) && item.nullable;
    return !plain && (item.type.is_numeric() || item.type.is(TypeKind::Boolean));
  }
  plan::AggregateCall count_of_rows(const expr::Expr& test) const {
    plan::AggregateCall count = count_call({}, span_);
    count.filter = expr::clone(test);
    return count;
  }
  ExprPtr where_there_are_rows(ExprPtr cell, uint32_t count) const {
    ExprPtr rows = expr::column(AggregateCollector::kFirstCall + count, "count", TypeKind::BigInt, false, span_);
    std::vector<std::pair<ExprPtr, ExprPtr>> branches;
    branches.emplace_back(make_comparison(expr::ComparisonOp::Greater, std::move(rows), make_integer(0, TypeKind::BigInt, span_), span_), std::move(cell));
    return make_case(std::move(branches), nullptr, span_);
  }

  static ExprPtr shifted(ExprPtr e, uint32_t by) {
    if (auto* ref = std::get_if<expr::ColumnRef>(&e->node); ref && ref->index >= AggregateCollector::kFirstCall) ref->index += by;
    expr::for_each_child(*e, [&](ExprPtr& child) { child = shifted(std::move(child), by); });
    return e;
  }

  BoundRelation project(plan::NodePtr grouped) {
    std::vector<ExprPtr> exprs;
    std::vector<std::string> names;
    for (uint32_t i = 0; i < groups_.size(); ++i) {
      exprs.push_back(column_of(*grouped, i, span_));
      names.push_back(groups_[i]->name);
    }
    for (Cell& cell : cells_) {
      place(*cell.expr);
      exprs.push_back(std::move(cell.expr));
      names.push_back(std::move(cell.name));
    }
    BoundRelation made;
    made.node = make_project(std::move(grouped), std::move(exprs), std::move(names), span_);
    made.scope = scope_over(made.node->schema, "");
    return made;
  }
  /// Stand-ins of calls become the aggregation's columns.
  void place(expr::Expr& e) const {
    if (auto* ref = std::get_if<expr::ColumnRef>(&e.node); ref && ref->index >= AggregateCollector::kFirstCall) {
      ref->index += static_cast<uint32_t>(groups_.size()) - AggregateCollector::kFirstCall;
    }
    expr::for_each_child(e, [&](ExprPtr& child) { place(*child); });
  }

  Session& session_;
  const ast::Pivot& pivot_;
  BoundRelation input_;
  OuterQuery* outer_;
  SourceSpan span_;
  AggregateCollector collector_;
  std::vector<ExprPtr> items_, columns_;
  std::vector<const ScopeColumn*> groups_;
  std::vector<Cell> cells_;
};

/// Of each item of UNPIVOT the columns that it takes.
std::vector<std::vector<uint32_t>> taken_columns(const ast::Unpivot& unpivot, const Scope& scope) {
  std::vector<std::vector<uint32_t>> taken;
  for (const ast::SelectItem& item : unpivot.columns) {
    const auto parts = parts_of(*item.expr);
    if (parts.size() != unpivot.values.size()) {
      throw SqlError(item.span, "UNPIVOT fills " + counted(unpivot.values.size(), "column") + ", but this is " + counted(parts.size(), "column"));
    }
    auto& columns = taken.emplace_back();
    for (const ast::Expr* part : parts) {
      const auto* name = std::get_if<ast::ColumnName>(&part->node);
      if (!name) throw SqlError(part->span, "UNPIVOT takes names of columns", "compute the value in a subquery");
      const auto match = scope.resolve(name->parts);
      if (!match || match->parts != name->parts.size()) {
        throw SqlError(part->span, "unknown column '" + to_text(name->parts) + "'" + did_you_mean(name->parts.back().text, scope.candidates()));
      }
      columns.push_back(match->index);
    }
  }
  return taken;
}

std::string unpivoted_name(const ast::SelectItem& item) {
  if (item.alias) return item.alias->text;
  std::string name;
  for (const ast::Expr* part : parts_of(*item.expr)) name += (name.empty() ? "" : "_") + std::get<ast::ColumnName>(part->node).parts.back().text;
  return name;
}

/// Leaves out the rows in which none of the last columns is there.
plan::NodePtr without_nulls(plan::NodePtr node, size_t first, SourceSpan span) {
  std::vector<ExprPtr> tests;
  for (size_t i = first; i < node->schema.size(); ++i) tests.push_back(make_is_null(column_of(*node, static_cast<uint32_t>(i), span), true, span));
  ExprPtr test = tests.size() == 1 ? std::move(tests.front()) : make_logic(expr::LogicOp::Or, std::move(tests), span);
  return make_filter(std::move(node), std::move(test), span);
}

}  // namespace

BoundRelation QueryAnalyzer::analyze_pivot(const ast::Pivot& pivot, SourceSpan span) {
  return PivotPlan(session_, pivot, analyze_relation(*pivot.input), outer_, span).make();
}

/// A row for each item of the list: its name and its values, beside the columns that are in no item.
BoundRelation QueryAnalyzer::analyze_unpivot(const ast::Unpivot& unpivot, SourceSpan span) {
  BoundRelation input = analyze_relation(*unpivot.input);
  const auto taken = taken_columns(unpivot, input.scope);
  std::vector<ExprPtr> records;
  for (size_t i = 0; i < taken.size(); ++i) {
    std::vector<ExprPtr> fields;
    std::vector<std::string> names{unpivot.name.text};
    fields.push_back(make_string(unpivoted_name(unpivot.columns[i]), unpivot.columns[i].span));
    for (size_t k = 0; k < taken[i].size(); ++k) {
      fields.push_back(column_of(*input.node, taken[i][k], unpivot.columns[i].span));
      names.push_back(unpivot.values[k].text);
    }
    records.push_back(make_struct(std::move(fields), std::move(names), span));
  }
  const size_t width = input.node->schema.size();
  plan::Generate generate;
  generate.collection = make_array(std::move(records), span);
  generate.inlines = true;
  generate.input = std::move(input.node);
  plan::NodePtr node = make_generate(std::move(generate), span);
  if (!unpivot.include_nulls) node = without_nulls(std::move(node), width + 1, span);
  BoundRelation made;
  for (const ScopeColumn* column : input.scope.visible()) {
    const bool is_taken = std::any_of(taken.begin(), taken.end(), [&](const auto& item) { return std::find(item.begin(), item.end(), column->index) != item.end(); });
    if (!is_taken) made.scope.columns.push_back(*column);
  }
  made.scope.columns.push_back({"", unpivot.name.text, static_cast<uint32_t>(width), false});
  for (size_t k = 0; k < unpivot.values.size(); ++k) made.scope.columns.push_back({"", unpivot.values[k].text, static_cast<uint32_t>(width + 1 + k), false});
  made.node = std::move(node);
  return made;
}

}  // namespace millrace
