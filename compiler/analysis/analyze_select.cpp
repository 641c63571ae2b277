#include <algorithm>

#include "compiler/analysis/generator_call.h"
#include "compiler/analysis/join_conditions.h"
#include "compiler/analysis/join_subqueries.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/select_analyzer.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/syntax/ast_printer.h"

namespace millrace {

namespace {

/// An output column is named by its alias, as the query spells the column, or by its text.
std::string item_name(const ast::SelectItem& item) {
  if (item.alias) return item.alias->text;
  if (const auto* column = std::get_if<ast::ColumnName>(&item.expr->node)) return column->parts.back().text;
  if (const auto* field = std::get_if<ast::FieldAccess>(&item.expr->node)) return field->field.text;
  const auto* call = std::get_if<ast::Call>(&item.expr->node);
  const std::string function = call ? fold_case(call->name.text) : "";
  if (function == "session_window") return function;  // as in Spark
  if (is_window_function(function)) return "window";
  return ast::to_sql(*item.expr);
}

}  // namespace

std::optional<int64_t> position_literal(const ast::Expr& e) {
  const auto* literal = std::get_if<ast::Literal>(&e.node);
  if (!literal || literal->kind != ast::LiteralKind::Integer) return std::nullopt;
  return literal->text.size() > 9 ? INT64_MAX : std::stoll(literal->text);
}

plan::NodePtr make_distinct(plan::NodePtr input, SourceSpan span) {
  plan::Aggregate aggregate;
  std::vector<std::string> names;
  if (input->schema.size() > plan::kMaxGroupKeys) throw not_supported_yet(span, "DISTINCT over more than 64 columns");
  for (uint32_t i = 0; i < input->schema.size(); ++i) {
    if (holds_map(input->schema[i].type)) throw SqlError(span, "DISTINCT does not take MAPs: column '" + input->schema[i].name + "'");
    const bool untyped = input->schema[i].type.is(TypeKind::Null);
    aggregate.keys.push_back(untyped ? make_null(TypeKind::Boolean, span) : column_of(*input, i, span));
    names.push_back(input->schema[i].name);
  }
  aggregate.input = std::move(input);
  aggregate.grouping_sets = {plan::all_keys(names.size())};
  aggregate.is_distinct = true;
  return make_aggregate(std::move(aggregate), std::move(names), span);
}

uint32_t output_position(int64_t position, size_t columns, const std::string& clause, SourceSpan span) {
  if (position < 1 || position > static_cast<int64_t>(columns)) {
    throw SqlError(span, clause + " position " + std::to_string(position) + " is not in the select list, which has " +
                             std::to_string(columns) + (columns == 1 ? " column" : " columns"));
  }
  return static_cast<uint32_t>(position - 1);
}

BoundRelation SelectAnalyzer::analyze() {
  check_named_windows();
  input_ = query_.analyze_from(select_.from.get());
  bind_where();
  assign_window();
  for (const ast::SelectItem& item : select_.items) {
    // Only what is named by the user, so that an expression's text never catches a misspelt column.
    if (item.alias) aliases_.push_back({item.alias->text, item.expr.get()});
  }
  const bool group_all = select_.group_by && select_.group_by->all;
  if (select_.group_by && !group_all) bind_group_by();
  bind_items();
  if (group_all) bind_group_by_all();
  bind_having();
  bind_qualify();
  bind_order();
  bind_distinct_on();
  const bool aggregates = select_.group_by || !collector_.calls.empty() || having_;
  if (aggregates) {
    join_subqueries_below();
    input_.node = aggregate();
  } else {
    join_subqueries_above(input_.node);
  }
  place_overs();
  place_distinct_on();
  return project();
}

void SelectAnalyzer::check_named_windows() const {
  for (size_t i = 0; i < select_.named_windows.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const ast::Identifier& name = select_.named_windows[i].first;
      if (same_name(name.text, select_.named_windows[j].first.text)) throw SqlError(name.span, "WINDOW names '" + name.text + "' twice");
    }
  }
}

ExprBinder SelectAnalyzer::binder(const std::string& clause, bool aggregates, size_t aliases) {
  ExprBinder made(session_, input_, clause);
  if (aggregates) made.allow_aggregates(collector_);
  made.allow_aliases(aliases_, aliases);
  made.allow_subqueries(query_, subqueries_);
  made.allow_outer(query_.outer());
  return made;
}

