#include <cstring>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/calls/time.h"
#include "runtime/functions/time_names.h"
#include "runtime/functions/time_pattern.h"
#include "runtime/hot/calendar.h"
#include "runtime/hot/time_text.h"
#include "runtime/time/time_zone.h"

namespace millrace::abi {

namespace {

/// A moment as clocks show it.
struct ClockTime {
  int64_t days;
  CivilDate date;
  int64_t hour, minute, second, micros;
  int64_t offset_s;  ///< of the zone
  const TimeZone* zone;
  int64_t utc_us;

  ClockTime(const TimeZone* clocks, int64_t instant_us) : zone(clocks), utc_us(instant_us) {
    const int64_t local = local_from_utc(zone, utc_us);
    days = floor_div(local, kMicrosPerDay);
    date = civil_from_days(days);
    const int64_t of_day = local - days * kMicrosPerDay;
    hour = of_day / (3600 * kMicrosPerSecond);
    minute = of_day / (60 * kMicrosPerSecond) % 60;
    second = of_day / kMicrosPerSecond % 60;
    micros = of_day % kMicrosPerSecond;
    offset_s = (local - utc_us) / kMicrosPerSecond;
  }
};

constexpr int64_t kTokenTextMax = 64;  ///< bytes of any token that writes a value, padding aside; no zone has a longer name

char* write_view(char* p, std::string_view text) {
  std::memcpy(p, text.data(), text.size());
  return p + text.size();
}

char* write_number(char* p, int64_t value, int count) { return write_padded(p, static_cast<uint64_t>(value), count); }

/// One to three letters give the short name, four the long one, five the first letter.
char* write_name(char* p, std::string_view name, int count) {
  return write_view(p, count == 4 ? name : name.substr(0, count == 5 ? 1 : kShortNameSize));
}

char* write_pattern_year(char* p, int64_t year, int count) {
  if (count == 2) return write_number(p, floor_mod(year, 100), 2);
  if (year < 0) {
    *p++ = '-';
    year = -year;
  } else if (count >= 4 && count < 18 && count_digits(static_cast<uint64_t>(year)) > count) {
    *p++ = '+';
  }
  return write_number(p, year, count);
}

char* write_month(char* p, int64_t month, int count) {
  return count <= 2 ? write_number(p, month, count) : write_name(p, kMonthNames[month - 1], count);
}

char* write_quarter(char* p, int64_t quarter, int count) {
  constexpr std::string_view kOrdinals[] = {"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"};
  if (count <= 2) return write_number(p, quarter, count);
  if (count == 4) return write_view(p, kOrdinals[quarter - 1]);
  if (count == 3) *p++ = 'Q';
  return write_number(p, quarter, 1);
}

/// The first `count` digits of the fraction of a second.
char* write_fraction_digits(char* p, int64_t micros, int count) {
  constexpr int kDigits = 6;
  char digits[kDigits];
  write_number(digits, micros, kDigits);
  for (int i = 0; i < count; ++i) *p++ = i < kDigits ? digits[i] : '0';
  return p;
}

/// `+01`, `+0130`, `+01:30`, `+013000`, `+01:30:00` by the number of letters; `X` writes `Z` for no offset. Seconds are left out where there are none.
char* write_offset(char* p, int64_t offset_s, char letter, int count) {
  if (letter == 'X' && offset_s == 0) return write_view(p, "Z");
  if (letter == 'Z' && count == 5 && offset_s == 0) return write_view(p, "Z");
  if (letter == 'Z') count = count < 4 ? 2 : 5;
  const auto size = static_cast<uint64_t>(offset_s < 0 ? -offset_s : offset_s);
  const bool colons = count == 3 || count == 5;
  *p++ = offset_s < 0 ? '-' : '+';
  p = write_two_digits(p, size / 3600);
  if (count == 1 && size / 60 % 60 == 0) return p;
  if (colons) *p++ = ':';
  p = write_two_digits(p, size / 60 % 60);
  if (count < 4 || size % 60 == 0) return p;
  if (colons) *p++ = ':';
  return write_two_digits(p, size % 60);
}

/// `GMT-8`, or `GMT-08:00` for four letters.
char* write_gmt_offset(char* p, int64_t offset_s, bool whole) {
  p = write_view(p, "GMT");
  if (offset_s == 0) return p;
  if (whole) return write_offset(p, offset_s, 'x', 5);
  const auto size = static_cast<uint64_t>(offset_s < 0 ? -offset_s : offset_s);
  *p++ = offset_s < 0 ? '-' : '+';
  p = write_number(p, static_cast<int64_t>(size / 3600), 1);
  if (size % 3600 == 0) return p;
  *p++ = ':';
  p = write_two_digits(p, size / 60 % 60);
  if (size % 60 == 0) return p;
  *p++ = ':';
  return write_two_digits(p, size % 60);
}

/// `Europe/Paris`, `CEST` or `Central European Summer Time`, cut where the room ends.
char* write_zone(char* p, const TimePattern::Token& token, const ClockTime& time) {
  const TimeZone* zone = time.zone ? time.zone : utc_time_zone();
  if (token.letter == 'V') return write_view(p, std::string_view(zone->id).substr(0, kTokenTextMax));
  const std::string name = token.count == 4 ? long_zone_name(zone, time.utc_us) : short_zone_name(zone, time.utc_us);
  return write_view(p, std::string_view(name).substr(0, kTokenTextMax));
}

char* write_token(char* p, const TimePattern::Token& token, const ClockTime& time) {
  const int count = token.count;
  switch (token.letter) {
    case 0: return write_view(p, token.literal);
    case '[':
    case ']': return p;
    case 'G':
      if (count == 4) return write_view(p, time.date.year > 0 ? "Anno Domini" : "Before Christ");
      return write_view(p, time.date.year > 0 ? "AD" : "BC");
    case 'F': return write_number(p, (time.date.day - 1) % 7 + 1, 1);
    case 'z':
    case 'V': return write_zone(p, token, time);
    case 'O': return write_gmt_offset(p, time.offset_s, count == 4);
    case 'y':
    case 'u': return write_pattern_year(p, time.date.year, count);
    case 'M':
    case 'L': return write_month(p, time.date.month, count);
    case 'd': return write_number(p, time.date.day, count);
    case 'D': return write_number(p, day_of_year(time.days, time.date.year), count);
    case 'H': return write_number(p, time.hour, count);
    case 'k': return write_number(p, time.hour == 0 ? 24 : time.hour, count);
    case 'K': return write_number(p, time.hour % 12, count);
    case 'h': return write_number(p, time.hour % 12 == 0 ? 12 : time.hour % 12, count);
    case 'm': return write_number(p, time.minute, count);
    case 's': return write_number(p, time.second, count);
    case 'S': return write_fraction_digits(p, time.micros, count);
    case 'a': return write_view(p, time.hour < 12 ? "AM" : "PM");
    case 'E': return write_name(p, kWeekdayNames[weekday_of(time.days)], count);
    case 'Q':
    case 'q': return write_quarter(p, (time.date.month + 2) / 3, count);
    default: return count == 4 && token.letter == 'Z' ? write_gmt_offset(p, time.offset_s, true) : write_offset(p, time.offset_s, token.letter, count);
  }
}

}  // namespace

extern "C" {

bool mr_date_format(PipelineContext* ctx, SqlTimestamp time, const StringRef* pattern, StringRef* out) noexcept {
  const TimePattern& parsed = TimePattern::cached({pattern->data, static_cast<size_t>(pattern->size)});
  if (!parsed.valid()) return false;
  int64_t size = 0;
  for (const TimePattern::Token& token : parsed.tokens()) size += kTokenTextMax + token.count + static_cast<int64_t>(token.literal.size());
  const ClockTime clock(ctx->time_zone, static_cast<int64_t>(time));
  char* text = mr_scratch(ctx, size);
  char* p = text;
  for (const TimePattern::Token& token : parsed.tokens()) p = write_token(p, token, clock);
  *out = {text, p - text};
  return true;
}

bool mr_from_unixtime_as(PipelineContext* ctx, int64_t seconds, const StringRef* pattern, StringRef* out) noexcept {
  int64_t micros;
  if (__builtin_mul_overflow(seconds, kMicrosPerSecond, &micros)) return false;
  return mr_date_format(ctx, SqlTimestamp{micros}, pattern, out);
}

bool mr_from_unixtime(PipelineContext* ctx, int64_t seconds, StringRef* out) noexcept {
  constexpr std::string_view kPattern = "yyyy-MM-dd HH:mm:ss";
  const StringRef pattern{kPattern.data(), static_cast<int64_t>(kPattern.size())};
  return mr_from_unixtime_as(ctx, seconds, &pattern, out);
}

}  // extern "C"

}  // namespace millrace::abi
