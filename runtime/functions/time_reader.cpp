#include "runtime/functions/time_reader.h"

#include "runtime/abi/calls/casts.h"
#include "runtime/functions/trimmed_text.h"
#include "runtime/hot/calendar.h"
#include "runtime/time/time_zone.h"

namespace millrace {

namespace {

/// Takes from `least` to `most` digits off the front.
bool take_digits(std::string_view& text, size_t least, size_t most, int64_t* out) {
  size_t size = 0;
  int64_t value = 0;
  for (; size < text.size() && size < most && is_ascii_digit(text[size]); ++size) value = value * 10 + (text[size] - '0');
  if (size < least) return false;
  text.remove_prefix(size);
  *out = value;
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// `[±]yyyy[-m[-d]]`; leaves what follows in `text`.
bool take_date(std::string_view& text, int64_t* days) {
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  int64_t year = 0;
  int64_t month = 1;
  int64_t day = 1;
  if (!take_digits(text, 4, 6, &year)) return false;
  if (take(text, '-')) {
    if (!take_digits(text, 1, 2, &month)) return false;
    if (take(text, '-') && !take_digits(text, 1, 2, &day)) return false;
  }
  if (negative) year = -year;
  if (month < 1 || month > 12 || day < 1 || day > abi::days_in_month(year, month)) return false;
  *days = abi::days_from_civil(year, month, day);
  return true;
}

/// Digits beyond the sixth are dropped.
int64_t take_fraction(std::string_view& text) {
  int64_t micros = 0;
  int64_t unit = 100'000;
  for (; !text.empty() && is_ascii_digit(text.front()); text.remove_prefix(1), unit /= 10) micros += (text.front() - '0') * unit;
  return micros;
}

/// `h:m[:s[.fraction]]`.
bool take_time_of_day(std::string_view& text, int64_t* micros) {
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t fraction = 0;
  if (!take_digits(text, 1, 2, &hour) || !take(text, ':') || !take_digits(text, 1, 2, &minute)) return false;
  if (take(text, ':')) {
    if (!take_digits(text, 1, 2, &second)) return false;
    if (take(text, '.')) fraction = take_fraction(text);
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  *micros = ((hour * 60 + minute) * 60 + second) * abi::kMicrosPerSecond + fraction;
  return true;
}

}  // namespace

bool read_date_text(std::string_view text, int64_t* days) {
  if (!take_date(text, days)) return false;
  return text.empty() || text.front() == ' ' || text.front() == 'T';
}

bool read_timestamp_text(std::string_view text, TimestampText* out) {
  int64_t days = 0;
  int64_t of_day = 0;
  if (!take_date(text, &days)) return false;
  if (!text.empty()) {
    if (!take(text, ' ') && !take(text, 'T')) return false;
    if (!take_time_of_day(text, &of_day)) return false;
  }
  take(text, ' ');
  out->zone = text;
  return !__builtin_mul_overflow(days, abi::kMicrosPerDay, &out->local_us) &&
         !__builtin_add_overflow(out->local_us, of_day, &out->local_us);
}

}  // namespace millrace

namespace millrace::abi {

extern "C" {

bool mr_cast_string_to_date(const StringRef* s, SqlDate* out) noexcept {
  int64_t days = 0;
  if (!read_date_text(trimmed_text(*s), &days)) return false;
  *out = SqlDate{days};
  return true;
}

bool mr_cast_string_to_timestamp(PipelineContext* ctx, const StringRef* s, SqlTimestamp* out) noexcept {
  TimestampText text;
  if (!read_timestamp_text(trimmed_text(*s), &text)) return false;
  const TimeZone* zone = ctx->time_zone;
  if (!text.zone.empty()) {
    zone = find_time_zone(text.zone);
    if (zone == nullptr) return false;
  }
  *out = SqlTimestamp{utc_from_local(zone, text.local_us)};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
