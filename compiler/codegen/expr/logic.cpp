#include "compiler/codegen/expr/expr_compiler.h"

namespace millrace {

using ir::Bool;

namespace {

/// Operands that cost next to nothing are computed in any case: a branch would cost more.
bool is_cheap(const expr::Expr& e) {
  if (std::holds_alternative<expr::Literal>(e.node)) return true;
  const auto* test = std::get_if<expr::IsNull>(&e.node);
  return test && std::holds_alternative<expr::Literal>(test->operand->node);
}

}  // namespace

SqlValue ExprCompiler::operator()(const expr::Logic& node) { return logic_from(node, 0); }

SqlValue ExprCompiler::logic_from(const expr::Logic& node, size_t first) {
  SqlValue a = compile(*node.operands[first]);
  if (first + 1 == node.operands.size()) return a;
  bool conjunction = node.op == expr::LogicOp::And;
  auto combined = [&] {
    SqlValue b = logic_from(node, first + 1);
    Bool value = conjunction ? e.and_(a.boolean(), b.boolean()) : e.or_(a.boolean(), b.boolean());
    if (!a.may_be_null() && !b.may_be_null()) return SqlValue::of(value);
    // NULL unless one side decides: FALSE for AND, TRUE for OR.
    Bool a_decides = conjunction ? sql::is_false(e, a) : sql::is_true(e, a);
    Bool b_decides = conjunction ? sql::is_false(e, b) : sql::is_true(e, b);
    Bool decided = e.or_(a_decides, b_decides);
    Bool null = e.and_(e.or_(sql::is_null(e, a), sql::is_null(e, b)), e.not_(decided));
    return SqlValue::of(e.select(decided, e.bool_(!conjunction), value), null);
  };
  if (is_cheap(*node.operands[first + 1]) && first + 2 == node.operands.size()) return combined();
  Bool decided = conjunction ? sql::is_false(e, a) : sql::is_true(e, a);
  return sql::choose(e, decided, [&] { return SqlValue::of(e.bool_(!conjunction)); }, combined);
}

SqlValue ExprCompiler::operator()(const expr::Not& node) {
  SqlValue v = compile(*node.operand);
  return SqlValue::of(e.not_(v.boolean()), v.null);
}

SqlValue ExprCompiler::operator()(const expr::Case& node) { return case_from(node, 0); }

SqlValue ExprCompiler::case_from(const expr::Case& node, size_t branch) {
  if (branch == node.branches.size()) return compile(*node.otherwise);
  const auto& [condition, value] = node.branches[branch];
  Bool holds = sql::is_true(e, compile(*condition));
  return sql::choose(e, holds, [&] { return compile(*value); }, [&] { return case_from(node, branch + 1); });
}

SqlValue ExprCompiler::operator()(const expr::Coalesce& node) { return coalesce_from(node, 0); }

SqlValue ExprCompiler::coalesce_from(const expr::Coalesce& node, size_t first) {
  SqlValue v = compile(*node.operands[first]);
  if (!v.may_be_null() || first + 1 == node.operands.size()) return v;
  SqlValue present = v;
  present.null = {};
  return sql::choose(e, v.null, [&] { return coalesce_from(node, first + 1); }, [&] { return present; });
}

}  // namespace millrace
