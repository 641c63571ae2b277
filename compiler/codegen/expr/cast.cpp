#include "compiler/base/sql_error.h"
#include "compiler/codegen/expr/expr_compiler.h"
#include "compiler/codegen/nested_access.h"
#include "compiler/functions/cast_functions.h"
#include "runtime/abi/calls/nested.h"

namespace millrace {

using ir::Bool;
using ir::Int;
using ir::Real;

namespace {

bool is_plain_number(const SqlType& t) { return t.is_integer() || t.is_floating() || t.is(TypeKind::Boolean); }

}  // namespace

SqlValue ExprCompiler::operator()(const expr::Cast& node) {
  SqlType to = type();
  SourceSpan span = current_->span;
  SqlValue v = compile(*node.operand);
  if (v.type == to) return v;
  if (v.type.is(TypeKind::Null)) return sql::null_of(e, to);
  if (v.type.is_nested()) return cast_nested(v, to);
  bool same_bytes = (to.is(TypeKind::Binary) && v.type.is(TypeKind::String)) ||
                    (to.is(TypeKind::String) && v.type.is(TypeKind::Binary));
  if (same_bytes) {
    v.type = to;
    return v;
  }
  if (v.type.is_interval() && v.type.kind == to.kind && to.interval_last() >= v.type.interval_last()) {
    v.type = to;
    return v;
  }
  if (to.is(TypeKind::Decimal)) {
    if (std::optional<SqlValue> widened = widen_to_decimal(v, to)) return *widened;
  }
  bool plain = is_plain_number(v.type) && is_plain_number(to) && !(v.type.is_floating() && to.is_integer());
  return plain ? cast_number(v, to) : cast_by_function(v, to, span);
}

namespace {

/// Whether values of two types have the same form, so that a cast only changes the name of their type.
bool has_form_of(const SqlType& from, const SqlType& to) {
  if (from.is_integer() && to.is_integer()) return from.kind <= to.kind;
  if (from.is(TypeKind::Decimal) && to.is(TypeKind::Decimal)) return from.scale == to.scale && from.precision <= to.precision;
  if (from.kind != to.kind || from.fields.size() != to.fields.size()) return false;
  for (size_t i = 0; i < from.fields.size(); ++i) {
    if (!has_form_of(from.fields[i].type, to.fields[i].type)) return false;
  }
  return true;
}

SqlValue renamed(SqlValue v, const SqlType& to) {
  for (size_t i = 0; i < v.fields.size(); ++i) v.fields[i] = renamed(std::move(v.fields[i]), to.fields[i].type);
  v.type = to;
  return v;
}

}  // namespace

SqlValue ExprCompiler::cast_nested(const SqlValue& v, const SqlType& to) {
  if (has_form_of(v.type, to)) return renamed(v, to);
  SqlValue run = sql::as_run(e, context_, v);
  ir::Slot<abi::StringRef> out = e.slot<abi::StringRef>("cast");
  ir::Pointer<const abi::StringRef> value(argument(run));
  ir::Pointer<const char> code = sql::code_of(e, v.type);
  Bool made = to.is(TypeKind::String)
                  ? e.call<&abi::mr_nested_to_string>(context_, value, code, out.pointer())
                  : e.call<&abi::mr_nested_cast>(context_, value, code, sql::code_of(e, to), out.pointer());
  Bool null = sql::either_null(e, run.null, e.not_(made));
  return sql::from_run_ref(e, to, out.pointer(), null);
}

SqlValue ExprCompiler::cast_number(const SqlValue& v, const SqlType& to) {
  auto& build = e.builder();
  if (to.is(TypeKind::Boolean)) {
    Bool nonzero = v.type.is_floating() ? Bool(build.CreateFCmpUNE(v.raw, e.real(0).raw)) : e.ne(v.integer(), e.int_(0));
    return SqlValue::of(nonzero, v.null);
  }
  if (v.type.is(TypeKind::Boolean)) {
    Int number(build.CreateZExt(v.raw, build.getInt64Ty()));
    if (to.is_integer()) return SqlValue::of(to, number, v.null);
    return SqlValue::of(to, Real(build.CreateSIToFP(number.raw, build.getDoubleTy())), v.null);
  }
  if (v.type.is_floating()) return rounded(v.real(), to, v.null);
  if (to.is_floating()) return rounded(Real(build.CreateSIToFP(v.raw, build.getDoubleTy())), to, v.null);
  if (to.kind > v.type.kind) return SqlValue::of(to, v.integer(), v.null);  // a wider integer
  return fit(v.integer(), to, v.null);
}

SqlValue ExprCompiler::cast_by_function(const SqlValue& v, const SqlType& to, SourceSpan span) {
  const std::optional<NativeCast> cast = find_cast(v.type, to);
  if (!cast) throw not_supported_yet(span, "a cast from " + to_string(v.type) + " to " + to_string(to));
  std::vector<llvm::Value*> arguments;
  if (cast->takes_context) arguments.push_back(context_.raw);
  arguments.push_back(argument(v));
  for (int64_t parameter : cast->parameters) arguments.push_back(e.int_(parameter).raw);
  return call_form(cast->native, cast->form, std::move(arguments), to, v.null);
}

}  // namespace millrace