ExprBinder SelectAnalyzer::output_binder(const std::string& clause, size_t aliases) {
  ExprBinder made = binder(clause, true, aliases);
  overs_.named_windows = &select_.named_windows;
  made.allow_overs(overs_);
  return made;
}

void SelectAnalyzer::bind_where() {
  if (!select_.where) return;
  ExprPtr condition = binder("WHERE", false, 0).bind_condition(*select_.where);
  std::vector<ExprPtr> conditions, with_subqueries;
  for (ExprPtr& conjunct : expr::split_conjuncts(std::move(condition))) {
    (subqueries_in(*conjunct).empty() ? conditions : with_subqueries).push_back(std::move(conjunct));
  }
  push_into_joins(*input_.node, conditions);
  if (!conditions.empty()) input_.node = make_filter(std::move(input_.node), expr::join_conjuncts(std::move(conditions)), select_.where->span);
  if (with_subqueries.empty()) return;
  SubqueryJoiner joiner(std::move(input_.node), subqueries_);
  joiner.filter(std::move(with_subqueries), select_.where->span);
  input_.node = joiner.take();
  subqueries_.subqueries.clear();
}

void SelectAnalyzer::bind_items() {
  size_t aliases = 0;
  bool failed = false;
  for (const ast::SelectItem& item : select_.items) {
    try {
      const auto* call = std::get_if<ast::Call>(&item.expr->node);
      const bool generates = call && is_generator(fold_case(call->name.text));
      if (!generates && !item.column_aliases.empty()) throw not_supported_yet(item.span, "several names for one expression");
      if (generates) {
        add_generator(item, binder("the select list", true, aliases));
      } else if (const auto* star = std::get_if<ast::Star>(&item.expr->node)) {
        expand_star(*star, item.span);
      } else if (const auto* columns = std::get_if<ast::Columns>(&item.expr->node)) {
        add_columns(binder("the select list", true, aliases).expand(*columns, item.expr->span), {}, item.expr->span);
      } else if (const ast::Expr* inner = find_columns(*item.expr)) {
        throw not_supported_yet(inner->span, "an expression over COLUMNS(…) in the select list");
      } else {
        items_.push_back({output_binder("the select list", aliases).bind_value(*item.expr), item_name(item)});
      }
    } catch (const SqlError& error) {
      // Each item speaks for itself.
      session_.report(error);
      failed = true;
    }
    if (item.alias) ++aliases;
  }
  if (failed) throw already_reported(span_);
}

void SelectAnalyzer::expand_star(const ast::Star& star, SourceSpan span) {
  if (star.of) return add_fields(*output_binder("the select list", 0).bind_value(*star.of), star, span);
  if (star.qualifier.empty()) {
    const auto columns = input_.scope.visible();
    if (columns.empty() && query_.outer() && !select_.from) return;  // LATERAL (SELECT *) adds nothing, as in Spark
    if (columns.empty()) throw SqlError(span, "'*' has no columns here: there is no FROM");
    return add_columns(columns, star.except, span);
  }
  const std::string& relation = star.qualifier.front().text;
  if (star.qualifier.size() == 1 && input_.scope.has_qualifier(relation)) {
    return add_columns(input_.scope.of_relation(relation), star.except, span);
  }
  if (expand_struct(star, span)) return;
  if (star.qualifier.size() == 1 && query_.outer() && add_outer_columns(relation, star.except, span)) return;
  std::vector<std::string> qualifiers;
  for (const ScopeColumn& column : input_.scope.columns) qualifiers.push_back(column.qualifier);
  throw SqlError(span_of(star.qualifier),
                 "no relation '" + to_text(star.qualifier) + "' here" + did_you_mean(relation, qualifiers));
}

/// The star of a relation around a subquery: LATERAL (SELECT t.*). False when there is none.
bool SelectAnalyzer::add_outer_columns(const std::string& qualifier, const std::vector<ast::Identifier>& except, SourceSpan span) {
  auto columns = query_.outer()->columns_of(qualifier, span);
  for (auto& [value, name] : columns) {
    const bool left_out = std::any_of(except.begin(), except.end(), [&](const auto& e) { return same_name(e.text, name); });
    if (!left_out) items_.push_back({std::move(value), name});
  }
  return !columns.empty();
}

