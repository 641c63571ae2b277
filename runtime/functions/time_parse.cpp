#include <optional>
#include <utility>

#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/time.h"
#include "runtime/functions/time_names.h"
#include "runtime/functions/time_pattern.h"
#include "runtime/functions/trimmed_text.h"
#include "runtime/hot/calendar.h"
#include "runtime/time/time_zone.h"

namespace millrace::abi {

namespace {

/// What a pattern has read so far; what it does not mention keeps the default.
struct ReadTime {
  int64_t year = 1970, month = 1, day = 1, day_of_year = 0;
  int64_t hour = 0, minute = 0, second = 0, micros = 0;
  bool says_month = false, says_day = false, says_fraction = false;
  bool twelve_hours = false;  ///< the hour is one of twelve
  bool afternoon = false;
  const TimeZone* zone = nullptr;  ///< nullptr: the session's
};

/// Reads text by a pattern, token after token; each read_… moves on and says whether it fitted.
class PatternReader {
 public:
  PatternReader(std::string_view text, const std::vector<TimePattern::Token>& tokens) : rest_(text), tokens_(tokens) {}

  bool read(ReadTime* out) { return read_tokens(0, tokens_.size(), out) && rest_.empty(); }

 private:
  bool read_tokens(size_t begin, size_t end, ReadTime* out) {
    for (size_t i = begin; i < end; ++i) {
      if (tokens_[i].letter == ']') continue;
      if (tokens_[i].letter != '[') {
        if (!read_token(i, out)) return false;
        continue;
      }
      // What may be missing is read as far as all of it is there, else as if it stood not in the pattern.
      const size_t close = closing(i, end);
      const std::string_view before = rest_;
      const ReadTime kept = *out;
      if (!read_tokens(i + 1, close, out)) {
        rest_ = before;
        *out = kept;
      }
      i = close;
    }
    return true;
  }

  /// The bracket that closes the one at `i`; the end where none does.
  size_t closing(size_t i, size_t end) const {
    int depth = 0;
    for (; i < end; ++i) {
      depth += tokens_[i].letter == '[' ? 1 : tokens_[i].letter == ']' ? -1 : 0;
      if (depth == 0) return i;
    }
    return end;
  }

  /// Numbers stand side by side, as in yyyyMMdd: then each has exactly as many digits as letters.
  bool next_is_number(size_t i) const {
    if (i + 1 >= tokens_.size()) return false;
    const TimePattern::Token& next = tokens_[i + 1];
    const bool text = next.letter == 'a' || next.letter == 'E' || ((next.letter == 'M' || next.letter == 'L') && next.count > 2);
    return std::string_view("GyuMLdDHhkKmsSFQq").find(next.letter) != std::string_view::npos && next.letter != 'G' && !text;
  }

  bool read_digits(int least, int most, int64_t* out) {
    int64_t value = 0;
    int size = 0;
    for (; size < most && static_cast<size_t>(size) < rest_.size() && is_ascii_digit(rest_[static_cast<size_t>(size)]); ++size) {
      value = value * 10 + (rest_[static_cast<size_t>(size)] - '0');
    }
    if (size < least) return false;
    rest_.remove_prefix(static_cast<size_t>(size));
    *out = value;
    return true;
  }

  /// A field of at most `width` digits: as many as letters, or, for a single letter, any number.
  bool read_number(size_t i, int width, int64_t* out) {
    const int count = tokens_[i].count;
    const int most = count == 1 && !next_is_number(i) ? width : count;
    return count <= width && read_digits(count, most, out);
  }

  bool read_year(size_t i, int64_t* out) {
    const int count = tokens_[i].count;
    constexpr int kDigitsMax = 6;  // beyond them no timestamp exists
    if (count == 2) {
      if (!read_digits(2, 2, out)) return false;
      *out += 2000;
      return true;
    }
    const bool negative = !rest_.empty() && rest_.front() == '-';
    if (negative || (!rest_.empty() && rest_.front() == '+')) rest_.remove_prefix(1);
    if (!read_digits(count, next_is_number(i) ? count : kDigitsMax, out)) return false;
    if (negative) *out = -*out;
    return true;
  }

  bool read_name(std::string_view name) {
    if (rest_.size() < name.size()) return false;
    for (size_t i = 0; i < name.size(); ++i) {
      if (ascii_lower(rest_[i]) != ascii_lower(name[i])) return false;
    }
    rest_.remove_prefix(name.size());
    return true;
  }

  template <size_t kNames>
  std::optional<int64_t> read_one_of(const std::string_view (&names)[kNames], int count) {
    for (size_t i = 0; i < kNames; ++i) {
      if (read_name(count == 4 ? names[i] : names[i].substr(0, kShortNameSize))) return static_cast<int64_t>(i);
    }
    return std::nullopt;
  }

  bool read_month(size_t i, int64_t* out) {
    if (tokens_[i].count <= 2) return read_number(i, 2, out);
    const std::optional<int64_t> month = read_one_of(kMonthNames, tokens_[i].count);
    if (month) *out = *month + 1;
    return month.has_value();
  }

  /// One digit up to as many as letters.
  bool read_fraction(int count, int64_t* out) {
    int64_t unit = 100'000;
    int read = 0;
    *out = 0;
    for (; read < count && !rest_.empty() && is_ascii_digit(rest_.front()); ++read, unit /= 10) {
      *out += (rest_.front() - '0') * unit;
      rest_.remove_prefix(1);
    }
    return read > 0;
  }

