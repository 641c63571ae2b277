#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/state.h"
#include "runtime/abi/calls/text.h"
#include "runtime/functions/plain_double_text.h"
#include "runtime/hot/number_text.h"

namespace millrace::abi {

namespace {

/// The shortest significant digits of a positive number: value = 0.d1d2d3… × 10^(exponent + 1).
struct Digits {
  char text[20];
  int count = 0;
  int exponent = 0;
};

Digits read_scientific(const char* scientific, const char* end) {
  Digits digits;
  const char* p = scientific;
  for (; p < end && *p != 'e'; ++p) {
    if (*p != '.') digits.text[digits.count++] = *p;
  }
  if (++p < end && *p == '+') ++p;
  std::from_chars(p, end, digits.exponent);
  return digits;
}

template <class Float>
Digits shortest_digits(Float value) {
  char text[32];
  return read_scientific(text, std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr);
}

/// Of the smallest numbers, which one digit tells apart, Java writes the nearest two: 4.9E-324.
template <class Float>
Digits two_digits(Float value) {
  char text[32];
  return read_scientific(text, std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, 1).ptr);
}

char* write_text(char* p, const char* text) {
  const size_t size = std::strlen(text);
  std::memcpy(p, text, size);
  return p + size;
}

char* write_zeros(char* p, int count) {
  for (; count > 0; --count) *p++ = '0';
  return p;
}

/// `12300.0`, `0.00123`.
char* write_plain(char* p, const Digits& digits) {
  const int whole = digits.exponent + 1;
  if (whole <= 0) {
    p = write_zeros(write_text(p, "0."), -whole);
    std::memcpy(p, digits.text, static_cast<size_t>(digits.count));
    return p + digits.count;
  }
  const int written = whole < digits.count ? whole : digits.count;
  std::memcpy(p, digits.text, static_cast<size_t>(written));
  p = write_zeros(p + written, whole - written);
  *p++ = '.';
  if (digits.count <= whole) return write_zeros(p, 1);
  std::memcpy(p, digits.text + whole, static_cast<size_t>(digits.count - whole));
  return p + (digits.count - whole);
}

/// `1.0E10`, `1.23E-5`.
char* write_scientific(char* p, const Digits& digits) {
  *p++ = digits.text[0];
  *p++ = '.';
  if (digits.count == 1) {
    *p++ = '0';
  } else {
    std::memcpy(p, digits.text + 1, static_cast<size_t>(digits.count - 1));
    p += digits.count - 1;
  }
  *p++ = 'E';
  return write_int(p, digits.exponent);
}

template <class Float>
int64_t write_floating(Float value, char* out) {
  if (std::isnan(value)) return write_text(out, "NaN") - out;
  char* p = out;
  if (std::signbit(value)) *p++ = '-';
  value = std::fabs(value);
  if (std::isinf(value)) return write_text(p, "Infinity") - out;
  if (value == 0) return write_text(p, "0.0") - out;
  if constexpr (std::is_same_v<Float, double>) {
    if (char* const end = write_plain_double(value, p)) return end - out;
  }
  Digits digits = shortest_digits(value);
  if (digits.count == 1 && value < std::numeric_limits<Float>::min()) digits = two_digits(value);
  const bool plain = digits.exponent >= -3 && digits.exponent < 7;  // 10^-3 <= value < 10^7
  return (plain ? write_plain(p, digits) : write_scientific(p, digits)) - out;
}

}  // namespace

extern "C" {

int64_t mr_write_double(double value, char* out) noexcept { return write_floating(value, out); }

int64_t mr_write_float(double value, char* out) noexcept { return write_floating(static_cast<float>(value), out); }

void mr_cast_double_to_string(PipelineContext* ctx, double value, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, kDoubleTextMax);
  *out = {text, mr_write_double(value, text)};
}

void mr_cast_float_to_string(PipelineContext* ctx, double value, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, kDoubleTextMax);
  *out = {text, mr_write_float(value, text)};
}

}  // extern "C"

}  // namespace millrace::abi
