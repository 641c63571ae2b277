#include <charconv>
#include <cstring>
#include <string_view>

#include "runtime/abi/calls/interval.h"
#include "runtime/abi/calls/state.h"
#include "runtime/functions/trimmed_text.h"

namespace millrace::abi {

namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kFieldMicros[] = {86'400 * kSecond, 3'600 * kSecond, 60 * kSecond, kSecond};
constexpr std::string_view kMonthFields[] = {"YEAR", "MONTH"};
constexpr std::string_view kDayFields[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
constexpr int64_t kSecondField = 3;

/// Writes into memory that is long enough.
class Text {
 public:
  explicit Text(char* begin) : begin_(begin), p_(begin) {}
  void add(std::string_view text) {
    std::memcpy(p_, text.data(), text.size());
    p_ += text.size();
  }
  void add(char c) { *p_++ = c; }
  void number(uint64_t value, int digits_min = 1) {
    char digits[20];
    int size = 0;
    for (; value != 0 || size < digits_min; value /= 10) digits[size++] = static_cast<char>('0' + value % 10);
    while (size > 0) *p_++ = digits[--size];
  }
  /// `04.5`
  void seconds(uint64_t micros) {
    number(micros / kSecond, 2);
    uint64_t fraction = micros % kSecond;
    if (fraction == 0) return;
    add('.');
    int digits = 6;
    for (; fraction % 10 == 0; fraction /= 10) --digits;
    number(fraction, digits);
  }
  void units(const std::string_view* names, int64_t first, int64_t last) {
    add("' ");
    add(names[first]);
    if (first == last) return;
    add(" TO ");
    add(names[last]);
  }
  int64_t size() const { return p_ - begin_; }

 private:
  char* begin_;
  char* p_;
};

uint64_t magnitude_of(int64_t value) { return value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value); }

/// Takes a literal's text apart: sign, fields, separators.
class IntervalReader {
 public:
  explicit IntervalReader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void blanks() {
    while (take(' ') || take('\t')) {
    }
  }
  bool number(uint64_t* out) {
    const auto parsed = std::from_chars(text_.data(), text_.data() + text_.size(), *out);
    if (parsed.ec != std::errc() || text_.empty() || !is_ascii_digit(text_.front())) return false;
    text_.remove_prefix(static_cast<size_t>(parsed.ptr - text_.data()));
    return true;
  }
  /// The digits behind a point, as microseconds; those beyond the sixth are cut off, beyond the ninth refused.
  bool fraction(uint64_t* micros) {
    *micros = 0;
    size_t n = 0;
    for (; n < text_.size() && is_ascii_digit(text_[n]); ++n) {
      if (n < 6) *micros = *micros * 10 + static_cast<uint64_t>(text_[n] - '0');
    }
    for (size_t i = n; i < 6; ++i) *micros *= 10;
    text_.remove_prefix(n);
    return n >= 1 && n <= 9;
  }
  bool word(std::string_view upper) {
    blanks();
    if (text_.size() < upper.size()) return false;
    for (size_t i = 0; i < upper.size(); ++i) {
      if (ascii_lower(text_[i]) != ascii_lower(upper[i])) return false;
    }
    text_.remove_prefix(upper.size());
    return true;
  }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

/// The text between the quotes of `INTERVAL '…' FIRST TO LAST`, or all of it where there are none; false when the units are others.
bool unwrap(std::string_view text, const std::string_view* names, int64_t first, int64_t last, bool* negative, std::string_view* inside) {
  IntervalReader reader(text);
  *negative = false;
  if (!reader.word("INTERVAL")) {
    *inside = text;
    return true;
  }
  reader.blanks();
  if (reader.take('-')) *negative = true;
  else reader.take('+');
  reader.blanks();
  if (!reader.take('\'')) return false;
  const size_t end = reader.rest().find('\'');
  if (end == std::string_view::npos) return false;
  *inside = reader.rest().substr(0, end);
  IntervalReader units(reader.rest().substr(end + 1));
  if (!units.word(names[first])) return false;
  if (first != last && (!units.word("TO") || !units.word(names[last]))) return false;
  units.blanks();
  return units.done();
}

/// A sign in front of the fields.
void take_sign(IntervalReader& reader, bool* negative) {
  if (reader.take('-')) *negative = !*negative;
  else reader.take('+');
}

bool signed_value(unsigned __int128 magnitude, bool negative, int64_t min, int64_t max, int64_t* out) {
  if (magnitude > static_cast<unsigned __int128>(INT64_MAX) + 1) return false;
  const __int128 value = negative ? -static_cast<__int128>(magnitude) : static_cast<__int128>(magnitude);
  if (value < min || value > max) return false;
  *out = static_cast<int64_t>(value);
  return true;
}

/// `1 02:03:04.5`: hours below 24, minutes and seconds below 60, but for the first field.
bool read_day_fields(IntervalReader& reader, int64_t first, int64_t last, unsigned __int128* micros) {
  constexpr uint64_t kLimits[] = {0, 24, 60, 60};
  *micros = 0;
  for (int64_t field = first; field <= last; ++field) {
    if (field > first && !reader.take(field == 1 ? ' ' : ':')) return false;
    uint64_t value = 0;
    if (!reader.number(&value) || (field > first && value >= kLimits[field])) return false;
    *micros += static_cast<unsigned __int128>(value) * static_cast<uint64_t>(kFieldMicros[field]);
  }
  uint64_t fraction = 0;
  if (last == kSecondField && reader.take('.') && !reader.fraction(&fraction)) return false;
  *micros += fraction;
  return reader.done();
}

}  // namespace

extern "C" {

int64_t mr_write_months(int64_t months, int64_t first, int64_t last, char* out) noexcept {
  Text text(out);
  const uint64_t magnitude = magnitude_of(months);
  text.add(months < 0 ? "INTERVAL '-" : "INTERVAL '");
  text.number(first == 0 ? magnitude / 12 : magnitude);
  if (first != last) {
    text.add('-');
    text.number(magnitude % 12);
  }
  text.units(kMonthFields, first, last);
  return text.size();
}

int64_t mr_write_micros(int64_t micros, int64_t first, int64_t last, char* out) noexcept {
  Text text(out);
  uint64_t rest = magnitude_of(micros);
  text.add(micros < 0 ? "INTERVAL '-" : "INTERVAL '");
  for (int64_t field = first; field <= last; ++field) {
    if (field > first) text.add(field == 1 ? ' ' : ':');
    if (field == kSecondField) {
      text.seconds(rest);
      break;
    }
    const auto unit = static_cast<uint64_t>(kFieldMicros[field]);
    text.number(rest / unit, field == 0 ? 1 : 2);
    rest %= unit;
  }
  text.units(kDayFields, first, last);
  return text.size();
}

void mr_cast_months_to_string(PipelineContext* ctx, SqlMonths value, int64_t first, int64_t last, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, kIntervalTextMax);
  *out = {text, mr_write_months(static_cast<int64_t>(value), first, last, text)};
}

void mr_cast_micros_to_string(PipelineContext* ctx, SqlMicros value, int64_t first, int64_t last, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, kIntervalTextMax);
  *out = {text, mr_write_micros(static_cast<int64_t>(value), first, last, text)};
}

