#pragma once

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include "compiler/expr/expr.h"

/// Short spellings of bound expressions for tests.
namespace millrace::test {

using expr::ExprPtr;

inline ExprPtr col(uint32_t index, SqlType type, std::string name = {}) {
  if (name.empty()) name = "c" + std::to_string(index);
  return expr::column(index, std::move(name), std::move(type), true);
}
inline ExprPtr int_col(uint32_t index, std::string name = {}) { return col(index, TypeKind::BigInt, std::move(name)); }
inline ExprPtr double_col(uint32_t index, std::string name = {}) { return col(index, TypeKind::Double, std::move(name)); }
inline ExprPtr string_col(uint32_t index, std::string name = {}) { return col(index, TypeKind::String, std::move(name)); }
inline ExprPtr bool_col(uint32_t index, std::string name = {}) { return col(index, TypeKind::Boolean, std::move(name)); }

template <std::integral T>
ExprPtr lit(T value, SqlType type = TypeKind::BigInt) {
  return expr::make(expr::Literal{static_cast<int64_t>(value)}, std::move(type), false);
}
inline ExprPtr lit(double value) { return expr::make(expr::Literal{value}, TypeKind::Double, false); }
inline ExprPtr lit(const char* value) { return expr::make(expr::Literal{std::string(value)}, TypeKind::String, false); }
inline ExprPtr boolean(bool value) { return expr::make(expr::Literal{value}, TypeKind::Boolean, false); }
inline ExprPtr null_of(SqlType type) { return expr::make(expr::Literal{}, std::move(type), true); }

template <class... Parts>
std::vector<ExprPtr> list(Parts... parts) {
  std::vector<ExprPtr> out;
  (out.push_back(std::move(parts)), ...);
  return out;
}

inline ExprPtr arithmetic(ExprPtr left, expr::ArithmeticOp op, ExprPtr right) {
  SqlType type = left->type;
  return expr::make(expr::Arithmetic{op, std::move(left), std::move(right)}, std::move(type), true);
}
inline ExprPtr add(ExprPtr left, ExprPtr right) {
  return arithmetic(std::move(left), expr::ArithmeticOp::Add, std::move(right));
}
inline ExprPtr compare(ExprPtr left, expr::ComparisonOp op, ExprPtr right) {
  return expr::make(expr::Comparison{op, std::move(left), std::move(right)}, TypeKind::Boolean, true);
}
inline ExprPtr eq(ExprPtr left, ExprPtr right) {
  return compare(std::move(left), expr::ComparisonOp::Equal, std::move(right));
}
inline ExprPtr gt(ExprPtr left, ExprPtr right) {
  return compare(std::move(left), expr::ComparisonOp::Greater, std::move(right));
}
template <class... Parts>
ExprPtr and_(Parts... parts) {
  return expr::make(expr::Logic{expr::LogicOp::And, list(std::move(parts)...)}, TypeKind::Boolean, true);
}
template <class... Parts>
ExprPtr or_(Parts... parts) {
  return expr::make(expr::Logic{expr::LogicOp::Or, list(std::move(parts)...)}, TypeKind::Boolean, true);
}
inline ExprPtr not_(ExprPtr operand) { return expr::make(expr::Not{std::move(operand)}, TypeKind::Boolean, true); }
inline ExprPtr is_null(ExprPtr operand) { return expr::make(expr::IsNull{std::move(operand), false}, TypeKind::Boolean, false); }
inline ExprPtr is_not_null(ExprPtr operand) {
  return expr::make(expr::IsNull{std::move(operand), true}, TypeKind::Boolean, false);
}
inline ExprPtr cast(ExprPtr operand, SqlType to) { return expr::make(expr::Cast{std::move(operand)}, std::move(to), true); }
inline ExprPtr like(ExprPtr operand, std::string pattern) {
  return expr::make(expr::Like{.operand = std::move(operand), .pattern = std::move(pattern)}, TypeKind::Boolean, true);
}
template <class... Parts>
ExprPtr call(const ScalarFunction& function, SqlType type, Parts... arguments) {
  return expr::make(expr::Call{&function, list(std::move(arguments)...)}, std::move(type), true);
}

}  // namespace millrace::test
