#include "compiler/analysis/calendar_interval.h"

#include "compiler/analysis/interval.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"

namespace millrace {

namespace {

using expr::ArithmeticOp;

constexpr uint8_t kCalendarMark = 1;
constexpr int64_t kDayUs = 86'400'000'000;

SqlType calendar_interval_type() {
  SqlType type = SqlType::structure({{"months", TypeKind::Int, true}, {"days", TypeKind::Int, true}, {"microseconds", TypeKind::BigInt, true}});
  type.precision = kCalendarMark;
  return type;
}

ExprPtr part_of(const expr::Expr& interval, uint32_t index) { return make_get_field(expr::clone(interval), index, interval.span); }

ExprPtr times(ExprPtr number, int64_t factor, const SqlType& type, SourceSpan span) {
  return make_arithmetic(ArithmeticOp::Multiply, coerce(std::move(number), type), make_integer(factor, type, span), span);
}

ExprPtr plus(ExprPtr a, ExprPtr b, SourceSpan span) { return make_arithmetic(ArithmeticOp::Add, std::move(a), std::move(b), span); }

}  // namespace

bool is_calendar_interval(const SqlType& type) { return type.is(TypeKind::Struct) && type.precision == kCalendarMark; }

bool mixes_months_with_days(const ast::Interval& interval) {
  size_t fixed = 0;
  for (const auto& part : interval.parts) fixed += unit_micros(part.unit).has_value() ? 1 : 0;
  return fixed != 0 && fixed != interval.parts.size();
}

ExprPtr make_calendar_interval(ExprPtr months, ExprPtr days, ExprPtr micros, SourceSpan span) {
  std::vector<ExprPtr> fields;
  fields.push_back(coerce(std::move(months), TypeKind::Int));
  fields.push_back(coerce(std::move(days), TypeKind::Int));
  fields.push_back(coerce(std::move(micros), TypeKind::BigInt));
  std::vector<ExprPtr> tests;
  for (const ExprPtr& field : fields) {
    if (field->nullable) tests.push_back(make_is_null(expr::clone(*field), true, span));
  }
  ExprPtr made = expr::make(expr::MakeStruct{std::move(fields)}, calendar_interval_type(), false, span);
  if (tests.empty()) return made;
  ExprPtr all = tests.size() == 1 ? std::move(tests.front()) : make_logic(expr::LogicOp::And, std::move(tests), span);
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  branches.emplace_back(std::move(all), std::move(made));
  return make_case(std::move(branches), nullptr, span);
}

ExprPtr calendar_interval_literal(const ast::Interval& interval, SourceSpan span) {
  ast::Interval months, days, rest;
  for (const auto& part : interval.parts) {
    const auto micros = unit_micros(part.unit);
    (!micros ? months : *micros >= kDayUs && part.value.find('.') == std::string::npos ? days : rest).parts.push_back(part);
  }
  const auto amount = [&](const ast::Interval& parts) { return parts.parts.empty() ? 0 : interval_value(parts, span).amount; };
  return make_calendar_interval(make_integer(amount(months), TypeKind::BigInt, span), make_integer(amount(days) / kDayUs, TypeKind::BigInt, span),
                                make_integer(amount(rest), TypeKind::BigInt, span), span);
}

ExprPtr make_interval(std::vector<ExprPtr> arguments, SourceSpan span) {
  while (arguments.size() < 7) arguments.push_back(make_integer(0, TypeKind::Int, span));
  constexpr int64_t kSecondUs = 1'000'000;
  for (size_t i = 0; i < 6; ++i) arguments[i] = coerce_checked(std::move(arguments[i]), TypeKind::Int, "an argument of make_interval()");
  arguments[6] = coerce_checked(std::move(arguments[6]), SqlType::decimal(18, 6), "the seconds of make_interval()");
  ExprPtr months = plus(times(std::move(arguments[0]), 12, TypeKind::Int, span), std::move(arguments[1]), span);
  ExprPtr days = plus(times(std::move(arguments[2]), 7, TypeKind::Int, span), std::move(arguments[3]), span);
  ExprPtr hours = times(std::move(arguments[4]), 3'600 * kSecondUs, TypeKind::BigInt, span);
  ExprPtr minutes = times(std::move(arguments[5]), 60 * kSecondUs, TypeKind::BigInt, span);
  ExprPtr seconds = make_arithmetic(ArithmeticOp::Multiply, std::move(arguments[6]), make_integer(kSecondUs, TypeKind::Int, span), span);
  ExprPtr micros = plus(plus(std::move(hours), std::move(minutes), span), coerce(std::move(seconds), TypeKind::BigInt), span);
  return make_calendar_interval(std::move(months), std::move(days), std::move(micros), span);
}

ExprPtr calendar_interval_of_text(ExprPtr text, SourceSpan span) {
  const auto part = [&](int64_t index) {
    std::vector<ExprPtr> arguments;
    arguments.push_back(expr::clone(*text));
    arguments.push_back(make_integer(index, TypeKind::BigInt, span));
    return make_call("__calendar_interval_part", std::move(arguments), span);
  };
  return make_calendar_interval(part(0), part(1), part(2), span);
}

ExprPtr text_of_calendar_interval(ExprPtr interval, SourceSpan span) {
  std::vector<ExprPtr> arguments;
  for (uint32_t i = 0; i < 3; ++i) arguments.push_back(coerce(part_of(*interval, i), TypeKind::BigInt));
  return make_call("__calendar_interval_text", std::move(arguments), span);
}

ExprPtr negate_calendar_interval(ExprPtr interval, SourceSpan span) {
  return make_calendar_interval(make_negate(part_of(*interval, 0), span), make_negate(part_of(*interval, 1), span), make_negate(part_of(*interval, 2), span), span);
}

ExprPtr add_calendar_intervals(ExprPtr left, ExprPtr right, bool subtract, SourceSpan span) {
  const ArithmeticOp op = subtract ? ArithmeticOp::Subtract : ArithmeticOp::Add;
  const auto part = [&](uint32_t i) { return make_arithmetic(op, part_of(*left, i), part_of(*right, i), span); };
  return make_calendar_interval(part(0), part(1), part(2), span);
}

ExprPtr shift_by_calendar_interval(ExprPtr time, ExprPtr interval, bool subtract, SourceSpan span) {
  const bool date = time->type.is(TypeKind::Date);
  std::vector<ExprPtr> arguments;
  arguments.push_back(date ? std::move(time) : coerce(std::move(time), TypeKind::Timestamp));
  for (uint32_t i = 0; i < 3; ++i) {
    ExprPtr part = coerce(part_of(*interval, i), TypeKind::BigInt);
    arguments.push_back(subtract ? make_negate(std::move(part), span) : std::move(part));
  }
  return make_call(date ? "__date_add_calendar" : "__timestamp_add_calendar", std::move(arguments), span);
}

}  // namespace millrace
