#include "compiler/analysis/expr_binder.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/function_catalog.h"

namespace millrace {

using expr::ComparisonOp;

ExprPtr ExprBinder::bind_node(const ast::IsNull& is_null, const ast::Expr& e) {
  ExprPtr operand = bind(*is_null.operand);
  // Spark's na.drop, which COLUMNS stands for, takes NaN for missing.
  const bool columns = std::holds_alternative<ast::Columns>(is_null.operand->node);
  return columns ? make_is_missing(std::move(operand), is_null.negated, e.span)
                 : make_is_null(std::move(operand), is_null.negated, e.span);
}

ExprPtr ExprBinder::bind_node(const ast::IsTruth& is_truth, const ast::Expr& e) {
  ExprPtr operand = to_boolean(bind(*is_truth.operand), "the operand of IS TRUE or FALSE");
  if (is_truth.value == ast::TruthValue::Unknown) return make_is_null(std::move(operand), is_truth.negated, e.span);
  if (is_truth.value == ast::TruthValue::False) operand = make_not(std::move(operand), e.span);
  std::vector<ExprPtr> operands;
  operands.push_back(std::move(operand));
  operands.push_back(make_boolean(false, e.span));
  ExprPtr test = make_coalesce(std::move(operands), e.span);
  return is_truth.negated ? make_not(std::move(test), e.span) : std::move(test);
}

ExprPtr ExprBinder::bind_node(const ast::Between& between, const ast::Expr& e) {
  ExprPtr operand = bind(*between.operand);
  std::vector<ExprPtr> tests;
  tests.push_back(make_comparison(ComparisonOp::GreaterEqual, expr::clone(*operand), bind(*between.low), e.span));
  tests.push_back(make_comparison(ComparisonOp::LessEqual, std::move(operand), bind(*between.high), e.span));
  ExprPtr test = make_logic(expr::LogicOp::And, std::move(tests), e.span);
  return between.negated ? make_not(std::move(test), e.span) : std::move(test);
}

ExprPtr ExprBinder::bind_node(const ast::InList& in, const ast::Expr& e) {
  ExprPtr operand = bind(*in.operand);
  return make_in_list(std::move(operand), bind_all(in.values), in.negated, e.span);
}

namespace {

char escape_character(const ast::ExprPtr& escape) {
  if (!escape) return '\\';
  const auto* literal = std::get_if<ast::Literal>(&escape->node);
  if (!literal || literal->kind != ast::LiteralKind::String || literal->text.size() != 1) {
    throw SqlError(escape->span, "ESCAPE takes a string of one ASCII character");
  }
  return literal->text.front();
}

/// Spark's rule: the escape may only precede %, _ and itself.
void check_pattern(const std::string& pattern, char escape, SourceSpan span) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != escape) continue;
    if (i + 1 == pattern.size())
      throw SqlError(span, "the pattern '" + pattern + "' is invalid: it ends in the escape character");
    const char next = pattern[++i];
    if (next == '%' || next == '_' || next == escape) continue;
    throw SqlError(span, "the pattern '" + pattern + "' is invalid: the escape character may only precede %, _ and itself");
  }
}

}  // namespace

ExprPtr ExprBinder::bind_one_like(const ast::Like& like, ExprPtr operand, const ast::Expr& pattern, SourceSpan span) {
  operand = coerce_checked(std::move(operand), TypeKind::String, "the operand of LIKE");
  ExprPtr bound = coerce_checked(bind(pattern), TypeKind::String, "the pattern of LIKE");
  if (is_null_literal(*bound)) return make_null(TypeKind::Boolean, span);
  std::vector<ExprPtr> arguments;
  const auto* literal = std::get_if<expr::Literal>(&bound->node);
  if (like.kind == ast::LikeKind::RLike || !literal) {
    const bool regexp = like.kind == ast::LikeKind::RLike;
    if (!regexp && like.escape) throw not_supported_yet(pattern.span, "LIKE with ESCAPE and a pattern that is not constant");
    const std::string function = regexp ? "regexp_like" : like.kind == ast::LikeKind::ILike ? "__ilike" : "__like";
    if (!is_scalar_function(function)) throw not_supported_yet(pattern.span, "LIKE with a pattern that is not constant");
    arguments.push_back(std::move(operand));
    arguments.push_back(std::move(bound));
    return make_call(function, std::move(arguments), span);
  }
  const char escape = escape_character(like.escape);
  const std::string text = std::get<std::string>(literal->value);
  check_pattern(text, escape, pattern.span);
  return make_inferred(expr::Like{std::move(operand), text, escape, like.kind == ast::LikeKind::ILike, false},
                       TypeKind::Boolean, span);
}

ExprPtr ExprBinder::bind_node(const ast::Like& like, const ast::Expr& e) {
  ExprPtr operand = bind(*like.operand);
  std::vector<ExprPtr> tests;
  for (const ast::ExprPtr& pattern : like.patterns) {
    ExprPtr test = bind_one_like(like, expr::clone(*operand), *pattern, e.span);
    // NOT LIKE ANY (p, q): some pattern does not match; NOT LIKE ALL: none does.
    auto* plain = std::get_if<expr::Like>(&test->node);
    if (like.negated && plain) plain->negated = true;
    if (like.negated && !plain) test = make_not(std::move(test), e.span);
    tests.push_back(std::move(test));
  }
  const bool any = like.quantifier == ast::LikeQuantifier::Any;
  return make_logic(any ? expr::LogicOp::Or : expr::LogicOp::And, std::move(tests), e.span);
}

}  // namespace millrace
