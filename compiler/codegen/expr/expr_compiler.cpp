#include "compiler/codegen/expr/expr_compiler.h"

#include "compiler/base/sql_error.h"
#include "compiler/codegen/nested_access.h"

namespace millrace {

SqlValue ExprCompiler::compile(const expr::Expr& expression) {
  const expr::Expr* outer = std::exchange(current_, &expression);
  SqlValue v = std::visit(*this, expression.node);
  current_ = outer;
  if (!expression.nullable) v.null = {};
  return v;
}

SqlValue ExprCompiler::operator()(const expr::ColumnRef& node) { return row_.column(node.index); }

SqlValue ExprCompiler::operator()(const expr::Literal& node) {
  const SqlType& to = type();
  if (std::holds_alternative<std::monostate>(node.value)) return sql::null_of(e, to);
  if (const bool* b = std::get_if<bool>(&node.value)) return SqlValue::of(e.bool_(*b));
  if (const int64_t* i = std::get_if<int64_t>(&node.value)) return SqlValue::of(to, e.int_(*i));
  if (const double* d = std::get_if<double>(&node.value)) return SqlValue::of(to, e.real(*d));
  if (const abi::Decimal* d = std::get_if<abi::Decimal>(&node.value)) return SqlValue::of(to, e.wide(*d));
  const std::string& text = std::get<std::string>(node.value);
  return SqlValue::of(to, e.bytes(text), e.int_(static_cast<int64_t>(text.size())));
}

SqlValue ExprCompiler::operator()(const expr::MakeStruct& node) {
  SqlType to = type();
  std::vector<SqlValue> fields;
  for (const auto& field : node.fields) fields.push_back(compile(*field));
  return SqlValue::of_fields(std::move(to), std::move(fields));
}

SqlValue ExprCompiler::operator()(const expr::MakeCollection& node) {
  const SqlType to = type();
  std::vector<SqlValue> elements;
  for (const auto& element : node.elements) elements.push_back(compile(*element));
  return to.is(TypeKind::Map) ? sql::make_map(e, context_, to, elements) : sql::make_array(e, context_, to, elements);
}

SqlValue ExprCompiler::operator()(const expr::GetElement& node) {
  const SqlType to = type();
  SqlValue operand = compile(*node.operand);
  SqlValue index = compile(*node.index);
  if (operand.type.is(TypeKind::Map)) return sql::map_element(e, context_, operand, index);
  SqlValue element = sql::load_element(e, to, operand.text(), index.integer());
  return sql::with_null(e, std::move(element), sql::either_null(e, operand.null, index.null));
}

SqlValue ExprCompiler::operator()(const expr::GetField& node) {
  SqlValue v = compile(*node.operand);
  return sql::with_null(e, v.fields[node.index], v.null);
}

}  // namespace millrace
