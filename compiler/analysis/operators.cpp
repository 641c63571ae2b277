#include "compiler/analysis/operators.h"

#include <algorithm>

#include "compiler/analysis/calendar_interval.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/function_catalog.h"
#include "compiler/analysis/decimal_calls.h"
#include "compiler/types/coercion.h"
#include "compiler/types/decimal_rules.h"

namespace millrace {

using expr::ArithmeticOp;

namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;

std::string symbol(ArithmeticOp op) {
  switch (op) {
    case ArithmeticOp::Add:
      return "+";
    case ArithmeticOp::Subtract:
      return "-";
    case ArithmeticOp::Multiply:
      return "*";
    case ArithmeticOp::Divide:
      return "/";
    case ArithmeticOp::IntegerDivide:
      return "div";
    case ArithmeticOp::Modulo:
      return "%";
    case ArithmeticOp::BitAnd:
      return "&";
    case ArithmeticOp::BitOr:
      return "|";
    case ArithmeticOp::BitXor:
      return "^";
  }
  return "?";
}

bool is_bitwise(ArithmeticOp op) { return op >= ArithmeticOp::BitAnd; }

bool is_time(const SqlType& type) { return type.is(TypeKind::Timestamp) || type.is(TypeKind::Date); }

[[noreturn]] void throw_operands(ArithmeticOp op, const SqlType& left, const SqlType& right, SourceSpan span) {
  throw SqlError(span, "no operator '" + symbol(op) + "' for " + to_string(left) + " and " + to_string(right));
}

/// Between dates an INTERVAL DAY, else one DAY TO SECOND.
ExprPtr time_difference(ExprPtr left, ExprPtr right, SourceSpan span) {
  const bool dates = left->type.is(TypeKind::Date) && right->type.is(TypeKind::Date);
  std::vector<ExprPtr> arguments;
  for (ExprPtr* side : {&left, &right}) arguments.push_back(dates ? std::move(*side) : coerce(std::move(*side), TypeKind::Timestamp));
  ExprPtr difference = make_call(dates ? "__date_difference" : "__timestamp_difference", std::move(arguments), span);
  if (dates) difference->type = SqlType::interval(TypeKind::IntervalDayTime, 0, 0);
  return difference;
}

/// INTERVALs of one kind, and products and quotients of one with a number; nullptr for all else.
ExprPtr interval_arithmetic(ArithmeticOp op, ExprPtr& left, ExprPtr& right, SourceSpan span) {
  const bool adds = op == ArithmeticOp::Add || op == ArithmeticOp::Subtract;
  if (is_calendar_interval(left->type) || is_calendar_interval(right->type)) {
    if (left->type == right->type && adds) return add_calendar_intervals(std::move(left), std::move(right), op == ArithmeticOp::Subtract, span);
    if (!adds && (left->type.is_numeric() || right->type.is_numeric())) throw not_supported_yet(span, "multiples of INTERVALs of months and days");
    throw_operands(op, left->type, right->type, span);
  }
  if (!left->type.is_interval() && !right->type.is_interval()) return nullptr;
  if (adds && (left->type.kind == right->type.kind || is_null_literal(*left) || is_null_literal(*right))) {
    const SqlType type = *common_type(left->type, right->type);
    left = coerce(std::move(left), type);
    right = coerce(std::move(right), type);
    return make_inferred(expr::Arithmetic{op, std::move(left), std::move(right)}, type, span);
  }
  if (op == ArithmeticOp::Multiply && right->type.is_interval()) std::swap(left, right);
  const SqlType& number = right->type;
  const bool usable = left->type.is_interval() && (number.is_numeric() || number.is(TypeKind::String) || number.is(TypeKind::Null));
  if (!usable || (op != ArithmeticOp::Multiply && op != ArithmeticOp::Divide)) throw_operands(op, left->type, right->type, span);
  const SqlType type = left->type.kind;
  std::vector<ExprPtr> arguments;
  arguments.push_back(coerce(std::move(left), type));
  arguments.push_back(number.is_integer() ? std::move(right) : coerce(std::move(right), TypeKind::Double));
  return make_call(op == ArithmeticOp::Multiply ? "__interval_multiply" : "__interval_divide", std::move(arguments), span);
}

/// An operand of DECIMAL arithmetic. An integer literal has as many digits as it is written with.
ExprPtr decimal_operand(ExprPtr e, const SqlType& other) {
  if (e->type.is(TypeKind::Decimal)) return e;
  if (is_null_literal(*e)) return coerce(std::move(e), other);
  const auto* literal = std::get_if<expr::Literal>(&e->node);
  const auto* value = literal ? std::get_if<int64_t>(&literal->value) : nullptr;
  const bool written = value && (e->type.is(TypeKind::Int) || e->type.is(TypeKind::BigInt));
  const SqlType type = written ? decimal_rules::for_integer_value(*value) : *decimal_rules::for_number(e->type);
  return coerce(std::move(e), type);
}

SqlType decimal_result(ArithmeticOp op, const SqlType& a, const SqlType& b) {
  switch (op) {
    case ArithmeticOp::Add:
    case ArithmeticOp::Subtract: return decimal_rules::sum(a, b);
    case ArithmeticOp::Multiply: return decimal_rules::product(a, b);
    case ArithmeticOp::Divide: return decimal_rules::quotient(a, b);
    case ArithmeticOp::Modulo: return decimal_rules::remainder(a, b);
    default: return TypeKind::BigInt;
  }
}

/// One side is DECIMAL, the other too or an integer; nullptr otherwise: beside a DOUBLE or a STRING a DECIMAL is a DOUBLE.
ExprPtr decimal_arithmetic(ArithmeticOp op, ExprPtr& left, ExprPtr& right, SourceSpan span) {
  const auto exact = [](const expr::Expr& e) { return e.type.is_integer() || e.type.is(TypeKind::Decimal) || is_null_literal(e); };
  const bool decimal = left->type.is(TypeKind::Decimal) || right->type.is(TypeKind::Decimal);
  if (!decimal || !exact(*left) || !exact(*right)) return nullptr;
  if (is_bitwise(op)) throw_operands(op, left->type, right->type, span);
  const SqlType left_type = left->type;
  left = decimal_operand(std::move(left), right->type);
  right = decimal_operand(std::move(right), left_type);
  SqlType type = decimal_result(op, left->type, right->type);
  return make_inferred(expr::Arithmetic{op, std::move(left), std::move(right)}, std::move(type), span);
}

/// Dates and times have arithmetic of their own; nullptr when the operands are neither.
ExprPtr time_arithmetic(ArithmeticOp op, ExprPtr& left, ExprPtr& right, SourceSpan span) {
  const bool add = op == ArithmeticOp::Add;
  if (!add && op != ArithmeticOp::Subtract) return nullptr;
  const auto shiftable = [](const expr::Expr& e) {
    return is_time(e.type) || e.type.is(TypeKind::String) || is_null_literal(e);
  };
  if (is_calendar_interval(right->type) && shiftable(*left)) return shift_by_calendar_interval(std::move(left), std::move(right), !add, span);
  if (add && is_calendar_interval(left->type) && shiftable(*right)) return shift_by_calendar_interval(std::move(right), std::move(left), false, span);
  if (right->type.is_interval() && shiftable(*left)) return make_time_shift(std::move(left), std::move(right), !add, span);
  if (add && left->type.is_interval() && shiftable(*right))
    return make_time_shift(std::move(right), std::move(left), false, span);
  if (add && left->type.is_integer() && right->type.is(TypeKind::Date)) std::swap(left, right);
  if (left->type.is(TypeKind::Date) && right->type.is_integer()) {
    std::vector<ExprPtr> arguments;
    arguments.push_back(std::move(left));
    arguments.push_back(std::move(right));
    return make_call(add ? "date_add" : "date_sub", std::move(arguments), span);
  }
  if (add && (left->type.is(TypeKind::Date) || right->type.is(TypeKind::Date)) && (is_null_literal(*left) || is_null_literal(*right))) {
    return make_null(TypeKind::Date, span);
  }
  if (add) return nullptr;
  // Spark reads a string as a date where a date is taken from it, not the other way round.
  if (left->type.is(TypeKind::String) && is_time(right->type)) left = coerce(std::move(left), right->type);
  if (left->type.is(TypeKind::Timestamp) && right->type.is(TypeKind::String)) right = coerce(std::move(right), left->type);
  if (is_null_literal(*left) && is_time(right->type)) left = coerce(std::move(left), right->type);
  if (is_null_literal(*right) && is_time(left->type)) right = coerce(std::move(right), left->type);
  if (is_time(left->type) && is_time(right->type)) return time_difference(std::move(left), std::move(right), span);
  return nullptr;
}

/// The type in which `op` computes; strings compute as DOUBLE, as in Spark.
SqlType arithmetic_type(ArithmeticOp op, const SqlType& left, const SqlType& right, SourceSpan span) {
  const auto operand = [&](const SqlType& type) {
    return type.is(TypeKind::String) && !is_bitwise(op) ? SqlType(TypeKind::Double) : type;
  };
  const SqlType a = operand(left), b = operand(right);
  const bool usable = (a.is_numeric() || a.is(TypeKind::Null)) && (b.is_numeric() || b.is(TypeKind::Null));
  if (!usable) throw_operands(op, left, right, span);
  if (a.is(TypeKind::Null) && b.is(TypeKind::Null)) return op == ArithmeticOp::Divide ? TypeKind::Double : TypeKind::Int;
  const SqlType common = *common_type(a, b);
  if (is_bitwise(op) && !common.is_integer()) throw_operands(op, left, right, span);
  if (op == ArithmeticOp::Divide) return TypeKind::Double;
  if (op == ArithmeticOp::IntegerDivide) {
    if (!common.is_integer()) throw_operands(op, left, right, span);
    return TypeKind::BigInt;
  }
  return common;
}

}  // namespace

