#include "runtime/formats/iso_time.h"

#include <optional>

#include "runtime/hot/calendar.h"

namespace millrace {
namespace {

using abi::kMicrosPerDay;
using abi::kMicrosPerSecond;

/// Reads a text from left to right; every function takes what it names off the front, or nothing.
class IsoReader {
 public:
  explicit IsoReader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<int64_t> take_number(size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int64_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  std::optional<int64_t> take_number_below(size_t digits, int64_t bound) {
    const auto value = take_number(digits);
    return value && *value < bound ? value : std::nullopt;
  }

  std::optional<int64_t> take_date() {
    const auto year = take_number(4);
    if (!year || !take('-')) return std::nullopt;
    const auto month = take_number(2);
    if (!month || !take('-')) return std::nullopt;
    const auto day = take_number(2);
    if (!day || !is_date(*year, *month, *day)) return std::nullopt;
    return abi::days_from_civil(*year, *month, *day);
  }

  /// Microseconds since midnight.
  std::optional<int64_t> take_time() {
    const auto hour = take_number_below(2, 24);
    if (!hour || !take(':')) return std::nullopt;
    const auto minute = take_number_below(2, 60);
    if (!minute) return std::nullopt;
    const int64_t micros = (*hour * 60 + *minute) * 60 * kMicrosPerSecond;
    if (!take(':')) return micros;
    const auto second = take_number_below(2, 60);
    if (!second) return std::nullopt;
    const auto fraction = take('.') ? take_fraction() : std::optional<int64_t>(0);
    if (!fraction) return std::nullopt;
    return micros + *second * kMicrosPerSecond + *fraction;
  }

  /// Seconds east of UTC.
  std::optional<int64_t> take_zone() {
    if (take('Z')) return 0;
    const int sign = take('+') ? 1 : take('-') ? -1 : 0;
    const auto hours = take_number_below(2, 19);
    if (sign == 0 || !hours) return std::nullopt;
    if (done()) return sign * *hours * 3600;
    take(':');
    const auto minutes = take_number_below(2, 60);
    if (!minutes) return std::nullopt;
    return sign * (*hours * 3600 + *minutes * 60);
  }

 private:
  static bool is_date(int64_t year, int64_t month, int64_t day) {
    return month >= 1 && month <= 12 && day >= 1 && day <= abi::days_in_month(year, month);
  }

  std::optional<int64_t> take_fraction() {
    int64_t micros = 0;
    int64_t unit = kMicrosPerSecond;
    size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      unit /= 10;
      micros += unit * (rest_[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    rest_.remove_prefix(digits);
    return micros;
  }

  std::string_view rest_;
};

constexpr size_t kWholeSeconds = 19;  // yyyy-MM-dd HH:mm:ss
constexpr size_t kMicroseconds = 26;  // with a point and six digits

/// The form that nearly all times have, `yyyy-MM-dd HH:mm:ss[.ffffff]` without a zone, by its fixed places: no digit waits for the one before.
/// False for any other text, which may be a time all the same.
bool read_plain_timestamp(std::string_view text, int64_t* local_us) {
  if (text.size() < kWholeSeconds || text.size() > kMicroseconds) return false;
  const char* p = text.data();
  unsigned worst = 0;
  const auto digit = [p, &worst](size_t i) {
    const auto value = static_cast<unsigned>(static_cast<unsigned char>(p[i])) - '0';
    worst |= value > 9 ? 1U : 0U;
    return static_cast<int64_t>(value);
  };
  const auto two = [&digit](size_t i) { return digit(i) * 10 + digit(i + 1); };
  const int64_t year = two(0) * 100 + two(2), month = two(5), day = two(8);
  const int64_t hour = two(11), minute = two(14), second = two(17);
  const bool marked = p[4] == '-' && p[7] == '-' && (p[10] == ' ' || p[10] == 'T') && p[13] == ':' && p[16] == ':';
  int64_t fraction = 0;
  if (text.size() > kWholeSeconds) {
    if (p[kWholeSeconds] != '.' || text.size() == kWholeSeconds + 1) return false;
    for (size_t i = kWholeSeconds + 1; i < text.size(); ++i) fraction = fraction * 10 + digit(i);
    for (size_t i = text.size(); i < kMicroseconds; ++i) fraction *= 10;
  }
  if (worst != 0 || !marked || hour > 23 || minute > 59 || second > 59) return false;
  if (month < 1 || month > 12 || day < 1 || day > abi::days_in_month(year, month)) return false;
  *local_us = abi::days_from_civil(year, month, day) * kMicrosPerDay + ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond + fraction;
  return true;
}

}  // namespace

bool parse_iso_date(std::string_view text, int64_t* days) {
  IsoReader reader(text);
  const auto date = reader.take_date();
  if (!date || !reader.done()) return false;
  *days = *date;
  return true;
}

bool parse_iso_timestamp(std::string_view text, const abi::TimeZone* zone, int64_t* micros) {
  if (int64_t plain = 0; read_plain_timestamp(text, &plain)) {
    *micros = abi::utc_from_local(zone, plain);
    return true;
  }
  IsoReader reader(text);
  const auto days = reader.take_date();
  if (!days) return false;
  int64_t local = *days * kMicrosPerDay;
  std::optional<int64_t> offset_seconds;
  if (!reader.done()) {
    if (!reader.take('T') && !reader.take(' ')) return false;
    const auto time = reader.take_time();
    if (!time) return false;
    local += *time;
    if (!reader.done()) {
      offset_seconds = reader.take_zone();
      if (!offset_seconds || !reader.done()) return false;
    }
  }
  *micros = offset_seconds ? local - *offset_seconds * kMicrosPerSecond : abi::utc_from_local(zone, local);
  return true;
}

}  // namespace millrace
