#include <algorithm>
#include <utility>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/analysis/select_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/evaluate.h"
#include "compiler/expr/expr_rewrite.h"

namespace millrace {

namespace {

/// LIMIT and OFFSET take an integer constant, which may be computed: LIMIT 2 * 5.
int64_t constant_count(Session& session, const ast::Expr& e, const std::string& what) {
  if (!std::holds_alternative<ast::Literal>(e.node)) {
    BoundRelation nothing;
    nothing.node = std::make_unique<plan::Node>();
    ExprPtr count = coerce_checked(ExprBinder(session, nothing, what).bind_value(e), TypeKind::BigInt, "the number of rows of " + what);
    const auto value = expr::evaluate(*count, {}, nullptr);
    const auto* number = value ? std::get_if<int64_t>(&value->data) : nullptr;
    if (!number || *number < 0) throw SqlError(e.span, what + " takes a whole number of rows, 0 or more");
    return *number;
  }
  const auto* literal = std::get_if<ast::Literal>(&e.node);
  const bool integer = literal && (literal->kind == ast::LiteralKind::Integer || literal->kind == ast::LiteralKind::Long);
  constexpr size_t kMaxDigits = 18;
  if (!integer || literal->text.starts_with('-') || literal->text.size() > kMaxDigits)
    throw SqlError(e.span, what + " takes a whole number of rows, 0 or more");
  return std::stoll(literal->text);
}

}  // namespace

BoundRelation QueryAnalyzer::analyze(const ast::Query& query, bool outermost) {
  if (query.emit && !outermost) {
    throw SqlError(query.emit->span, "EMIT belongs to the outermost query", "say it where the rows go out");
  }
  const size_t common_tables_before = common_tables_.size();
  for (const ast::CommonTable& table : query.with) {
    if (table.recursive) throw not_supported_yet(table.name.span, "WITH RECURSIVE");
    for (size_t i = common_tables_before; i < common_tables_.size(); ++i) {
      if (same_name(common_tables_[i].table->name.text, table.name.text)) {
        throw SqlError(table.name.span, "WITH names '" + table.name.text + "' twice");
      }
    }
    common_tables_.push_back({&table, common_tables_.size(), outer_});
  }
  bool ordered = false;
  BoundRelation result = analyze_body(query, ordered);
  if (!ordered) result = order_output(std::move(result), query);
  result = limit_output(std::move(result), query);
  common_tables_.resize(common_tables_before);
  return result;
}

BoundRelation QueryAnalyzer::analyze_within(const ast::Query& query, OuterQuery& around) {
  OuterQuery* const before = std::exchange(outer_, &around);
  const size_t common_tables_before = common_tables_.size();
  try {
    BoundRelation bound = analyze(query, false);
    outer_ = before;
    return bound;
  } catch (...) {
    outer_ = before;
    common_tables_.resize(common_tables_before);
    throw;
  }
}

BoundRelation QueryAnalyzer::analyze_body(const ast::Query& query, bool& ordered) {
  if (const auto* select = std::get_if<ast::Select>(&query.body)) {
    ordered = true;
    return SelectAnalyzer(*this, *select, query.order_by, query.span).analyze();
  }
  if (const auto* operation = std::get_if<ast::SetOperation>(&query.body)) return analyze_set_operation(*operation, query.span);
  if (const auto* values = std::get_if<ast::Values>(&query.body)) return analyze_values(*values, query.span);
  return analyze(*std::get<ast::QueryPtr>(query.body), false);
}

BoundRelation QueryAnalyzer::analyze_values(const ast::Values& values, SourceSpan span) {
  BoundRelation nothing = analyze_from(nullptr);
  ExprBinder binder(session_, nothing, "VALUES");
  binder.allow_outer(outer_);
  SubqueryCollector subqueries;
  binder.allow_subqueries(*this, subqueries);
  std::vector<std::vector<ExprPtr>> rows;
  const size_t width = values.rows.front().size();
  for (const auto& row : values.rows) {
    if (row.size() != width) {
      throw SqlError(row.front()->span,
                     "a row of " + std::to_string(row.size()) + " values among rows of " + std::to_string(width));
    }
    auto& bound = rows.emplace_back();
    for (const ast::ExprPtr& value : row) bound.push_back(binder.bind(*value));
  }
  Schema schema;
  for (size_t i = 0; i < width; ++i) {
    std::vector<ExprPtr*> column;
    for (auto& row : rows) column.push_back(&row[i]);
    SqlType type = unify(column, "the values of a column", span);
    const bool nullable = std::any_of(column.begin(), column.end(), [](const ExprPtr* e) { return (*e)->nullable; });
    schema.push_back({"col" + std::to_string(i + 1), std::move(type), nullable});
  }
  if (!subqueries.subqueries.empty()) throw not_supported_yet(subqueries.subqueries.front().span, "a subquery in VALUES", "SELECT it");
  BoundRelation result;
  result.node = std::make_unique<plan::Node>();
  result.node->op = plan::Values{std::move(rows)};
  result.node->schema = std::move(schema);
  result.node->span = span;
  result.scope = scope_over(result.node->schema, "");
  return result;
}

BoundRelation QueryAnalyzer::order_output(BoundRelation input, const ast::Query& query) {
  if (query.order_by.empty()) return input;
  ExprBinder binder(session_, input, "ORDER BY");
  binder.allow_outer(outer_);
  std::vector<plan::SortItem> items;
  for (const ast::SortItem& item : query.order_by) {
    const bool nulls_first =
        item.nulls == ast::NullsOrder::Default ? !item.descending : item.nulls == ast::NullsOrder::First;
    if (orders_by_all(query.order_by, item)) {
      for (uint32_t i = 0; i < input.node->schema.size(); ++i) {
        ExprPtr column = make_sortable(column_of(*input.node, i, item.expr->span), item.expr->span);
        items.push_back({std::move(column), item.descending, nulls_first});
      }
      break;
    }
    ExprPtr key;
    if (const auto position = position_literal(*item.expr)) {
      key = column_of(*input.node, output_position(*position, input.node->schema.size(), "ORDER BY", item.expr->span),
                      item.expr->span);
    } else {
      key = binder.bind_value(*item.expr);
    }
    key = make_sortable(std::move(key), item.expr->span);
    items.push_back({std::move(key), item.descending, nulls_first});
  }
  input.node = make_sort(std::move(input.node), std::move(items), query.order_by.front().span);
  return input;
}

BoundRelation QueryAnalyzer::limit_output(BoundRelation input, const ast::Query& query) {
  if (!query.limit && !query.offset) return input;
  const int64_t count = query.limit ? constant_count(session_, *query.limit, "LIMIT") : -1;
  const int64_t offset = query.offset ? constant_count(session_, *query.offset, "OFFSET") : 0;
  const SourceSpan span = query.limit ? query.limit->span : query.offset->span;
  input.node = make_limit(std::move(input.node), count, offset, span);
  return input;
}

}  // namespace millrace