ExprPtr make_arithmetic(ArithmeticOp op, ExprPtr left, ExprPtr right, SourceSpan span) {
  if (ExprPtr shifted = time_arithmetic(op, left, right, span)) return shifted;
  if (ExprPtr made = interval_arithmetic(op, left, right, span)) return made;
  if (ExprPtr made = decimal_arithmetic(op, left, right, span)) return made;
  const SqlType type = arithmetic_type(op, left->type, right->type, span);
  left = coerce(std::move(left), type);
  right = coerce(std::move(right), type);
  return make_inferred(expr::Arithmetic{op, std::move(left), std::move(right)}, type, span);
}

ExprPtr make_negate(ExprPtr operand, SourceSpan span) {
  if (auto* literal = std::get_if<expr::Literal>(&operand->node)) {
    if (is_decimal_literal(*operand)) {
      auto& value = std::get<abi::Decimal>(literal->value);
      value = abi::decimal_of(-abi::wide_of(value));
      operand->span = span;
      return operand;
    }
    if (auto* number = std::get_if<double>(&literal->value)) {
      *number = -*number;
      operand->span = span;
      return operand;
    }
  }
  if (is_calendar_interval(operand->type)) return negate_calendar_interval(std::move(operand), span);
  if (operand->type.is(TypeKind::String)) operand = coerce(std::move(operand), TypeKind::Double);
  if (is_null_literal(*operand)) operand = coerce(std::move(operand), TypeKind::Int);
  if (!operand->type.is_numeric() && !operand->type.is_interval()) {
    throw SqlError(span, "no operator '-' for " + to_string(operand->type));
  }
  const SqlType type = operand->type;
  return make_inferred(expr::Negate{std::move(operand)}, type, span);
}

