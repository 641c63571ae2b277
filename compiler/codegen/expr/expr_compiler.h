#pragma once

#include <map>
#include <optional>

#include "compiler/codegen/row.h"
#include "compiler/codegen/sql_value.h"
#include "compiler/expr/expr.h"
#include "runtime/abi/context.h"

namespace millrace {

/// Translates expressions over a row into code at the emitter's current place. One visitor; its cases lie in arithmetic.cpp, comparison.cpp,
/// logic.cpp, decimal.cpp, cast.cpp and call.cpp. Throws SqlError (not supported yet) for what cannot be generated.
class ExprCompiler {
 public:
  ExprCompiler(ir::Emitter& emitter, ir::Pointer<abi::PipelineContext> context, Row& row)
      : e(emitter), context_(context), row_(row) {}

  SqlValue compile(const expr::Expr& expression);

  SqlValue operator()(const expr::ColumnRef& node);
  SqlValue operator()(const expr::Literal& node);
  SqlValue operator()(const expr::Arithmetic& node);
  SqlValue operator()(const expr::Negate& node);
  SqlValue operator()(const expr::BitNot& node);
  SqlValue operator()(const expr::Comparison& node);
  SqlValue operator()(const expr::Logic& node);
  SqlValue operator()(const expr::Not& node);
  SqlValue operator()(const expr::IsNull& node);
  SqlValue operator()(const expr::Case& node);
  SqlValue operator()(const expr::Coalesce& node);
  SqlValue operator()(const expr::Extreme& node);
  SqlValue operator()(const expr::InList& node);
  SqlValue operator()(const expr::Like& node);
  SqlValue operator()(const expr::Cast& node);
  SqlValue operator()(const expr::Call& node);
  SqlValue operator()(const expr::MakeStruct& node);
  SqlValue operator()(const expr::GetField& node);
  SqlValue operator()(const expr::MakeCollection& node);
  SqlValue operator()(const expr::GetElement& node);
  SqlValue operator()(const expr::LambdaParameter& node);
  SqlValue operator()(const expr::OuterColumn& node);
  SqlValue operator()(const expr::OverElements& node);

 private:
  const SqlType& type() const { return current_->type; }
  /// An integer result; NULL when it does not fit into `to`.
  SqlValue fit(ir::Int v, const SqlType& to, ir::Bool null);
  SqlValue integer_arithmetic(expr::ArithmeticOp op, const SqlValue& a, const SqlValue& b, ir::Bool null);
  SqlValue checked_bigint(expr::ArithmeticOp op, const SqlValue& a, const SqlValue& b, ir::Bool null);
  SqlValue integer_division(expr::ArithmeticOp op, const SqlValue& a, const SqlValue& b, ir::Bool null);
  SqlValue real_arithmetic(expr::ArithmeticOp op, const SqlValue& a, const SqlValue& b, ir::Bool null);
  SqlValue decimal_arithmetic(expr::ArithmeticOp op, const SqlValue& a, const SqlValue& b, const SqlType& to, ir::Bool null);
  SqlValue decimal_call(expr::ArithmeticOp op, const SqlValue& a, const SqlValue& b, const SqlType& to, ir::Bool null);
  /// An integer or DECIMAL as a DECIMAL that holds every value of its type; nullopt where that one does not.
  std::optional<SqlValue> widen_to_decimal(const SqlValue& v, const SqlType& to);
  SqlValue rounded(ir::Real v, const SqlType& to, ir::Bool null);
  ir::Bool compare(expr::ComparisonOp op, const SqlValue& a, const SqlValue& b);
  std::optional<SqlValue> compare_at_a_glance(const expr::Comparison& node);
  SqlValue logic_from(const expr::Logic& node, size_t first);
  SqlValue case_from(const expr::Case& node, size_t branch);
  SqlValue coalesce_from(const expr::Coalesce& node, size_t first);
  SqlValue cast_number(const SqlValue& v, const SqlType& to);
  SqlValue cast_nested(const SqlValue& v, const SqlType& to);
  SqlValue cast_by_function(const SqlValue& v, const SqlType& to, SourceSpan span);
  /// Calls a native function by its result form.
  SqlValue call_form(const NativeFunction& native, ResultForm form, std::vector<llvm::Value*> arguments, const SqlType& to,
                     ir::Bool null);
  friend class ElementsLoop;
  /// Calls a function of any types: arguments and result are abi::NestedItems.
  SqlValue call_packed(const expr::Call& node);
  llvm::Value* argument(const SqlValue& v);

  ir::Emitter& e;
  ir::Pointer<abi::PipelineContext> context_;
  Row& row_;
  const expr::Expr* current_ = nullptr;
  std::map<uint32_t, SqlValue> parameters_;  ///< of the lambdas whose bodies are being compiled
};

}  // namespace millrace