/// `s.*` of a STRUCT: its fields as columns.
bool SelectAnalyzer::expand_struct(const ast::Star& star, SourceSpan span) {
  const ast::Expr name{ast::ColumnName{star.qualifier}, span_of(star.qualifier)};
  const bool is_window = input_.scope.window && same_name(star.qualifier.front().text, "window");
  if (!input_.scope.resolve(star.qualifier) && !is_window) return false;
  add_fields(*binder("the select list", true, 0).bind(name), star, span);
  return true;
}

void SelectAnalyzer::add_fields(const expr::Expr& value, const ast::Star& star, SourceSpan span) {
  const std::string text = star.of ? ast::to_sql(*star.of) : to_text(star.qualifier);
  if (!value.type.is(TypeKind::Struct)) throw SqlError(span, "'" + text + "' is " + to_string(value.type) + ", not a STRUCT");
  for (uint32_t i = 0; i < value.type.fields.size(); ++i) {
    const std::string& field = value.type.fields[i].name;
    const bool left_out =
        std::any_of(star.except.begin(), star.except.end(), [&](const auto& e) { return same_name(e.text, field); });
    if (!left_out) items_.push_back({make_get_field(expr::clone(value), i, span), field});
  }
}

void SelectAnalyzer::add_columns(const std::vector<const ScopeColumn*>& columns, const std::vector<ast::Identifier>& except,
                                 SourceSpan span) {
  std::vector<std::string> names;
  for (const ScopeColumn* column : columns) names.push_back(column->name);
  for (const ast::Identifier& left_out : except) {
    const bool known =
        std::any_of(names.begin(), names.end(), [&](const auto& name) { return same_name(name, left_out.text); });
    if (!known)
      throw SqlError(left_out.span,
                     "EXCEPT names no column of '*': '" + left_out.text + "'" + did_you_mean(left_out.text, names));
  }
  const ExprBinder columns_of_input = binder("the select list", false, 0);
  for (const ScopeColumn* column : columns) {
    const bool left_out =
        std::any_of(except.begin(), except.end(), [&](const auto& e) { return same_name(e.text, column->name); });
    if (!left_out) items_.push_back({columns_of_input.column(column->index, span), column->name});
  }
  if (items_.empty()) throw SqlError(span, "EXCEPT leaves no column");
}

void SelectAnalyzer::bind_having() {
  if (!select_.having) return;
  having_ = binder("HAVING", true, aliases_.size()).bind_condition(*select_.having);
}

bool orders_by_all(const std::vector<ast::SortItem>& items, const ast::SortItem& item) {
  const bool all = std::holds_alternative<ast::Star>(item.expr->node);
  if (all && items.size() > 1) throw SqlError(item.span, "ORDER BY ALL stands alone: it is every column already");
  return all;
}

void SelectAnalyzer::bind_order() {
  for (const ast::SortItem& item : order_by_) {
    if (orders_by_all(order_by_, item)) {
      for (uint32_t i = 0; i < items_.size(); ++i) {
        sort_keys_.push_back({nullptr, i, &item});
      }
      return;
    }
    SortKey key{nullptr, std::nullopt, &item};
    const auto* column = std::get_if<ast::ColumnName>(&item.expr->node);
    if (const auto position = position_literal(*item.expr)) {
      key.output = output_position(*position, items_.size(), "ORDER BY", item.expr->span);
    } else if (column && column->parts.size() == 1) {
      // Names of the output come first.
      const std::string& name = column->parts.front().text;
      const auto named = [&](const Item& output) { return same_name(output.name, name); };
      const auto found = std::find_if(items_.begin(), items_.end(), named);
      if (found != items_.end()) key.output = static_cast<uint32_t>(found - items_.begin());
    }
    if (!key.output) key.expr = output_binder("ORDER BY", aliases_.size()).bind_value(*item.expr);
    sort_keys_.push_back(std::move(key));
  }
}

namespace {

/// Puts `by` in the place of every part of an expression that equals `of`.
ExprPtr replace_equal(ExprPtr e, const expr::Expr& of, const expr::Expr& by) {
  if (expr::equal(*e, of)) return expr::clone(by);
  expr::for_each_child(*e, [&](ExprPtr& child) { child = replace_equal(std::move(child), of, by); });
  return e;
}

}  // namespace

