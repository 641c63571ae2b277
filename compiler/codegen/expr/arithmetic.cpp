#include "compiler/base/sql_error.h"
#include "compiler/codegen/expr/expr_compiler.h"
#include "runtime/hot/arithmetic.h"

namespace millrace {

using expr::ArithmeticOp;
using ir::Bool;
using ir::Int;
using ir::Real;

SqlValue ExprCompiler::fit(Int v, const SqlType& to, Bool null) {
  if (to.is(TypeKind::BigInt)) return SqlValue::of(to, v, null);
  IntegerRange range = integer_range(to.is_integer() ? to.kind : TypeKind::Int);  // a number of months is an INT, too
  Bool outside = e.or_(e.lt(v, e.int_(range.min)), e.lt(e.int_(range.max), v));
  return SqlValue::of(to, v, sql::either_null(e, null, outside));
}

SqlValue ExprCompiler::rounded(Real v, const SqlType& to, Bool null) {
  if (to.is(TypeKind::Float)) {  // FLOAT is kept as a double that single precision can hold
    auto& build = e.builder();
    v = Real(build.CreateFPExt(build.CreateFPTrunc(v.raw, build.getFloatTy()), build.getDoubleTy()));
  }
  return SqlValue::of(to, v, null);
}

SqlValue ExprCompiler::operator()(const expr::Arithmetic& node) {
  SqlType to = type();
  SqlValue a = compile(*node.left);
  SqlValue b = compile(*node.right);
  Bool null = sql::either_null(e, a.null, b.null);
  current_ = nullptr;
  if (a.type.is(TypeKind::Decimal)) return decimal_arithmetic(node.op, a, b, to, null);
  if (a.type.is_floating()) {
    SqlValue v = real_arithmetic(node.op, a, b, null);
    if (to.is_integer()) return v;
    return rounded(v.real(), to, v.null);
  }
  SqlValue v = integer_arithmetic(node.op, a, b, null);
  return to.is(TypeKind::BigInt) || to.is(TypeKind::IntervalDayTime) ? SqlValue::of(to, v.integer(), v.null) : fit(v.integer(), to, v.null);
}

SqlValue ExprCompiler::integer_arithmetic(ArithmeticOp op, const SqlValue& a, const SqlValue& b, Bool null) {
  auto& build = e.builder();
  switch (op) {
    case ArithmeticOp::Add:
    case ArithmeticOp::Subtract:
    case ArithmeticOp::Multiply:
      return checked_bigint(op, a, b, null);
    case ArithmeticOp::IntegerDivide:
    case ArithmeticOp::Modulo:
      return integer_division(op, a, b, null);
    case ArithmeticOp::BitAnd: return SqlValue::of(a.type, Int(build.CreateAnd(a.raw, b.raw)), null);
    case ArithmeticOp::BitOr: return SqlValue::of(a.type, Int(build.CreateOr(a.raw, b.raw)), null);
    case ArithmeticOp::BitXor: return SqlValue::of(a.type, Int(build.CreateXor(a.raw, b.raw)), null);
    case ArithmeticOp::Divide: break;  // the analyzer casts both sides to DOUBLE
  }
  __builtin_unreachable();
}

SqlValue ExprCompiler::checked_bigint(ArithmeticOp op, const SqlValue& a, const SqlValue& b, Bool null) {
  auto& build = e.builder();
  // The sum, difference and product of two narrower integers fit into 64 bits (products of INT do: 2^62).
  if (!a.type.is(TypeKind::BigInt) && a.type.is_integer()) {
    llvm::Value* v = op == ArithmeticOp::Add        ? build.CreateAdd(a.raw, b.raw)
                     : op == ArithmeticOp::Subtract ? build.CreateSub(a.raw, b.raw)
                                                    : build.CreateMul(a.raw, b.raw);
    return SqlValue::of(a.type, Int(v), null);
  }
  auto intrinsic = op == ArithmeticOp::Add        ? llvm::Intrinsic::sadd_with_overflow
                   : op == ArithmeticOp::Subtract ? llvm::Intrinsic::ssub_with_overflow
                                                  : llvm::Intrinsic::smul_with_overflow;
  llvm::Value* pair = build.CreateBinaryIntrinsic(intrinsic, a.raw, b.raw);
  Bool overflow(build.CreateExtractValue(pair, 1));
  return SqlValue::of(a.type, Int(build.CreateExtractValue(pair, 0)), sql::either_null(e, null, overflow));
}

SqlValue ExprCompiler::integer_division(ArithmeticOp op, const SqlValue& a, const SqlValue& b, Bool null) {
  Bool by_zero = e.eq(b.integer(), e.int_(0));
  Bool by_minus_one = e.eq(b.integer(), e.int_(-1));
  // Machine division traps on x / 0 and on INT64_MIN / -1, and the operands of a NULL are anything.
  Int divisor = e.select(e.or_(by_zero, by_minus_one), e.int_(1), b.integer());
  Bool nothing = sql::either_null(e, null, by_zero);
  if (op == ArithmeticOp::Modulo) {
    Int v = e.select(by_minus_one, e.int_(0), e.srem(a.integer(), divisor));
    return SqlValue::of(a.type, v, nothing);
  }
  Int v = e.select(by_minus_one, e.sub(e.int_(0), a.integer()), e.sdiv(a.integer(), divisor));
  Bool overflow = e.and_(by_minus_one, e.eq(a.integer(), e.int_(INT64_MIN)));
  return SqlValue::of(a.type, v, e.or_(nothing, overflow));
}

SqlValue ExprCompiler::real_arithmetic(ArithmeticOp op, const SqlValue& a, const SqlValue& b, Bool null) {
  auto& build = e.builder();
  SqlType real(TypeKind::Double);
  switch (op) {
    case ArithmeticOp::Add: return SqlValue::of(real, Real(build.CreateFAdd(a.raw, b.raw)), null);
    case ArithmeticOp::Subtract: return SqlValue::of(real, Real(build.CreateFSub(a.raw, b.raw)), null);
    case ArithmeticOp::Multiply: return SqlValue::of(real, Real(build.CreateFMul(a.raw, b.raw)), null);
    case ArithmeticOp::Divide: {
      Bool by_zero(build.CreateFCmpOEQ(b.raw, e.real(0).raw));
      return SqlValue::of(real, Real(build.CreateFDiv(a.raw, b.raw)), sql::either_null(e, null, by_zero));
    }
    case ArithmeticOp::Modulo: {
      ir::Slot<double> out = e.slot<double>("mod");
      Bool valid = e.call<&abi::mr_mod_double>(a.real(), b.real(), out.pointer());
      return SqlValue::of(real, e.get(out), sql::either_null(e, null, e.not_(valid)));
    }
    case ArithmeticOp::IntegerDivide: {
      ir::Slot<int64_t> out = e.slot<int64_t>("div");
      Bool valid = e.call<&abi::mr_div_double_to_int>(a.real(), b.real(), out.pointer());
      return SqlValue::of(SqlType(TypeKind::BigInt), e.get(out), sql::either_null(e, null, e.not_(valid)));
    }
    default: break;  // bit operations take integers
  }
  __builtin_unreachable();
}

SqlValue ExprCompiler::operator()(const expr::Negate& node) {
  SqlType to = type();
  SqlValue v = compile(*node.operand);
  if (v.type.is_floating()) return SqlValue::of(to, Real(e.builder().CreateFNeg(v.raw)), v.null);
  if (v.type.is(TypeKind::Decimal)) return SqlValue::of(to, ir::Wide(e.builder().CreateNeg(v.raw)), v.null);
  const bool months = to.is(TypeKind::IntervalYearMonth);
  IntegerRange range = integer_range(to.is_integer() ? to.kind : months ? TypeKind::Int : TypeKind::BigInt);
  Bool overflow = e.eq(v.integer(), e.int_(range.min));
  return SqlValue::of(to, e.sub(e.int_(0), v.integer()), sql::either_null(e, v.null, overflow));
}

SqlValue ExprCompiler::operator()(const expr::BitNot& node) {
  SqlValue v = compile(*node.operand);
  return SqlValue::of(v.type, Int(e.builder().CreateNot(v.raw)), v.null);
}

}  // namespace millrace
