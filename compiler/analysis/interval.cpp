#include "compiler/analysis/interval.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

struct Unit {
  std::string_view name;
  int64_t micros;
};
constexpr int64_t kSecond = 1'000'000;
constexpr std::array<Unit, 22> kUnits{{{"us", 1},
                                       {"usec", 1},
                                       {"micro", 1},
                                       {"microsecond", 1},
                                       {"ms", 1'000},
                                       {"msec", 1'000},
                                       {"milli", 1'000},
                                       {"millisecond", 1'000},
                                       {"s", kSecond},
                                       {"sec", kSecond},
                                       {"second", kSecond},
                                       {"m", 60 * kSecond},
                                       {"min", 60 * kSecond},
                                       {"minute", 60 * kSecond},
                                       {"h", 3'600 * kSecond},
                                       {"hr", 3'600 * kSecond},
                                       {"hour", 3'600 * kSecond},
                                       {"d", 86'400 * kSecond},
                                       {"day", 86'400 * kSecond},
                                       {"w", 604'800 * kSecond},
                                       {"week", 604'800 * kSecond},
                                       {"µs", 1}}};

/// `12.345` of a unit, without what is below a microsecond, as in Spark; nullopt when `value` is no number or the product does not fit.
std::optional<int64_t> scale_fraction(std::string_view value, int64_t unit) {
  constexpr __int128 kLargest = INT64_MAX;
  const bool negative = value.starts_with('-');
  if (negative) value.remove_prefix(1);
  __int128 product = 0, part = unit;
  bool behind_point = false, digits = false;
  for (const char c : value) {
    if (c == '.' && !behind_point) {
      behind_point = true;
      part = static_cast<__int128>(unit) * 1'000'000'000;  // so that digits far behind the point still add up
      product *= 1'000'000'000;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = true;
    if (behind_point) {
      part /= 10;
      product += part * (c - '0');
      continue;
    }
    product = product * 10 + static_cast<__int128>(c - '0') * unit;
    if (product > kLargest) return std::nullopt;
  }
  if (behind_point) product /= 1'000'000'000;
  if (!digits || product > kLargest) return std::nullopt;
  return static_cast<int64_t>(negative ? -product : product);
}

/// `value * unit` in whole microseconds; nullopt when `value` is no number or the product does not fit.
std::optional<int64_t> scale(std::string_view value, int64_t unit) {
  if (!value.empty() && value.front() == '+') value.remove_prefix(1);
  int64_t whole = 0;
  const char* const end = value.data() + value.size();
  auto parsed = std::from_chars(value.data(), end, whole);
  if (parsed.ec == std::errc() && parsed.ptr == end) {
    int64_t product = 0;
    return __builtin_mul_overflow(whole, unit, &product) ? std::nullopt : std::optional(product);
  }
  return scale_fraction(value, unit);
}

std::optional<int64_t> unit_months(std::string_view unit) {
  const std::string folded = fold_case(unit);
  if (folded == "month" || folded == "months") return 1;
  if (folded == "quarter" || folded == "quarters") return 3;
  if (folded == "year" || folded == "years") return 12;
  return std::nullopt;
}

std::string_view take_while(std::string_view& text, bool (*wanted)(char)) {
  size_t n = 0;
  while (n < text.size() && wanted(text[n])) ++n;
  const std::string_view taken = text.substr(0, n);
  text.remove_prefix(n);
  return taken;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
bool is_number(char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+'; }
bool is_letter(char c) { return !is_blank(c) && !is_number(c); }

}  // namespace

std::optional<int64_t> unit_micros(std::string_view unit) {
  std::string folded = fold_case(unit);
  for (const Unit& known : kUnits) {
    if (folded == known.name) return known.micros;
  }
  if (folded.size() < 4 || folded.back() != 's') return std::nullopt;
  folded.pop_back();
  for (const Unit& known : kUnits) {
    if (folded == known.name) return known.micros;
  }
  return std::nullopt;
}

std::optional<int64_t> parse_duration(std::string_view text) {
  take_while(text, is_blank);
  if (same_name(text.substr(0, 9), "interval ")) text.remove_prefix(9);
  int64_t total = 0;
  bool any = false;
  while (take_while(text, is_blank), !text.empty()) {
    const std::string_view value = take_while(text, is_number);
    take_while(text, is_blank);
    const auto unit = unit_micros(take_while(text, is_letter));
    const auto part = unit ? scale(value, *unit) : std::nullopt;
    if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
    any = true;
  }
  return any ? std::optional(total) : std::nullopt;
}

namespace {

struct UnitField {
  TypeKind kind;
  int field;
};

std::optional<UnitField> field_of(std::string_view unit) {
  if (const auto months = unit_months(unit)) return UnitField{TypeKind::IntervalYearMonth, *months == 12 ? 0 : 1};
  const auto micros = unit_micros(unit);
  if (!micros) return std::nullopt;
  const int field = *micros >= 86'400 * kSecond ? 0 : *micros >= 3'600 * kSecond ? 1 : *micros >= 60 * kSecond ? 2 : 3;
  return UnitField{TypeKind::IntervalDayTime, field};
}

}  // namespace

std::optional<SqlType> interval_type(std::string_view first_unit, std::string_view last_unit) {
  const auto first = field_of(first_unit), last = field_of(last_unit);
  if (!first || !last || first->kind != last->kind || first->field > last->field) return std::nullopt;
  return SqlType::interval(first->kind, first->field, last->field);
}

IntervalValue interval_value(const ast::Interval& interval, SourceSpan span) {
  IntervalValue result;
  bool first = true;
  for (const auto& part : interval.parts) {
    const auto months = unit_months(part.unit);
    const auto micros = unit_micros(part.unit);
    if (!months && !micros) throw SqlError(span, "unknown interval unit '" + fold_case(part.unit) + "'");
    if (!first && result.is_months != months.has_value()) {
      throw SqlError(span, "an INTERVAL cannot mix months with days or smaller units", "add two of them: t + INTERVAL '1' MONTH + INTERVAL '2' DAY");
    }
    const auto amount = scale(part.value, months ? *months : *micros);
    if (!amount || __builtin_add_overflow(result.amount, *amount, &result.amount)) {
      throw SqlError(span, "'" + part.value + "' is no number of " + fold_case(part.unit) + "s that an INTERVAL can hold");
    }
    result.is_months = months.has_value();
    const UnitField field = *field_of(part.unit);
    const int least = first ? field.field : std::min(result.type.interval_first(), field.field);
    const int most = first ? field.field : std::max(result.type.interval_last(), field.field);
    result.type = SqlType::interval(field.kind, least, most);
    first = false;
  }
  if (result.is_months && (result.amount < INT32_MIN || result.amount > INT32_MAX)) {
    throw SqlError(span, "an INTERVAL holds up to 2147483647 months");
  }
  return result;
}

int64_t constant_duration(const ast::Expr& e, const std::string& what) {
  if (const auto* interval = std::get_if<ast::Interval>(&e.node)) {
    const IntervalValue value = interval_value(*interval, e.span);
    if (value.is_months)
      throw SqlError(e.span, what + " cannot be in months or years: they have no fixed length", "use days");
    return value.amount;
  }
  const auto* literal = std::get_if<ast::Literal>(&e.node);
  if (literal && literal->kind == ast::LiteralKind::String) {
    if (auto micros = parse_duration(literal->text)) return *micros;
    if (fold_case(literal->text).find("month") != std::string::npos ||
        fold_case(literal->text).find("year") != std::string::npos) {
      throw SqlError(e.span, what + " cannot be in months or years: they have no fixed length", "use days");
    }
    throw SqlError(e.span, "'" + literal->text + "' is no duration", "write it as '5 seconds' or INTERVAL '5' SECOND");
  }
  throw SqlError(e.span, what + " must be a constant duration", "write it as '5 seconds' or INTERVAL '5' SECOND");
}

}  // namespace millrace
