#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/calendar_interval.h"
#include "compiler/analysis/interval.h"
#include "compiler/analysis/time_literal.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/types/decimal_rules.h"
#include "runtime/abi/calls/casts.h"

namespace millrace {

namespace {

/// A sign, digits, perhaps a point, perhaps an exponent: of as many digits as are written, but for zeros in front.
ExprPtr decimal_literal(const std::string& text, SourceSpan span) {
  const size_t mark = text.find_first_of("eE");
  std::string digits;
  int64_t scale = 0;
  bool seen_point = false;
  for (char c : text.substr(0, mark)) {
    if (c == '.') seen_point = true;
    if (c < '0' || c > '9') continue;
    if (c != '0' || !digits.empty()) digits += c;
    scale += seen_point ? 1 : 0;
  }
  constexpr int64_t kExponentMax = 1000;  // no DECIMAL reaches so far
  if (mark != std::string::npos) scale -= std::clamp<int64_t>(std::strtoll(text.c_str() + mark + 1, nullptr, 10), -kExponentMax, kExponentMax);
  for (; scale < 0 && digits.size() <= decimal_rules::kMaxPrecision; ++scale) digits += '0';
  const int64_t precision = std::max({static_cast<int64_t>(digits.size()), scale, int64_t{1}});
  if (precision > decimal_rules::kMaxPrecision)
    throw SqlError(span, "the number has more than 38 digits", "write it as a DOUBLE: " + text + "D");
  __int128 unscaled = 0;
  for (char c : digits) unscaled = unscaled * 10 + (c - '0');
  const auto type = SqlType::decimal(static_cast<uint8_t>(precision), static_cast<uint8_t>(scale));
  return expr::make(expr::Literal{abi::decimal_of(text.starts_with('-') ? -unscaled : unscaled)}, type, false, span);
}

/// The least of INT and BIGINT that holds the number; a Long literal is BIGINT.
ExprPtr integer_literal(const std::string& text, bool is_long, SourceSpan span) {
  int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc::result_out_of_range) {
    if (is_long) throw SqlError(span, "the number does not fit a BIGINT", "without the L it is a DECIMAL");
    return decimal_literal(text, span);
  }
  const IntegerRange range = integer_range(TypeKind::Int);
  const bool fits_int = !is_long && value >= range.min && value <= range.max;
  return make_integer(value, fits_int ? TypeKind::Int : TypeKind::BigInt, span);
}

ExprPtr double_literal(const std::string& text, SourceSpan span) {
  double value = 0;
  const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto parsed = std::from_chars(begin, text.data() + text.size(), value);
  if (parsed.ec == std::errc::result_out_of_range) value = std::strtod(begin, nullptr);  // as in Java an infinity, or 0 of what is too small
  return expr::make(expr::Literal{value}, TypeKind::Double, false, span);
}

abi::StringRef reference(const std::string& text) { return {text.data(), static_cast<int64_t>(text.size())}; }

/// A literal may have every form that a cast reads: without a day or month, years of six digits or before Christ.
std::optional<int64_t> date_of(const std::string& text) {
  const abi::StringRef bytes = reference(text);
  abi::SqlDate date;
  return abi::mr_cast_string_to_date(&bytes, &date) ? std::optional(static_cast<int64_t>(date)) : std::nullopt;
}

void check_timestamp(const std::string& text, SourceSpan span) {
  const abi::StringRef bytes = reference(text);
  abi::PipelineContext context{};
  abi::SqlTimestamp time;
  if (abi::mr_cast_string_to_timestamp(&context, &bytes, &time)) return;
  throw SqlError(span, "'" + text + "' is no timestamp", "write it as TIMESTAMP '2020-03-21 10:00:00'");
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
  const auto days = date_of(literal.text);
  if (!days) throw SqlError(e.span, "'" + literal.text + "' is no date", "write it as DATE '2020-03-21'");
  return make_integer(*days, TypeKind::Date, e.span);
}

ExprPtr ExprBinder::bind_timestamp(const std::string& text, SourceSpan span) const {
  const auto parsed = parse_timestamp(text);
  if (!parsed) check_timestamp(text, span);
  const auto zone = session_.environment.settings.find("timezone");
  const bool utc = zone == session_.environment.settings.end() || same_name(zone->second, "utc");
  if (parsed && (utc || parsed->has_zone)) return make_integer(parsed->micros, TypeKind::Timestamp, span);
  // The session zone's offset is known at run time only, and so is that of a zone with a name.
  ExprPtr cast = coerce(make_string(text, span), TypeKind::Timestamp);
  cast->span = span;
  return cast;
}

ExprPtr ExprBinder::bind_node(const ast::Interval& interval, const ast::Expr& e) {
  if (mixes_months_with_days(interval)) return calendar_interval_literal(interval, e.span);
  const IntervalValue value = interval_value(interval, e.span);
  return make_integer(value.amount, value.type, e.span);
}

}  // namespace millrace