bool mr_cast_string_to_months(const StringRef* text, int64_t first, int64_t last, SqlMonths* out) noexcept {
  bool negative = false;
  std::string_view inside;
  if (!unwrap(trimmed_text(*text), kMonthFields, first, last, &negative, &inside)) return false;
  IntervalReader reader(inside);
  reader.blanks();
  take_sign(reader, &negative);
  uint64_t value = 0, months = 0;
  if (!reader.number(&value)) return false;
  if (first != last && (!reader.take('-') || !reader.number(&months) || months > 11)) return false;
  reader.blanks();
  if (!reader.done()) return false;
  const unsigned __int128 total = static_cast<unsigned __int128>(value) * (first == 0 ? 12 : 1) + months;
  int64_t result = 0;
  if (!signed_value(total, negative, INT32_MIN, INT32_MAX, &result)) return false;
  *out = SqlMonths{result};
  return true;
}

bool mr_cast_string_to_micros(const StringRef* text, int64_t first, int64_t last, SqlMicros* out) noexcept {
  bool negative = false;
  std::string_view inside;
  if (!unwrap(trimmed_text(*text), kDayFields, first, last, &negative, &inside)) return false;
  const StringRef bytes{inside.data(), static_cast<int64_t>(inside.size())};
  IntervalReader reader(trimmed_text(bytes));
  take_sign(reader, &negative);
  unsigned __int128 micros = 0;
  if (!read_day_fields(reader, first, last, &micros)) return false;
  int64_t result = 0;
  if (!signed_value(micros, negative, INT64_MIN, INT64_MAX, &result)) return false;
  *out = SqlMicros{result};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
