#include <charconv>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/interval.h"
#include "compiler/analysis/time_literal.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

/// The least of INT and BIGINT that holds the number; a Long literal is BIGINT.
ExprPtr integer_literal(const std::string& text, bool is_long, SourceSpan span) {
  int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc::result_out_of_range) {
    throw not_supported_yet(span, "DECIMAL values", "the number does not fit a BIGINT; write it as a DOUBLE: " + text + "D");
  }
  const IntegerRange range = integer_range(TypeKind::Int);
  const bool fits_int = !is_long && value >= range.min && value <= range.max;
  return make_integer(value, fits_int ? TypeKind::Int : TypeKind::BigInt, span);
}

ExprPtr double_literal(const std::string& text, SourceSpan span) {
  double value = 0;
  const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto parsed = std::from_chars(begin, text.data() + text.size(), value);
  if (parsed.ec == std::errc::result_out_of_range) throw SqlError(span, "the number does not fit a DOUBLE");
  return expr::make(expr::Literal{value}, TypeKind::Double, false, span);
}

/// The text is kept until what stands beside the literal decides on its type.
ExprPtr decimal_literal(const std::string& text, SourceSpan span) {
  const size_t point = text.find('.');
  const size_t digits = text.size() - (point == std::string::npos ? 0 : 1);
  const size_t scale = point == std::string::npos ? 0 : text.size() - point - 1;
  constexpr size_t kMaxPrecision = 38;
  if (digits > kMaxPrecision)
    throw SqlError(span, "the number has more than 38 digits", "write it as a DOUBLE: " + text + "D");
  const auto type = SqlType::decimal(static_cast<uint8_t>(digits), static_cast<uint8_t>(scale));
  return expr::make(expr::Literal{text}, type, false, span);
}

}  // namespace

ExprPtr ExprBinder::bind_node(const ast::Literal& literal, const ast::Expr& e) {
  switch (literal.kind) {
    case ast::LiteralKind::Null:
      return make_null(TypeKind::Null, e.span);
    case ast::LiteralKind::Boolean:
      return make_boolean(same_name(literal.text, "true"), e.span);
    case ast::LiteralKind::Integer:
      return integer_literal(literal.text, false, e.span);
    case ast::LiteralKind::Long:
      return integer_literal(literal.text, true, e.span);
    case ast::LiteralKind::Decimal:
      return decimal_literal(literal.text, e.span);
    case ast::LiteralKind::Double:
      return double_literal(literal.text, e.span);
    case ast::LiteralKind::String:
      return make_string(literal.text, e.span);
    case ast::LiteralKind::Binary:
      return expr::make(expr::Literal{literal.text}, TypeKind::Binary, false, e.span);
    case ast::LiteralKind::Timestamp:
      return bind_timestamp(literal.text, e.span);
    case ast::LiteralKind::Date:
      break;
  }
  const auto days = parse_date(literal.text);
  if (!days) throw SqlError(e.span, "'" + literal.text + "' is no date", "write it as DATE '2020-03-21'");
  return make_integer(*days, TypeKind::Date, e.span);
}

ExprPtr ExprBinder::bind_timestamp(const std::string& text, SourceSpan span) const {
  const auto parsed = parse_timestamp(text);
  if (!parsed) throw SqlError(span, "'" + text + "' is no timestamp", "write it as TIMESTAMP '2020-03-21 10:00:00'");
  const auto zone = session_.environment.settings.find("timezone");
  const bool utc = zone == session_.environment.settings.end() || same_name(zone->second, "utc");
  if (utc || parsed->has_zone) return make_integer(parsed->micros, TypeKind::Timestamp, span);
  // The session zone's offset is known at run time only.
  ExprPtr cast = coerce(make_string(text, span), TypeKind::Timestamp);
  cast->span = span;
  return cast;
}

ExprPtr ExprBinder::bind_node(const ast::Interval& interval, const ast::Expr& e) {
  const IntervalValue value = interval_value(interval, e.span);
  return make_integer(value.amount, value.is_months ? TypeKind::IntervalYearMonth : TypeKind::IntervalDayTime, e.span);
}

}  // namespace millrace
