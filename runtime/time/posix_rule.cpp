#include "runtime/hot/calendar.h"
#include "runtime/time/zone_rules.h"

namespace millrace {

namespace {

constexpr int64_t kSecondsPerDay = 86'400;

/// A cursor over the text of a rule. Each take_… moves on only when it finds what it looks for.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_name(std::string& name) {
    const bool quoted = take('<');
    size_t size = 0;
    while (size < rest_.size() && (quoted ? rest_[size] != '>' : is_letter(rest_[size]))) ++size;
    if (size == 0) return false;
    name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return !quoted || take('>');
  }

  std::optional<int64_t> take_number() {
    int64_t number = 0;
    size_t size = 0;
    for (; size < rest_.size() && size < 9 && rest_[size] >= '0' && rest_[size] <= '9'; ++size) number = number * 10 + (rest_[size] - '0');
    if (size == 0) return std::nullopt;
    rest_.remove_prefix(size);
    return number;
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  std::optional<int64_t> take_time() {
    const bool negative = take('-');
    if (!negative) take('+');
    const std::optional<int64_t> hours = take_number();
    if (!hours) return std::nullopt;
    int64_t seconds = *hours * 3600;
    if (take(':')) seconds += take_number().value_or(0) * 60;
    if (take(':')) seconds += take_number().value_or(0);
    return negative ? -seconds : seconds;
  }

  std::optional<ChangeRule> take_change() {
    ChangeRule rule;
    if (take('M')) {
      rule.month = take_number().value_or(0);
      const bool dots = take('.') && (rule.week = take_number().value_or(0), take('.'));
      rule.day = take_number().value_or(-1);
      const bool valid = rule.month >= 1 && rule.month <= 12 && rule.week >= 1 && rule.week <= 5 && rule.day >= 0 && rule.day <= 6;
      if (!dots || !valid) return std::nullopt;
    } else {
      rule.kind = take('J') ? ChangeRule::Kind::JulianDay : ChangeRule::Kind::DayOfYear;
      const std::optional<int64_t> day = take_number();
      if (!day || *day > 366) return std::nullopt;
      rule.day = *day;
    }
    if (take('/')) {
      const std::optional<int64_t> time = take_time();
      if (!time) return std::nullopt;
      rule.time_s = *time;
    }
    return rule;
  }

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  std::string_view rest_;
};

}  // namespace

int64_t ChangeRule::local_seconds(int64_t year) const {
  if (kind == Kind::DayOfYear) return (abi::days_from_civil(year, 1, 1) + day) * kSecondsPerDay + time_s;
  if (kind == Kind::JulianDay) {  // 29 February is never counted
    const int64_t leap = abi::is_leap_year(year) && day >= 60 ? 1 : 0;
    return (abi::days_from_civil(year, 1, 1) + day - 1 + leap) * kSecondsPerDay + time_s;
  }
  const int64_t first = abi::days_from_civil(year, month, 1);
  const int64_t first_weekday = (abi::weekday_of(first) + 1) % 7;  // from Sunday
  int64_t day_of_month = 1 + (day - first_weekday + 7) % 7 + (week - 1) * 7;
  while (day_of_month > abi::days_in_month(year, month)) day_of_month -= 7;
  return (first + day_of_month - 1) * kSecondsPerDay + time_s;
}

bool PosixRule::is_summer(int64_t utc_s) const {
  if (!has_summer) return false;
  const int64_t year = abi::civil_from_days(abi::floor_div(utc_s + standard_offset_s, kSecondsPerDay)).year;
  const int64_t begin = summer_begins.local_seconds(year) - standard_offset_s;
  const int64_t end = summer_ends.local_seconds(year) - summer_offset_s;
  return begin < end ? utc_s >= begin && utc_s < end : utc_s >= begin || utc_s < end;  // the south's spans new year
}

std::optional<PosixRule> parse_posix_rule(std::string_view text) {
  RuleReader reader(text);
  PosixRule rule;
  if (!reader.take_name(rule.standard_name)) return std::nullopt;
  const std::optional<int64_t> west = reader.take_time();
  if (!west) return std::nullopt;
  rule.standard_offset_s = -*west;  // POSIX counts hours west of Greenwich
  if (reader.at_end()) return rule;
  rule.has_summer = reader.take_name(rule.summer_name);
  if (!rule.has_summer) return std::nullopt;
  rule.summer_offset_s = rule.standard_offset_s + 3600;
  if (!reader.take(',')) {
    const std::optional<int64_t> summer_west = reader.take_time();
    if (!summer_west || !reader.take(',')) return std::nullopt;
    rule.summer_offset_s = -*summer_west;
  }
  const std::optional<ChangeRule> begins = reader.take_change();
  if (!begins || !reader.take(',')) return std::nullopt;
  const std::optional<ChangeRule> ends = reader.take_change();
  if (!ends || !reader.at_end()) return std::nullopt;
  rule.summer_begins = *begins;
  rule.summer_ends = *ends;
  return rule;
}

}  // namespace millrace
