#include "compiler/syntax/interval_text.h"

#include <algorithm>
#include <array>

#include "compiler/base/letter_case.h"

namespace millrace {

namespace {

using Parts = std::vector<ast::Interval::Part>;

struct UnitSpelling {
  std::string_view spelling;
  std::string_view unit;
};

constexpr std::array kShortUnits{
    UnitSpelling{"NS", "NANOSECOND"}, UnitSpelling{"US", "MICROSECOND"}, UnitSpelling{"MS", "MILLISECOND"},
    UnitSpelling{"S", "SECOND"},      UnitSpelling{"SEC", "SECOND"},     UnitSpelling{"M", "MINUTE"},
    UnitSpelling{"MIN", "MINUTE"},    UnitSpelling{"H", "HOUR"},         UnitSpelling{"HR", "HOUR"},
    UnitSpelling{"D", "DAY"},         UnitSpelling{"W", "WEEK"},
};

constexpr std::array<std::string_view, 11> kUnits{"NANOSECOND", "MICROSECOND", "MILLISECOND", "SECOND",  "MINUTE", "HOUR",
                                                  "DAY",        "WEEK",        "MONTH",       "QUARTER", "YEAR"};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A cursor over the text of a duration.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) { skip_blanks(); }

  bool at_end() const { return at_ == text_.size(); }

  /// The next run of letters, or empty.
  std::string_view word() {
    return run([](char c) { return is_letter(c); });
  }

  /// The next number with its sign and fraction, or empty. `sign` is put before it unless it has its own.
  std::string number(std::string_view sign) {
    std::string out(sign);
    if (!at_end() && (text_[at_] == '-' || text_[at_] == '+')) {
      out.assign(text_[at_] == '-' ? 1 : 0, '-');
      ++at_;
      skip_blanks();
    }
    const std::string_view digits = run([](char c) { return is_digit(c) || c == '.'; });
    const bool one_point = std::count(digits.begin(), digits.end(), '.') <= 1;
    const bool has_digit = std::any_of(digits.begin(), digits.end(), is_digit);
    return one_point && has_digit ? out.append(digits) : std::string();
  }

  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_blanks() {
    while (!at_end() && is_blank(text_[at_])) ++at_;
  }

 private:
  template <class Predicate>
  std::string_view run(Predicate belongs) {
    const size_t begin = at_;
    while (!at_end() && belongs(text_[at_])) ++at_;
    const std::string_view found = text_.substr(begin, at_ - begin);
    skip_blanks();
    return found;
  }

  std::string_view text_;
  size_t at_ = 0;
};

size_t unit_rank(std::string_view unit) {
  return static_cast<size_t>(std::find(kUnits.begin(), kUnits.end(), unit) - kUnits.begin());
}

/// What separates the value of `unit` from that of the next smaller one: `1-2`, `1 02:03:04`.
char separator_after(std::string_view unit) {
  if (unit == "YEAR") return '-';
  return unit == "DAY" ? ' ' : ':';
}

std::string_view next_smaller(std::string_view unit) {
  if (unit == "YEAR") return "MONTH";
  if (unit == "DAY") return "HOUR";
  if (unit == "HOUR") return "MINUTE";
  return unit == "MINUTE" ? "SECOND" : "";
}

}  // namespace

std::string interval_unit(std::string_view word) {
  std::string upper = upper_case(word);
  for (const UnitSpelling& s : kShortUnits) {
    if (upper == s.spelling ||
        (s.spelling.size() > 1 && s.spelling.back() != 'S' && upper == std::string(s.spelling) + 'S')) {
      return std::string(s.unit);
    }
  }
  if (upper.size() > 1 && upper.back() == 'S') upper.pop_back();
  return unit_rank(upper) < kUnits.size() ? upper : std::string();
}

std::optional<Parts> parse_interval_text(std::string_view text) {
  Reader reader(text);
  const std::string_view first_word = reader.word();
  if (!first_word.empty() && upper_case(first_word) != "INTERVAL") return std::nullopt;
  Parts parts;
  while (!reader.at_end()) {
    std::string value = reader.number("");
    std::string unit = interval_unit(reader.word());
    if (value.empty() || unit.empty()) return std::nullopt;
    parts.push_back({std::move(value), std::move(unit)});
  }
  if (parts.empty()) return std::nullopt;
  return parts;
}

std::optional<Parts> parse_interval_fields(std::string_view text, std::string_view from_unit, std::string_view to_unit) {
  const bool in_order = unit_rank(from_unit) > unit_rank(to_unit);
  if (!in_order) return std::nullopt;
  Reader reader(text);
  const std::string_view sign = reader.take('-') ? "-" : "";
  Parts parts;
  for (std::string_view unit = from_unit; !unit.empty(); unit = next_smaller(unit)) {
    std::string value = reader.number(sign);
    if (value.empty()) return std::nullopt;
    parts.push_back({std::move(value), std::string(unit)});
    if (unit == to_unit) break;
    // A blank has been skipped with the number before it.
    const char separator = separator_after(unit);
    if (separator != ' ' && !reader.take(separator)) return std::nullopt;
  }
  if (!reader.at_end() || parts.back().unit != to_unit) return std::nullopt;
  return parts;
}

}  // namespace millrace