ExprPtr make_bit_not(ExprPtr operand, SourceSpan span) {
  if (is_null_literal(*operand)) operand = coerce(std::move(operand), TypeKind::Int);
  if (!operand->type.is_integer()) throw SqlError(span, "no operator '~' for " + to_string(operand->type));
  const SqlType type = operand->type;
  return make_inferred(expr::BitNot{std::move(operand)}, type, span);
}

ExprPtr make_logic(expr::LogicOp op, std::vector<ExprPtr> operands, SourceSpan span) {
  // A chain of one operator is one node: `a AND b AND c` has three operands.
  std::vector<ExprPtr> flat;
  for (ExprPtr& operand : operands) {
    auto* inner = std::get_if<expr::Logic>(&operand->node);
    if (!inner || inner->op != op) {
      flat.push_back(std::move(operand));
      continue;
    }
    for (ExprPtr& part : inner->operands) flat.push_back(std::move(part));
  }
  if (flat.size() == 1) return std::move(flat.front());
  return make_inferred(expr::Logic{op, std::move(flat)}, TypeKind::Boolean, span);
}

ExprPtr make_not(ExprPtr operand, SourceSpan span) {
  return make_inferred(expr::Not{to_boolean(std::move(operand), "the operand of NOT")}, TypeKind::Boolean, span);
}

ExprPtr make_is_null(ExprPtr operand, bool negated, SourceSpan span) {
    return make_inferred(expr::IsNull{std::move(operand), negated}, TypeKind::Boolean, span);
}

ExprPtr make_is_missing(ExprPtr operand, bool negated, SourceSpan span) {
  const bool nan_too = operand->type.is_floating();
  return make_inferred(expr::IsNull{std::move(operand), negated, nan_too}, TypeKind::Boolean, span);
}

