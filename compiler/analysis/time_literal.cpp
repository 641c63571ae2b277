#include "compiler/analysis/time_literal.h"

namespace millrace {

namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int64_t days_in_month(int64_t year, int64_t month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

/// Days since the epoch of a day of the proleptic Gregorian calendar: years before this one, then months, then days.
int64_t days_of(int64_t year, int64_t month, int64_t day) {
  const int64_t before = year - 1;
  int64_t days = before * 365 + before / 4 - before / 100 + before / 400;
  for (int64_t m = 1; m < month; ++m) days += days_in_month(year, m);
  constexpr int64_t kDaysBefore1970 = 719'162;
  return days + day - 1 - kDaysBefore1970;
}

/// Reads parts of a text from its left; `ok` turns false at the first thing missing.
struct Reader {
  std::string_view rest;
  bool ok = true;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  int64_t number(size_t digits_min, size_t digits_max) {
    int64_t value = 0;
    size_t n = 0;
    while (n < digits_max && n < rest.size() && rest[n] >= '0' && rest[n] <= '9') value = value * 10 + (rest[n++] - '0');
    ok = ok && n >= digits_min;
    rest.remove_prefix(n);
    return value;
  }
  int64_t in_range(int64_t value, int64_t min, int64_t max) {
    ok = ok && value >= min && value <= max;
    return value;
  }
};

int64_t read_date(Reader& in) {
  const int64_t year = in.in_range(in.number(4, 4), 1, 9999);
  in.ok = in.ok && in.take('-');
  const int64_t month = in.in_range(in.number(1, 2), 1, 12);
  in.ok = in.ok && in.take('-');
  if (!in.ok) return 0;
  const int64_t day = in.in_range(in.number(1, 2), 1, days_in_month(year, month));
  return in.ok ? days_of(year, month, day) : 0;
}

int64_t read_fraction(Reader& in) {
  const size_t before = in.rest.size();
  int64_t micros = in.number(1, 6);
  for (size_t digits = before - in.rest.size(); digits < 6; ++digits) micros *= 10;
  while (!in.rest.empty() && in.rest.front() >= '0' && in.rest.front() <= '9') in.rest.remove_prefix(1);
  return micros;
}

int64_t read_time(Reader& in) {
  int64_t seconds = in.in_range(in.number(1, 2), 0, 23) * 3600;
  in.ok = in.ok && in.take(':');
  seconds += in.in_range(in.number(1, 2), 0, 59) * 60;
  if (in.take(':')) seconds += in.in_range(in.number(1, 2), 0, 59);
  const int64_t fraction = in.take('.') ? read_fraction(in) : 0;
  return seconds * kMicrosPerSecond + fraction;
}

/// Seconds east of UTC; nullopt when the text ends here.
std::optional<int64_t> read_zone(Reader& in) {
  while (in.take(' ')) {
  }
  if (in.rest.empty()) return std::nullopt;
  if (in.rest == "Z" || in.rest == "UTC" || in.rest == "GMT") {
    in.rest = {};
    return 0;
  }
  const bool negative = in.take('-');
  in.ok = in.ok && (negative || in.take('+'));
  int64_t offset = in.in_range(in.number(1, 2), 0, 18) * 3600;
  in.take(':');
  if (!in.rest.empty()) offset += in.in_range(in.number(2, 2), 0, 59) * 60;
  return negative ? -offset : offset;
}

}  // namespace

std::optional<int64_t> parse_date(std::string_view text) {
  Reader in{text};
  const int64_t days = read_date(in);
  return in.ok && in.rest.empty() ? std::optional(days) : std::nullopt;
}

std::optional<TimestampText> parse_timestamp(std::string_view text) {
  Reader in{text};
  TimestampText result;
  result.micros = read_date(in) * kSecondsPerDay * kMicrosPerSecond;
  if (in.ok && !in.rest.empty()) {
    in.ok = in.take('T') || in.take(' ');
    if (in.ok) result.micros += read_time(in);
    if (const auto offset = in.ok ? read_zone(in) : std::nullopt) {
      result.micros -= *offset * kMicrosPerSecond;
      result.has_zone = true;
    }
  }
  return in.ok && in.rest.empty() ? std::optional(result) : std::nullopt;
}

}  // namespace millrace
