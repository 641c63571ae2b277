#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "runtime/abi/calls/casts.h"
#include "runtime/functions/trimmed_text.h"

namespace millrace::abi {

namespace {

bool all_digits(std::string_view text) {
  for (char c : text) {
    if (!is_ascii_digit(c)) return false;
  }
  return true;
}

bool read_integer(const StringRef& s, int64_t min, int64_t max, int64_t* out) {
  std::string_view text = trimmed_text(s);
  if (text.empty()) return false;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  if (text.empty()) return false;
  int64_t value = 0;  // built up below zero, where there is room for the least value
  size_t i = 0;
  for (; i < text.size() && text[i] != '.'; ++i) {
    if (!is_ascii_digit(text[i])) return false;
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, text[i] - '0', &value)) return false;
  }
  if (i < text.size() && !all_digits(text.substr(i + 1))) return false;  // a lone point is 0, as in Spark
  if (!negative && value == INT64_MIN) return false;
  *out = negative ? value : -value;
  return *out >= min && *out <= max;
}

/// inf, infinity, nan: without the sign.
bool read_special(std::string_view text, double* out) {
  if (equals_ignoring_case(text, "inf") || equals_ignoring_case(text, "infinity")) {
    *out = std::numeric_limits<double>::infinity();
  } else if (equals_ignoring_case(text, "nan")) {
    *out = std::numeric_limits<double>::quiet_NaN();
  } else {
    return false;
  }
  return true;
}

/// Overflow gives infinity and underflow zero, which from_chars does not tell apart.
template <class Float>
Float read_out_of_range(std::string_view text, bool hexadecimal) {
  const std::string copy = (hexadecimal ? "0x" : "") + std::string(text);
  if constexpr (std::is_same_v<Float, float>) return std::strtof(copy.c_str(), nullptr);
  else return std::strtod(copy.c_str(), nullptr);
}

template <class Float>
bool read_finite(std::string_view text, double* out) {
  const bool hexadecimal = text.size() > 2 && text[0] == '0' && ascii_lower(text[1]) == 'x';
  if (hexadecimal) {
    text.remove_prefix(2);
    if (text.find_first_of("pP") == std::string_view::npos) return false;
  } else if (!is_ascii_digit(text.front()) && text.front() != '.') {
    return false;  // from_chars would take nan(…) and a second sign
  }
  const char suffix = ascii_lower(text.back());
  if (suffix == 'd' || suffix == 'f') text.remove_suffix(1);
  Float value = 0;
  const auto format = hexadecimal ? std::chars_format::hex : std::chars_format::general;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, format);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return false;
  *out = error == std::errc::result_out_of_range ? read_out_of_range<Float>(text, hexadecimal) : value;
  return true;
}

template <class Float>
bool read_floating(const StringRef& s, double* out) {
  std::string_view text = trimmed_text(s);
  if (text.empty()) return false;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  if (text.empty()) return false;
  if (!read_special(text, out) && !read_finite<Float>(text, out)) return false;
  if (negative) *out = -*out;
  return true;
}

}  // namespace

extern "C" {

bool mr_cast_string_to_tinyint(const StringRef* s, int64_t* out) noexcept { return read_integer(*s, INT8_MIN, INT8_MAX, out); }

bool mr_cast_string_to_smallint(const StringRef* s, int64_t* out) noexcept { return read_integer(*s, INT16_MIN, INT16_MAX, out); }

bool mr_cast_string_to_int(const StringRef* s, int64_t* out) noexcept { return read_integer(*s, INT32_MIN, INT32_MAX, out); }

bool mr_cast_string_to_bigint(const StringRef* s, int64_t* out) noexcept { return read_integer(*s, INT64_MIN, INT64_MAX, out); }

bool mr_cast_string_to_double(const StringRef* s, double* out) noexcept { return read_floating<double>(*s, out); }

bool mr_cast_string_to_float(const StringRef* s, double* out) noexcept { return read_floating<float>(*s, out); }

bool mr_cast_string_to_boolean(const StringRef* s, bool* out) noexcept {
  const std::string_view text = trimmed_text(*s);
  for (std::string_view word : {"t", "true", "y", "yes", "1"}) {
    if (equals_ignoring_case(text, word)) return *out = true;
  }
  *out = false;
  for (std::string_view word : {"f", "false", "n", "no", "0"}) {
    if (equals_ignoring_case(text, word)) return true;
  }
  return false;
}

}  // extern "C"

}  // namespace millrace::abi