/// Subqueries of GROUP BY expressions and within aggregates: of the rows that are aggregated.
void SelectAnalyzer::join_subqueries_below() {
  if (subqueries_.subqueries.empty()) return;
  SubqueryJoiner joiner(std::move(input_.node), subqueries_);
  for (ExprPtr& key : keys_) {
    if (subqueries_in(*key).empty()) continue;
    const ExprPtr written = expr::clone(*key);
    key = joiner.replace(std::move(key));
    for (Item& item : items_) item.expr = replace_equal(std::move(item.expr), *written, *key);
    if (having_) having_ = replace_equal(std::move(having_), *written, *key);
    for (SortKey& sort_key : sort_keys_) {
      if (sort_key.expr) sort_key.expr = replace_equal(std::move(sort_key.expr), *written, *key);
    }
  }
  for (plan::AggregateCall& call : collector_.calls) {
    for (ExprPtr& argument : call.arguments) argument = joiner.replace(std::move(argument));
    if (call.filter) call.filter = joiner.replace(std::move(call.filter));
  }
  input_.node = joiner.take();
}

/// Subqueries of the select list, of HAVING, which is tested here, and of ORDER BY.
void SelectAnalyzer::join_subqueries_above(plan::NodePtr& rows) {
  if (subqueries_.subqueries.empty()) return;
  SubqueryJoiner joiner(std::move(rows), subqueries_);
  if (having_ && !subqueries_in(*having_).empty()) {
    joiner.filter(expr::split_conjuncts(std::move(having_)), select_.having->span);
  }
  for (Item& item : items_) item.expr = joiner.replace(std::move(item.expr));
  for (SortKey& key : sort_keys_) {
    if (key.expr) key.expr = joiner.replace(std::move(key.expr));
  }
  if (generate_) generate_->collection = joiner.replace(std::move(generate_->collection));
  if (qualify_) qualify_ = joiner.replace(std::move(qualify_));
  for (ExprPtr& e : distinct_on_) e = joiner.replace(std::move(e));
  for (OverCollector::Call& call : overs_.calls) {
    for_each_expr(call, [&](ExprPtr& e) { e = joiner.replace(std::move(e)); });
  }
  rows = joiner.take();
}

/// The select list, DISTINCT, and ORDER BY; what only ORDER BY needs is projected too and dropped above it.
BoundRelation SelectAnalyzer::project() {
  place_generator();
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names;
  for (Item& item : items_) {
    exprs.push_back(std::move(item.expr));
    names.push_back(item.name);
  }
  const size_t visible = exprs.size();
  for (SortKey& key : sort_keys_) {
    if (key.output) continue;
    const auto same = [&](const ExprPtr& e) { return expr::equal(*e, *key.expr); };
    const auto found = std::find_if(exprs.begin(), exprs.end(), same);
    key.output = static_cast<uint32_t>(found - exprs.begin());
    if (found != exprs.end()) continue;
    if (select_.distinct && select_.distinct_on.empty()) {
      throw SqlError(key.item->expr->span, "ORDER BY of a SELECT DISTINCT can only use what is selected", "select it too");
    }
    exprs.push_back(std::move(key.expr));
    names.push_back(ast::to_sql(*key.item->expr));
  }
  BoundRelation result;
  result.node = make_project(std::move(input_.node), std::move(exprs), std::move(names), span_);
  if (select_.distinct && select_.distinct_on.empty()) result.node = make_distinct(std::move(result.node), span_);
  result.node = sort(std::move(result.node), visible);
  result.scope = scope_over(result.node->schema, "");
  return result;
}

plan::NodePtr SelectAnalyzer::sort(plan::NodePtr input, size_t visible) {
  if (sort_keys_.empty()) return input;
  std::vector<plan::SortItem> items;
  for (const SortKey& key : sort_keys_) {
    const bool nulls_first =
        key.item->nulls == ast::NullsOrder::Default ? !key.item->descending : key.item->nulls == ast::NullsOrder::First;
    const SourceSpan span = key.item->expr->span;
    items.push_back({make_sortable(column_of(*input, *key.output, span), span), key.item->descending, nulls_first});
  }
  plan::NodePtr sorted = make_sort(std::move(input), std::move(items), order_by_.front().span);
  if (sorted->schema.size() == visible) return sorted;
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < visible; ++i) {
    exprs.push_back(column_of(*sorted, i, span_));
    names.push_back(sorted->schema[i].name);
  }
  return make_project(std::move(sorted), std::move(exprs), std::move(names), span_);
}

}  // namespace millrace
