#include <algorithm>
#include <array>

#include "compiler/analysis/ast_walk.h"
#include "compiler/analysis/expr_binder.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

/// What any(…), every(…) and count_if(…) over COLUMNS make of a row where they cannot be aggregates.
enum class Fold { None, Any, Every, Count };

Fold fold_of(const ast::Expr& e) {
  const auto* call = std::get_if<ast::Call>(&e.node);
  if (!call || call->arguments.size() != 1 || call->distinct || call->filter || call->over) return Fold::None;
  const std::string name = fold_case(call->name.text);
  if (name == "any" || name == "some" || name == "bool_or") return Fold::Any;
  if (name == "every" || name == "bool_and") return Fold::Every;
  return name == "count_if" ? Fold::Count : Fold::None;
}

std::vector<const ast::Expr*> all_columns(const ast::Expr& e) {
  std::vector<const ast::Expr*> found;
  for_each_expr(e, [&](const ast::Expr& part) {
    if (std::holds_alternative<ast::Columns>(part.node)) found.push_back(&part);
  });
  return found;
}

}  // namespace

const ast::Expr* find_columns(const ast::Expr& e) {
  std::vector<const ast::Expr*> folded;
  for_each_expr(e, [&](const ast::Expr& part) {
    if (fold_of(part) == Fold::None) return;
    for (const ast::Expr* columns : all_columns(part)) folded.push_back(columns);
  });
  for (const ast::Expr* columns : all_columns(e)) {
    if (std::find(folded.begin(), folded.end(), columns) == folded.end()) return columns;
  }
  return nullptr;
}

ExprPtr ExprBinder::bind_condition(const ast::Expr& e) {
  const ast::Expr* columns = columns_item_ ? nullptr : find_columns(e);
  if (!columns)
    return to_boolean(bind(e), clause_ == "HAVING" || clause_ == "WHERE" ? "the condition of " + clause_ : clause_);
  // Each conjunct on its own: in `COLUMNS(*) IS NOT NULL AND gt = 'walk'` only the first one is repeated.
  const auto* conjunction = std::get_if<ast::Binary>(&e.node);
  std::vector<ExprPtr> tests;
  if (conjunction && conjunction->op == ast::BinaryOp::And) {
    tests.push_back(bind_condition(*conjunction->left));
    tests.push_back(bind_condition(*conjunction->right));
    return make_logic(expr::LogicOp::And, std::move(tests), e.span);
  }
  for (const ScopeColumn* column : expand(std::get<ast::Columns>(columns->node), columns->span)) {
    columns_item_ = column->index;
    tests.push_back(to_boolean(bind(e), "the condition over COLUMNS"));
  }
  columns_item_.reset();
  return make_logic(expr::LogicOp::And, std::move(tests), e.span);
}

std::vector<const ScopeColumn*> ExprBinder::expand(const ast::Columns& columns, SourceSpan span) const {
  std::vector<const ScopeColumn*> found;
  if (columns.all) {
    found = scope_.visible();
    if (found.empty()) throw SqlError(span, "COLUMNS(*) has no columns here");
    return found;
  }
  for (const ast::Identifier& name : columns.names) {
    const auto match = scope_.resolve({name});
    if (!match)
      throw SqlError(name.span, "unknown column '" + name.text + "'" + did_you_mean(name.text, scope_.candidates()));
    for (const ScopeColumn& column : scope_.columns) {
      if (column.index != match->index || !same_name(column.name, name.text)) continue;
      found.push_back(&column);
      break;
    }
  }
  return found;
}

/// `any(COLUMNS(a, b) IS NOT NULL)`: the condition of some column at least; every(…) of all; count_if(…): of how many. nullptr when
/// the call is no such thing.
ExprPtr ExprBinder::bind_over_columns(const ast::Call& call, const ast::Expr& e) {
  const Fold fold = aggregates_ || columns_item_ ? Fold::None : fold_of(e);
  const auto columns = fold == Fold::None ? std::vector<const ast::Expr*>{} : all_columns(*call.arguments.front());
  if (columns.empty()) return nullptr;
  std::vector<ExprPtr> tests;
  for (const ScopeColumn* column : expand(std::get<ast::Columns>(columns.front()->node), columns.front()->span)) {
    columns_item_ = column->index;
    tests.push_back(to_boolean(bind(*call.arguments.front()), "the condition over COLUMNS"));
  }
  columns_item_.reset();
  if (fold != Fold::Count) return make_logic(fold == Fold::Any ? expr::LogicOp::Or : expr::LogicOp::And, std::move(tests), e.span);
  ExprPtr count = make_integer(0, TypeKind::BigInt, e.span);
  for (ExprPtr& test : tests) {
    std::vector<std::pair<ExprPtr, ExprPtr>> branches;
    branches.emplace_back(std::move(test), make_integer(1, TypeKind::BigInt, e.span));
    ExprPtr one = make_case(std::move(branches), make_integer(0, TypeKind::BigInt, e.span), e.span);
    count = make_arithmetic(expr::ArithmeticOp::Add, std::move(count), std::move(one), e.span);
  }
  return count;
}

ExprPtr ExprBinder::bind_node(const ast::Columns&, const ast::Expr& e) {
  if (!columns_item_) throw SqlError(e.span, "COLUMNS(…) stands in a condition or alone in the select list");
  return column(*columns_item_, e.span);
}

}  // namespace millrace
