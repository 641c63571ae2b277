#include <charconv>
#include <string>
#include <string_view>

#include "runtime/abi/calls/interval.h"
#include "runtime/abi/calls/state.h"
#include "runtime/hot/time.h"

namespace millrace::abi {

namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kMinuteUs = 60 * kSecondUs;
constexpr int64_t kHourUs = 60 * kMinuteUs;

/// Months, days and microseconds, by their number.
struct CalendarParts {
  int64_t of[3] = {0, 0, 0};

  bool add(int part, int64_t count, int64_t unit) {
    int64_t amount;
    return !__builtin_mul_overflow(count, unit, &amount) && !__builtin_add_overflow(of[part], amount, &of[part]);
  }
};

struct CalendarUnit {
  std::string_view name;
  int part;
  int64_t size;
};
constexpr CalendarUnit kCalendarUnits[] = {{"year", 0, 12}, {"month", 0, 1}, {"week", 1, 7}, {"day", 1, 1}, {"hour", 2, kHourUs}, {"minute", 2, kMinuteUs},
                                           {"second", 2, kSecondUs}, {"millisecond", 2, 1000}, {"microsecond", 2, 1}};

const CalendarUnit* find_calendar_unit(std::string name) {
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (name.ends_with('s')) name.pop_back();
  for (const CalendarUnit& unit : kCalendarUnits) {
    if (name == unit.name) return &unit;
  }
  return nullptr;
}

/// `1 year -2 days +3.5 seconds`, with `interval` in front or not.
class CalendarReader {
 public:
  explicit CalendarReader(std::string_view text) : rest_(text) {}

  bool read(CalendarParts& parts) {
    skip_blanks();
    constexpr std::string_view kWord = "interval";
    if (rest_.size() > kWord.size() && is_blank(rest_[kWord.size()]) && is_word(kWord)) rest_.remove_prefix(kWord.size());
    skip_blanks();
    if (rest_.empty()) return false;
    for (; !rest_.empty(); skip_blanks()) {
      if (!read_part(parts)) return false;
    }
    return parts.of[0] >= INT32_MIN && parts.of[0] <= INT32_MAX && parts.of[1] >= INT32_MIN && parts.of[1] <= INT32_MAX;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }
  bool is_word(std::string_view word) const {
    for (size_t i = 0; i < word.size(); ++i) {
      if ((rest_[i] | 0x20) != word[i]) return false;
    }
    return true;
  }
  std::string_view take_digits() {
    size_t size = 0;
    while (size < rest_.size() && is_digit(rest_[size])) ++size;
    const std::string_view digits = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return digits;
  }

  bool read_part(CalendarParts& parts) {
    const bool negative = rest_.front() == '-';
    if (negative || rest_.front() == '+') rest_.remove_prefix(1);
    skip_blanks();
    int64_t whole = 0, micros = 0;
    const std::string_view digits = take_digits();
    const bool has_point = rest_.starts_with('.');
    if (has_point) {
      rest_.remove_prefix(1);
      std::string fraction(take_digits());
      if (fraction.size() > 9 || (fraction.empty() && digits.empty())) return false;
      fraction.resize(6, '0');
      std::from_chars(fraction.data(), fraction.data() + fraction.size(), micros);
    } else if (digits.empty()) {
      return false;
    }
    if (!digits.empty() && std::from_chars(digits.data(), digits.data() + digits.size(), whole).ec != std::errc()) return false;
    if (rest_.empty() || !is_blank(rest_.front())) return false;
    skip_blanks();
    size_t size = 0;
    while (size < rest_.size() && !is_blank(rest_[size])) ++size;
    const CalendarUnit* unit = find_calendar_unit(std::string(rest_.substr(0, size)));
    rest_.remove_prefix(size);
    if (unit == nullptr || (has_point && unit->name != "second")) return false;
    const int64_t sign = negative ? -1 : 1;
    return parts.add(unit->part, sign * whole, unit->size) && parts.add(2, sign * micros, 1);
  }

  std::string_view rest_;
};

void add_calendar_unit(std::string& text, int64_t count, std::string_view unit) {
  if (count != 0) text += std::to_string(count) + ' ' + std::string(unit) + ' ';
}

std::string calendar_text(int64_t months, int64_t days, int64_t micros) {
  std::string text;
  add_calendar_unit(text, months / 12, "years");
  add_calendar_unit(text, months % 12, "months");
  add_calendar_unit(text, days, "days");
  add_calendar_unit(text, micros / kHourUs, "hours");
  add_calendar_unit(text, micros / kMinuteUs % 60, "minutes");
  const int64_t rest = micros % kMinuteUs;
  if (rest != 0) {
    const int64_t size = rest < 0 ? -rest : rest;
    text += (rest < 0 ? "-" : "") + std::to_string(size / kSecondUs);
    std::string fraction = std::to_string(kSecondUs + size % kSecondUs).substr(1);
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    text += (fraction.empty() ? "" : "." + fraction) + " seconds ";
  }
  if (text.empty()) return "0 seconds";
  text.pop_back();
  return text;
}

}  // namespace

extern "C" {

void mr_calendar_interval_text(PipelineContext* ctx, int64_t months, int64_t days, int64_t micros, StringRef* out) noexcept {
  const std::string text = calendar_text(months, days, micros);
  char* const kept = mr_scratch(ctx, static_cast<int64_t>(text.size()));
  text.copy(kept, text.size());
  *out = {kept, static_cast<int64_t>(text.size())};
}

bool mr_calendar_interval_part(const StringRef* text, int64_t part, int64_t* out) noexcept {
  CalendarParts parts;
  if (!CalendarReader({text->data, static_cast<size_t>(text->size)}).read(parts)) return false;
  *out = parts.of[part];
  return true;
}

/// First months and days by the session's clocks, then the rest.
bool mr_timestamp_add_calendar(PipelineContext* ctx, SqlTimestamp time, int64_t months, int64_t days, int64_t micros, SqlTimestamp* out) noexcept {
  SqlTimestamp moved;
  if (!mr_timestamp_add_months(ctx, time, SqlMonths{months}, &moved)) return false;
  int64_t local = local_from_utc(ctx->time_zone, static_cast<int64_t>(moved)), by;
  if (__builtin_mul_overflow(days, kMicrosPerDay, &by) || __builtin_add_overflow(local, by, &local)) return false;
  if (days != 0) moved = SqlTimestamp{utc_from_local(ctx->time_zone, local)};
  return mr_timestamp_add_micros(moved, SqlMicros{micros}, out);
}

bool mr_date_add_calendar(SqlDate date, int64_t months, int64_t days, int64_t micros, SqlDate* out) noexcept {
  SqlDate moved;
  if (!mr_date_add_months(date, SqlMonths{months}, &moved)) return false;
  *out = SqlDate{static_cast<int64_t>(moved) + days + floor_div(micros, kMicrosPerDay)};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