  bool read_zone(const TimeZone** out) {
    size_t size = 0;
    if (!rest_.empty() && rest_.front() == 'Z') {
      size = 1;
    } else {
      while (size < rest_.size() && (is_ascii_digit(rest_[size]) || rest_[size] == ':' || (size == 0 && (rest_[0] == '+' || rest_[0] == '-')))) {
        ++size;
      }
    }
    *out = find_time_zone(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return size > 0 && *out != nullptr;
  }

  /// `PST`, `UTC`, `Europe/Paris`, `+01:00`
  bool read_zone_name(const TimeZone** out) {
    size_t size = 0;
    while (size < rest_.size() && (is_zone_letter(rest_[size]) || is_ascii_digit(rest_[size]))) ++size;
    const std::string_view name = rest_.substr(0, size);
    *out = find_time_zone(zone_of_abbreviation(name));
    rest_.remove_prefix(size);
    return size > 0 && *out != nullptr;
  }

  static bool is_zone_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '_' || c == '+' || c == '-' || c == ':';
  }

  bool read_half_day(ReadTime* out) {
    out->afternoon = read_name("PM");
    return out->afternoon || read_name("AM");
  }

  bool read_token(size_t i, ReadTime* out) {
    const TimePattern::Token& token = tokens_[i];
    switch (token.letter) {
      case 0: {
        const bool fits = rest_.starts_with(token.literal);
        if (fits) rest_.remove_prefix(token.literal.size());
        return fits;
      }
      case 'G': return read_name(token.count == 4 ? "Anno Domini" : "AD");
      case 'y':
      case 'u': return read_year(i, &out->year);
      case 'M':
      case 'L': out->says_month = true; return read_month(i, &out->month);
      case 'd': out->says_day = true; return read_number(i, 2, &out->day);
      case 'D': return read_number(i, 3, &out->day_of_year) && out->day_of_year > 0;
      case 'H':
      case 'k': return read_number(i, 2, &out->hour) && out->hour <= 24 && (out->hour %= 24, true);
      case 'h':
      case 'K':
        out->twelve_hours = true;
        return read_number(i, 2, &out->hour) && out->hour <= 12;
      case 'm': return read_number(i, 2, &out->minute);
      case 's': return read_number(i, 2, &out->second);
      case 'S': {
        // Said twice it must be the same.
        const int64_t before = out->micros;
        const bool again = std::exchange(out->says_fraction, true);
        return read_fraction(token.count, &out->micros) && (!again || out->micros == before);
      }
      case 'a': return read_half_day(out);
      case 'E': return read_one_of(kWeekdayNames, token.count).has_value();
      case 'X':
      case 'x':
      case 'Z': return read_zone(&out->zone);
      case 'z':
      case 'V':
      case 'O': return read_zone_name(&out->zone);
      default: return false;  // a quarter alone says no date
    }
  }

  std::string_view rest_;
  const std::vector<TimePattern::Token>& tokens_;
};

/// The local time of what was read; nullopt when there is no such date or time.
std::optional<int64_t> local_time(const ReadTime& t) {
  const int64_t hour = t.twelve_hours ? t.hour % 12 + (t.afternoon ? 12 : 0) : t.hour;
  if (t.month < 1 || t.month > 12 || t.day < 1 || t.day > days_in_month(t.year, t.month)) return std::nullopt;
  if (hour > 23 || t.minute > 59 || t.second > 59 || t.year < -200'000 || t.year > 200'000) return std::nullopt;
  if (t.day_of_year > (is_leap_year(t.year) ? 366 : 365)) return std::nullopt;
  const int64_t days = t.day_of_year > 0 ? days_from_civil(t.year, 1, 1) + t.day_of_year - 1 : days_from_civil(t.year, t.month, t.day);
  const CivilDate date = civil_from_days(days);
  if ((t.says_month && date.month != t.month) || (t.says_day && date.day != t.day)) return std::nullopt;
  return days * kMicrosPerDay + ((hour * 60 + t.minute) * 60 + t.second) * kMicrosPerSecond + t.micros;
}

}  // namespace

extern "C" {

bool mr_to_timestamp_as(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, SqlTimestamp* out) noexcept {
  const TimePattern& parsed = TimePattern::cached({pattern->data, static_cast<size_t>(pattern->size)});
  ReadTime read;
  PatternReader reader({s->data, static_cast<size_t>(s->size)}, parsed.tokens());
  if (!parsed.valid() || !reader.read(&read)) return false;
  const std::optional<int64_t> local = local_time(read);
  if (!local) return false;
  *out = SqlTimestamp{utc_from_local(read.zone != nullptr ? read.zone : ctx->time_zone, *local)};
  return true;
}

bool mr_to_date_as(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, SqlDate* out) noexcept {
  SqlTimestamp time;
  if (!mr_to_timestamp_as(ctx, s, pattern, &time)) return false;
  *out = SqlDate{floor_div(local_from_utc(ctx->time_zone, static_cast<int64_t>(time)), kMicrosPerDay)};
  return true;
}

bool mr_unix_timestamp_as(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, int64_t* out) noexcept {
  SqlTimestamp time;
  if (!mr_to_timestamp_as(ctx, s, pattern, &time)) return false;
  *out = floor_div(static_cast<int64_t>(time), kMicrosPerSecond);
  return true;
}

bool mr_unix_timestamp_text(PipelineContext* ctx, const StringRef* s, int64_t* out) noexcept {
  constexpr std::string_view kPattern = "yyyy-MM-dd HH:mm:ss";
  const StringRef pattern{kPattern.data(), static_cast<int64_t>(kPattern.size())};
  return mr_unix_timestamp_as(ctx, s, &pattern, out);
}

}  // extern "C"

}  // namespace millrace::abi
