#include <algorithm>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"

namespace millrace {

Subquery ExprBinder::analyze_subquery(Subquery::Kind kind, const ast::Query& query, SourceSpan span) {
  if (!subqueries_) throw SqlError(span, "a subquery is not allowed in " + clause_);
  if (!lambda_names_.empty()) throw not_supported_yet(span, "a subquery in a lambda", "compute it outside, and use its column");
  OuterQuery around(*this);
  Subquery subquery{.kind = kind, .node = nullptr, .outer = {}, .operands = {}, .span = span};
  subquery.node = type_nulls(query_->analyze_within(query, around).node);
  subquery.outer = around.take_values();
  return subquery;
}

ExprPtr ExprBinder::bind_node(const ast::ScalarQuery& scalar, const ast::Expr& e) {
  Subquery subquery = analyze_subquery(Subquery::Kind::Value, *scalar.query, e.span);
  const Schema& columns = subquery.node->schema;
  if (columns.size() != 1) {
    throw SqlError(e.span, "a subquery that stands for a value must have one column, not " + std::to_string(columns.size()),
                   "select one, or several in a struct(…)");
  }
  const SqlType type = columns.front().type;
  return subqueries_->add(std::move(subquery), type, true);
}

ExprPtr ExprBinder::bind_node(const ast::Exists& exists, const ast::Expr& e) {
  return truth_of(analyze_subquery(Subquery::Kind::Exists, *exists.query, e.span), false);
}

ExprPtr ExprBinder::truth_of(Subquery subquery, bool nullable) {
  return subqueries_->add(std::move(subquery), TypeKind::Boolean, nullable);
}

namespace {

expr::ComparisonOp comparison_of(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::NotEqual: return expr::ComparisonOp::NotEqual;
    case ast::BinaryOp::Less: return expr::ComparisonOp::Less;
    case ast::BinaryOp::LessEqual: return expr::ComparisonOp::LessEqual;
    case ast::BinaryOp::Greater: return expr::ComparisonOp::Greater;
    case ast::BinaryOp::GreaterEqual: return expr::ComparisonOp::GreaterEqual;
    default: return expr::ComparisonOp::Equal;
  }
}

}  // namespace

/// `x IN (SELECT …)`, `(a, b) IN (SELECT …)`, `x < ANY (SELECT …)`.
ExprPtr ExprBinder::bind_node(const ast::InQuery& in, const ast::Expr& e) {
  std::vector<ExprPtr> operands;
  const auto* row = std::get_if<ast::RowLiteral>(&in.operand->node);
  if (row) {
    for (const ast::ExprPtr& element : row->elements) operands.push_back(bind_value(*element));
  } else {
    operands.push_back(bind_value(*in.operand));
  }
  Subquery subquery = analyze_subquery(Subquery::Kind::In, *in.query, e.span);
  const Schema& columns = subquery.node->schema;
  if (row && columns.size() == 1 && columns.front().type.is(TypeKind::Struct)) {
    operands.clear();
    operands.push_back(bind_value(*in.operand));
  }
  subquery.op = comparison_of(in.op);
  if (operands.size() > 1 && in.op != ast::BinaryOp::Equal) throw not_supported_yet(e.span, "several values compared with ANY or ALL rows of a query", "= ANY and <> ALL of one value work, and IN of several");
  if (columns.size() != operands.size()) {
    throw SqlError(e.span, "IN compares " + counted(operands.size(), "value") + " with " + counted(columns.size(), "column"),
                   "the subquery must select as many columns as stand on the left");
  }
  for (uint32_t i = 0; i < operands.size(); ++i) {  // the types are checked here, where the query is still spelled as written
    make_comparison(subquery.op, expr::clone(*operands[i]), column_of(*subquery.node, i, e.span), e.span);
  }
  subquery.operands = std::move(operands);
  ExprPtr found = truth_of(std::move(subquery), true);
  return in.negated ? make_not(std::move(found), e.span) : std::move(found);
}

}  // namespace millrace
