#include <algorithm>

#include "compiler/analysis/plan_build.h"
#include "compiler/expr/expr_rewrite.h"

namespace millrace {

namespace {

using expr::ArithmeticOp;
using expr::Expr;

bool any_nullable(const std::vector<expr::ExprPtr>& operands) {
  return std::any_of(operands.begin(), operands.end(), [](const auto& e) { return e->nullable; });
}

bool all_nullable(const std::vector<expr::ExprPtr>& operands) {
  return std::all_of(operands.begin(), operands.end(), [](const auto& e) { return e->nullable; });
}

/// Whether dividing by `divisor` always gives a value: a constant that is neither 0 nor (integer overflow) -1.
bool is_safe_divisor(const Expr& divisor) {
  const auto* literal = std::get_if<expr::Literal>(&divisor.node);
  if (!literal) return false;
  if (const auto* integer = std::get_if<int64_t>(&literal->value)) return *integer != 0 && *integer != -1;
  if (const auto* floating = std::get_if<double>(&literal->value)) return *floating != 0;
  return false;
}

bool arithmetic_may_fail(const expr::Arithmetic& a, const SqlType& type) {
  switch (a.op) {
    case ArithmeticOp::Add:
    case ArithmeticOp::Subtract:
    case ArithmeticOp::Multiply: return !type.is_floating();
    case ArithmeticOp::Divide:
    case ArithmeticOp::IntegerDivide:
    case ArithmeticOp::Modulo: return !is_safe_divisor(*a.right);
    case ArithmeticOp::BitAnd:
    case ArithmeticOp::BitOr:
    case ArithmeticOp::BitXor: return false;
  }
  return true;
}

/// Whether a value of `from` always has an image in `to`.
bool cast_is_total(const SqlType& from, const SqlType& to) {
  if (from == to || to.is(TypeKind::String)) return !from.is(TypeKind::Binary);
  if (from.is(TypeKind::Boolean)) return to.is_numeric();
  if (to.is(TypeKind::Boolean)) return from.is_numeric();
  if (from.is_integer() && to.is_integer()) return from.kind <= to.kind;
  if (to.is_floating()) return from.is_integer() || from.is_floating() || from.is(TypeKind::Timestamp);
  if (from.is(TypeKind::Timestamp)) return to.is(TypeKind::Date) || to.is(TypeKind::BigInt);
  return false;
}

/// The nullability of each kind of expression.
struct Nullability {
  const Expr& e;

  bool operator()(const expr::ColumnRef&) const { return e.nullable; }
  bool operator()(const expr::Literal& literal) const { return std::holds_alternative<std::monostate>(literal.value); }
  bool operator()(const expr::Arithmetic& a) const {
    return a.left->nullable || a.right->nullable || arithmetic_may_fail(a, e.type);
  }
  bool operator()(const expr::Negate& n) const { return n.operand->nullable || !e.type.is_floating(); }
  bool operator()(const expr::BitNot& n) const { return n.operand->nullable; }
  bool operator()(const expr::Comparison& c) const {
    return c.op != expr::ComparisonOp::NullSafeEqual && (c.left->nullable || c.right->nullable);
  }
  bool operator()(const expr::Logic& logic) const { return any_nullable(logic.operands); }
  bool operator()(const expr::Not& n) const { return n.operand->nullable; }
  bool operator()(const expr::IsNull&) const { return false; }
  bool operator()(const expr::Case& c) const {
    const auto nullable = [](const auto& branch) { return branch.second->nullable; };
    return c.otherwise->nullable || std::any_of(c.branches.begin(), c.branches.end(), nullable);
  }
  bool operator()(const expr::Coalesce& c) const { return all_nullable(c.operands); }
  bool operator()(const expr::Extreme& x) const { return all_nullable(x.operands); }
  bool operator()(const expr::InList& in) const { return in.operand->nullable || any_nullable(in.values); }
  bool operator()(const expr::Like& like) const { return like.operand->nullable; }
  bool operator()(const expr::Cast& cast) const { return cast.operand->nullable || !cast_is_total(cast.operand->type, e.type); }
  bool operator()(const expr::Call& call) const {
    if (call.function->form == ResultForm::Nullable) return true;
    const size_t fixed = call.function->variadic_strings ? call.function->parameters.size() : call.arguments.size();
    for (size_t i = 0; i < std::min(fixed, call.arguments.size()); ++i) {
      if (call.arguments[i]->nullable) return true;
    }
    return false;
  }
  bool operator()(const expr::MakeStruct&) const { return false; }
  bool operator()(const expr::GetField& get) const {
    return get.operand->nullable || get.operand->type.fields[get.index].nullable;
  }
};

}  // namespace

bool infer_nullable(const Expr& e) { return std::visit(Nullability{e}, e.node); }

}  // namespace millrace
