#include "compiler/codegen/expr/expr_compiler.h"
#include "compiler/codegen/nested_access.h"
#include "compiler/functions/type_code.h"

namespace millrace {

using ir::Bool;
using ir::Int;
using ir::Real;

llvm::Value* ExprCompiler::argument(const SqlValue& v) {
  if (v.type.is(TypeKind::Struct)) return argument(sql::as_run(e, context_, v));
  if (v.type.is(TypeKind::Decimal)) return sql::as_operand(e, v);
  if (!v.is_bytes()) {  // what stands behind a NULL flag may be undefined: functions see 0 instead
    return v.may_be_null() ? e.builder().CreateSelect(v.null.raw, llvm::Constant::getNullValue(v.raw->getType()), v.raw) : v.raw;
  }
  SqlValue present = v;
  present.null = {};  // a strict function's result is NULL anyhow; a NULL's bytes are safe to read
  return sql::as_string_ref(e, present).raw;
}

SqlValue ExprCompiler::call_form(const NativeFunction& native, ResultForm form, std::vector<llvm::Value*> arguments,
                                 const SqlType& to, Bool null) {
  bool bytes = to.is_nested() || to.is_bytes();
  if (form == ResultForm::Value) {
    SqlValue v = sql::zero_of(e, to);
    v.raw = e.call_native(native, arguments);
    v.null = null;
    return v;
  }
  if (bytes) {
    ir::Slot<abi::StringRef> out = e.slot<abi::StringRef>("out");
    arguments.push_back(out.address);
    llvm::Value* valid = e.call_native(native, arguments);
    if (form == ResultForm::Nullable) null = sql::either_null(e, null, e.not_(Bool(valid)));
    return sql::from_run_ref(e, to, out.pointer(), null);
  }
  SqlValue v = sql::zero_of(e, to);
  auto call_into = [&](auto slot) {
    arguments.push_back(slot.address);
    llvm::Value* valid = e.call_native(native, arguments);
    v.raw = e.get(slot).raw;
    v.null = form == ResultForm::Nullable ? sql::either_null(e, null, e.not_(Bool(valid))) : null;
  };
  if (to.is(TypeKind::Decimal)) call_into(e.slot<abi::Decimal>("out"));
  else if (to.is_floating()) call_into(e.slot<double>("out"));
  else if (to.is(TypeKind::Boolean)) call_into(e.slot<bool>("out"));
  else call_into(e.slot<int64_t>("out"));
  return v;
}

SqlValue ExprCompiler::call_packed(const expr::Call& node) {
  const SqlType to = type();
  std::vector<SqlValue> values;
  std::string codes;
  for (const auto& operand : node.arguments) {
    values.push_back(compile(*operand));
    codes += type_code(operand->type);
  }
  codes += type_code(to);
  ir::Slot<abi::NestedItem> out = e.slot<abi::NestedItem>("item");
  auto items = sql::items_of(e, context_, values);
  llvm::Value* count = e.int_(static_cast<int64_t>(values.size())).raw;
  Bool valid(e.call_native(node.function->native, {context_.raw, e.bytes(codes).raw, items.raw, count, out.address}));
  return sql::from_item(e, to, out.pointer(), e.not_(valid));
}

SqlValue ExprCompiler::operator()(const expr::Call& node) {
  if (node.function->rule) return call_packed(node);
  SqlType to = type();
  const ScalarFunction& function = *node.function;
  std::vector<llvm::Value*> arguments;
  std::vector<SqlValue> values;
  Bool null;
  if (function.takes_context) arguments.push_back(context_.raw);
  for (const auto& operand : node.arguments) values.push_back(compile(*operand));
  size_t strict = function.parameters.size();
  for (size_t i = 0; i < strict; ++i) {
    null = sql::either_null(e, null, values[i].null);
    arguments.push_back(argument(values[i]));
  }
  if (function.variadic_strings) {  // NULLs among them reach the function
    size_t count = values.size() - strict;
    auto* type = llvm::ArrayType::get(e.builder().getInt8Ty(), sizeof(abi::StringRef) * (count ? count : 1));
    ir::Pointer<char> tail(e.stack_slot(type, "tail"));
    for (size_t i = 0; i < count; ++i) {
      const SqlValue& v = values[strict + i];
      ir::Bytes data = v.may_be_null() ? e.select(v.null, e.null<const char>(), v.text()) : v.text();
      int64_t at = static_cast<int64_t>(i * sizeof(abi::StringRef));
      e.store_at(tail, at, data);
      e.store_at(tail, at + 8, v.size());
    }
    arguments.push_back(tail.raw);
    arguments.push_back(e.int_(static_cast<int64_t>(count)).raw);
  }
  return call_form(function.native, function.form, std::move(arguments), to, null);
}

}  // namespace millrace
