#include <charconv>
#include <cmath>
#include <cstring>

#include "runtime/abi/calls/decimal.h"
#include "runtime/abi/calls/state.h"
#include "runtime/functions/decimal_text.h"
#include "runtime/functions/trimmed_text.h"

namespace millrace {

namespace {

using abi::Decimal;

constexpr int64_t kExponentMax = 1'000'000;  ///< beyond it every number is zero or too large

/// Digits of a number's text, gathered: leading zeros count for nothing, those beyond the 38th are only rounded with.
struct Significand {
  unsigned __int128 value = 0;
  int digits = 0;          ///< in `value`
  int64_t dropped = 0;     ///< after them
  bool half_or_more = false;  ///< the first dropped one is 5 or more
  bool first = true;

  void add(int digit) {
    if (digits < abi::kDecimalMaxDigits) {
      value = value * 10 + static_cast<unsigned>(digit);
      digits += value != 0 ? 1 : 0;
      return;
    }
    if (first) half_or_more = digit >= 5;
    first = false;
    ++dropped;
  }
};

}  // namespace

bool parse_decimal(std::string_view text, int64_t precision, int64_t scale, Decimal* out) {
  size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++i;
  Significand number;
  int64_t fraction_digits = 0;
  bool seen_digit = false, seen_point = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !seen_point) {
      seen_point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    seen_digit = true;
    fraction_digits += seen_point ? 1 : 0;
    number.add(c - '0');
  }
  if (!seen_digit) return false;
  int64_t exponent = 0;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return false;
    const char* begin = text.data() + i + 1;
    const char* end = text.data() + text.size();
    if (begin < end && *begin == '+') ++begin;
    const auto parsed = std::from_chars(begin, end, exponent);
    if (parsed.ec != std::errc() || parsed.ptr != end || begin == end) return false;
    if (exponent > kExponentMax) exponent = kExponentMax;
    if (exponent < -kExponentMax) exponent = -kExponentMax;
  }
  // The number is value * 10^-from_scale, apart from what was dropped.
  const int64_t from_scale = fraction_digits - number.dropped - exponent;
  auto unscaled = static_cast<__int128>(number.value);
  if (number.value == 0) return *out = Decimal{}, true;
  if (from_scale == scale && number.half_or_more) ++unscaled;
  if (from_scale < scale - abi::kDecimalMaxDigits) return false;
  if (from_scale > scale + abi::kDecimalMaxDigits) return *out = Decimal{}, true;
  const Decimal whole = abi::decimal_of(negative ? -unscaled : unscaled);
  if (from_scale >= 0) return abi::mr_decimal_rescale(&whole, from_scale, precision, scale, out);
  // A negative scale: shift both.
  return abi::mr_decimal_rescale(&whole, 0, precision, scale - from_scale, out);
}

}  // namespace millrace

namespace millrace::abi {

extern "C" {

bool mr_decimal_from_int(int64_t value, int64_t precision, int64_t scale, Decimal* out) noexcept {
  const Decimal whole = decimal_of(value);
  return mr_decimal_rescale(&whole, 0, precision, scale, out);
}

bool mr_decimal_from_double(double value, int64_t precision, int64_t scale, Decimal* out) noexcept {
  if (!std::isfinite(value)) return false;
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, value);
  return parse_decimal({text, static_cast<size_t>(written.ptr - text)}, precision, scale, out);
}

bool mr_decimal_from_string(const StringRef* text, int64_t precision, int64_t scale, Decimal* out) noexcept {
  return parse_decimal(trimmed_text(*text), precision, scale, out);
}

bool mr_decimal_from_timestamp(SqlTimestamp value, int64_t precision, int64_t scale, Decimal* out) noexcept {
  const Decimal micros = decimal_of(static_cast<int64_t>(value));
  return mr_decimal_rescale(&micros, 6, precision, scale, out);
}

double mr_decimal_to_double(const Decimal* value, int64_t scale) noexcept {
  const __int128 unscaled = wide_of(*value);
  // Both exact: so the quotient is rounded once.
  constexpr __int128 kExact = __int128{1} << 53;
  constexpr int64_t kExactPower = 22;
  if (unscaled <= kExact && unscaled >= -kExact && scale <= kExactPower) {
    return static_cast<double>(unscaled) / static_cast<double>(ten_to(scale));
  }
  char text[kDecimalTextMax];
  const int64_t size = mr_write_decimal(value, scale, text);
  double result = 0;
  std::from_chars(text, text + size, result);
  return result;
}

bool mr_decimal_to_int(const Decimal* value, int64_t scale, int64_t min, int64_t max, int64_t* out) noexcept {
  const __int128 whole = wide_of(*value) / ten_to(scale);
  if (whole < min || whole > max) return false;
  *out = static_cast<int64_t>(whole);
  return true;
}

bool mr_decimal_to_timestamp(const Decimal* value, int64_t scale, SqlTimestamp* out) noexcept {
  constexpr int64_t kMicrosDigits = 6;
  __int128 micros = wide_of(*value);
  if (scale >= kMicrosDigits) micros /= ten_to(scale - kMicrosDigits);
  else if (__builtin_mul_overflow(micros, ten_to(kMicrosDigits - scale), &micros)) return false;
  if (micros < INT64_MIN || micros > INT64_MAX) return false;
  *out = SqlTimestamp{static_cast<int64_t>(micros)};
  return true;
}

int64_t mr_write_decimal(const Decimal* value, int64_t scale, char* out) noexcept {
  const __int128 unscaled = wide_of(*value);
  auto rest = unscaled < 0 ? -static_cast<unsigned __int128>(unscaled) : static_cast<unsigned __int128>(unscaled);
  char digits[kDecimalTextMax];
  char* const end = digits + sizeof digits;
  char* p = end;
  int64_t written = 0;
  while (rest > UINT64_MAX) {
    if (written == scale && scale > 0) *--p = '.';
    *--p = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    ++written;
  }
  auto small = static_cast<uint64_t>(rest);
  while (small != 0 || written <= scale) {
    if (written == scale && scale > 0) *--p = '.';
    *--p = static_cast<char>('0' + small % 10);
    small /= 10;
    ++written;
  }
  if (unscaled < 0) *--p = '-';
  std::memcpy(out, p, static_cast<size_t>(end - p));
  return end - p;
}

void mr_decimal_to_string(PipelineContext* ctx, const Decimal* value, int64_t scale, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, kDecimalTextMax);
  *out = {text, mr_write_decimal(value, scale, text)};
}

}  // extern "C"

}  // namespace millrace::abi