ExprPtr make_case(std::vector<std::pair<ExprPtr, ExprPtr>> branches, ExprPtr otherwise, SourceSpan span) {
  if (!otherwise) otherwise = make_null(TypeKind::Null, span);
  std::vector<ExprPtr*> results;
  for (auto& [condition, result] : branches) results.push_back(&result);
  results.push_back(&otherwise);
  const SqlType type = unify(results, "the branches of CASE", span);
  return make_inferred(expr::Case{std::move(branches), std::move(otherwise)}, type, span);
}

ExprPtr make_coalesce(std::vector<ExprPtr> operands, SourceSpan span) {
  std::vector<ExprPtr*> all;
  for (ExprPtr& operand : operands) all.push_back(&operand);
  const SqlType type = unify(all, "the arguments", span);
  if (operands.size() == 1) return std::move(operands.front());
  return make_inferred(expr::Coalesce{std::move(operands)}, type, span);
}

ExprPtr make_struct(std::vector<ExprPtr> fields, std::vector<std::string> names, SourceSpan span) {
  std::vector<StructField> types;
  for (size_t i = 0; i < fields.size(); ++i) {
    types.push_back({names[i], fields[i]->type, fields[i]->nullable});
  }
  return make_inferred(expr::MakeStruct{std::move(fields)}, SqlType::structure(std::move(types)), span);
}

ExprPtr make_get_field(ExprPtr operand, uint32_t index, SourceSpan span) {
  if (auto* made = std::get_if<expr::MakeStruct>(&operand->node)) {
    ExprPtr field = std::move(made->fields[index]);
    field->span = span;
    return field;
  }
  SqlType type = operand->type.fields[index].type;
  return make_inferred(expr::GetField{std::move(operand), index}, std::move(type), span);
}

ExprPtr make_call(const std::string& name, std::vector<ExprPtr> arguments, SourceSpan span) {
  if (ExprPtr made = make_decimal_call(name, arguments, span)) return made;
  std::vector<SqlType> types;
  for (const ExprPtr& argument : arguments) types.push_back(argument->type);
  const BindResult<ScalarFunction> bound = bind_scalar(name, types);
  if (bound.failure == BindFailure::UnknownName) {
    const bool near = bound.hint.starts_with("did you mean");
    throw SqlError(span, "unknown function '" + name + "'" + (near ? " — " + bound.hint : ""), near ? "" : bound.hint);
  }
  if (bound.failure == BindFailure::WrongArgumentCount) {
    throw SqlError(span, "function '" + name + "' does not take " + counted(types.size(), "argument"), bound.hint);
  }
  if (bound.failure == BindFailure::WrongArgumentTypes) {
    std::string list;
    for (const SqlType& type : types) list += (list.empty() ? "" : ", ") + to_string(type);
    throw SqlError(span, "function '" + name + "' does not take (" + list + ")", bound.hint);
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    arguments[i] = coerce(std::move(arguments[i]), bound.overload.argument_types[i]);
  }
  SqlType result = bound.overload.result;
  return make_inferred(expr::Call{bound.overload.function, std::move(arguments)}, result, span);
}

ExprPtr make_time_shift(ExprPtr time, ExprPtr interval, bool subtract, SourceSpan span) {
  if (!is_time(time->type)) time = coerce(std::move(time), TypeKind::Timestamp);
  auto* literal = std::get_if<expr::Literal>(&interval->node);
  int64_t* const amount = literal ? std::get_if<int64_t>(&literal->value) : nullptr;
  if (subtract && amount) *amount = -*amount;
  if (subtract && !amount) interval = make_negate(std::move(interval), span);
  const bool date = time->type.is(TypeKind::Date);
  const bool whole_days = interval->type.interval_last() == 0;
  std::string function = "__timestamp_add_micros";
  if (interval->type.is(TypeKind::IntervalYearMonth)) {
    function = date ? "__date_add_months" : "__timestamp_add_months";
  } else if (date && whole_days && amount) {
    function = "date_add";
    interval = make_integer(*amount / kMicrosPerDay, TypeKind::Int, interval->span);
  } else if (date && whole_days) {
    function = "date_add";
    interval = coerce(std::move(interval), TypeKind::Int);
  } else if (date) {
    time = coerce(std::move(time), TypeKind::Timestamp);
  }
  std::vector<ExprPtr> arguments;
  arguments.push_back(std::move(time));
  arguments.push_back(std::move(interval));
  return make_call(function, std::move(arguments), span);
}

}  // namespace millrace
