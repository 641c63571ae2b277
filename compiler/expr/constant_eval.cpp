#include "compiler/expr/constant_eval.h"

#include <utility>

#include "compiler/expr/evaluate.h"
#include "compiler/expr/expr_rewrite.h"

namespace millrace::expr {

namespace {

struct ToLiteral {
  std::optional<Literal> operator()(std::vector<Value>) const { return std::nullopt; }
  std::optional<Literal> operator()(auto value) const { return Literal{std::move(value)}; }
};

}  // namespace

std::optional<ExprPtr> evaluate_constant(const Expr& e) {
  if (!is_constant(e)) return std::nullopt;
  std::optional<Value> value = evaluate(e, {});
  if (!value) return std::nullopt;
  const bool is_null = value->is_null();
  std::optional<Literal> literal = std::visit(ToLiteral{}, std::move(value->data));
  if (!literal) return std::nullopt;
  return make(std::move(*literal), e.type, is_null, e.span);
}

}  // namespace millrace::expr
