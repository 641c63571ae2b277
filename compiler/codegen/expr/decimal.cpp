#include "compiler/codegen/expr/expr_compiler.h"
#include "compiler/types/decimal_rules.h"
#include "runtime/abi/calls/decimal.h"

/// DECIMAL in generated code: where every result has a place in its type, plain instructions of 128 bits; else calls.
namespace millrace {

using expr::ArithmeticOp;
using ir::Bool;
using ir::Wide;

namespace {

/// Times 10^digits. What stands behind a NULL may wrap.
Wide scaled_up(ir::Emitter& e, Wide v, int digits) {
  return digits == 0 ? v : Wide(e.builder().CreateMul(v.raw, e.wide(abi::decimal_of(abi::ten_to(digits))).raw));
}

}  // namespace

SqlValue ExprCompiler::decimal_arithmetic(ArithmeticOp op, const SqlValue& a, const SqlValue& b, const SqlType& to, Bool null) {
  auto& build = e.builder();
  const bool adds = op == ArithmeticOp::Add || op == ArithmeticOp::Subtract;
  if (adds && decimal_rules::sum_fits(a.type, b.type, to)) {
    const Wide x = scaled_up(e, a.decimal(), to.scale - a.type.scale), y = scaled_up(e, b.decimal(), to.scale - b.type.scale);
    return SqlValue::of(to, Wide(op == ArithmeticOp::Add ? build.CreateAdd(x.raw, y.raw) : build.CreateSub(x.raw, y.raw)), null);
  }
  if (op == ArithmeticOp::Multiply && decimal_rules::product_fits(a.type, b.type, to)) {
    return SqlValue::of(to, Wide(build.CreateMul(a.raw, b.raw)), null);
  }
  return decimal_call(op, a, b, to, null);
}

SqlValue ExprCompiler::decimal_call(ArithmeticOp op, const SqlValue& a, const SqlValue& b, const SqlType& to, Bool null) {
  const auto x = sql::as_decimal_ref(e, a), y = sql::as_decimal_ref(e, b);
  const auto shape = e.int_(abi::DecimalShape{a.type.scale, b.type.scale, to.precision, to.scale}.packed());
  if (op == ArithmeticOp::IntegerDivide) {
    auto whole = e.slot<int64_t>("quotient");
    const Bool valid = e.call<&abi::mr_decimal_quotient>(x, y, shape, whole.pointer());
    return SqlValue::of(to, e.get(whole), sql::either_null(e, null, e.not_(valid)));
  }
  auto out = e.slot<abi::Decimal>("decimal");
  const auto call = [&] {
    switch (op) {
      case ArithmeticOp::Add: return e.call<&abi::mr_decimal_add>(x, y, shape, out.pointer());
      case ArithmeticOp::Subtract: return e.call<&abi::mr_decimal_subtract>(x, y, shape, out.pointer());
      case ArithmeticOp::Multiply: return e.call<&abi::mr_decimal_multiply>(x, y, shape, out.pointer());
      case ArithmeticOp::Divide: return e.call<&abi::mr_decimal_divide>(x, y, shape, out.pointer());
      default: return e.call<&abi::mr_decimal_modulo>(x, y, shape, out.pointer());
    }
  };
  const Bool valid = call();
  return SqlValue::of(to, e.get(out), sql::either_null(e, null, e.not_(valid)));
}

std::optional<SqlValue> ExprCompiler::widen_to_decimal(const SqlValue& v, const SqlType& to) {
  const bool integer = v.type.is_integer();
  if (!integer && !v.type.is(TypeKind::Decimal)) return std::nullopt;
  const SqlType from = *decimal_rules::for_number(v.type);
  constexpr int kBigIntDigits = 19;
  const int digits = v.type.is(TypeKind::BigInt) ? kBigIntDigits : from.whole_digits();
  if (to.scale < from.scale || to.whole_digits() < digits) return std::nullopt;
  const Wide wide = integer ? Wide(e.builder().CreateSExt(v.raw, e.builder().getInt128Ty())) : v.decimal();
  return SqlValue::of(to, scaled_up(e, wide, to.scale - from.scale), v.null);
}

}  // namespace millrace
