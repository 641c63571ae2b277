#include "runtime/formats/json_scalar.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "runtime/abi/calls/state.h"
#include "runtime/formats/base64.h"
#include "runtime/abi/calls/decimal.h"
#include "runtime/formats/iso_time.h"
#include "runtime/functions/decimal_text.h"
#include "runtime/functions/interval_value.h"

namespace millrace {
namespace {

using abi::PipelineContext;
using abi::StringRef;

/// Short strings with a fixed vocabulary (dates, numbers' names), decoded into a buffer; empty when they do not fit it.
class ShortText {
 public:
  explicit ShortText(const JsonToken& token) : text_(token.text) {
    if (!token.escaped) return;
    if (token.text.size() > sizeof buffer_) {
      text_ = {};
      return;
    }
    text_ = {buffer_, static_cast<size_t>(decode_json_string(token.text, buffer_) - buffer_)};
  }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  char buffer_[256];
};

bool named_double(std::string_view name, double* out) {
  if (name == "NaN") {
    *out = std::nan("");
  } else if (name == "Infinity") {
    *out = HUGE_VAL;
  } else if (name == "-Infinity") {
    *out = -HUGE_VAL;
  } else {
    return false;
  }
  return true;
}

/// Digits, point and exponent to a double; false when it is too large. Too small gives a (signed) zero.
bool parse_double(std::string_view text, double* out) {
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  if (error != std::errc::result_out_of_range) return error == std::errc{};
  // from_chars does not tell overflow from underflow: the exponent of the first digit that counts does.
  const bool negative = text.front() == '-';
  int64_t exponent = 0;
  bool seen_point = false;
  bool seen_digit = false;
  size_t i = negative;
  for (; i < text.size() && (text[i] | 0x20) != 'e'; ++i) {
    if (text[i] == '.') {
      seen_point = true;
      continue;
    }
    if (text[i] != '0') seen_digit = true;
    if (seen_digit && !seen_point) ++exponent;
    if (!seen_digit && seen_point) --exponent;
  }
  if (i < text.size()) {
    const bool negative_exponent = text[i + 1] == '-';
    int64_t written = 0;
    for (i += 1 + (negative_exponent || text[i + 1] == '+'); i < text.size() && written < (int64_t{1} << 40); ++i) {
      written = written * 10 + (text[i] - '0');
    }
    exponent += negative_exponent ? -written : written;
  }
  if (exponent > 0) return false;
  *out = negative ? -0.0 : 0.0;
  return true;
}

}  // namespace

bool json_integer(const JsonToken& token, int64_t min, int64_t max, int64_t* out) {
  if (token.kind != JsonKind::Integer) return false;
  int64_t value = 0;
  if (std::from_chars(token.text.data(), token.text.data() + token.text.size(), value).ec != std::errc{}) return false;
  if (value < min || value > max) return false;
  *out = value;
  return true;
}

bool json_double(const JsonToken& token, double* out) {
  if (token.kind == JsonKind::Integer || token.kind == JsonKind::Decimal) return parse_double(token.text, out);
  return token.kind == JsonKind::String && named_double(ShortText(token).text(), out);
}

bool json_float(const JsonToken& token, double* out) {
  double wide;
  if (!json_double(token, &wide)) return false;
  const auto narrow = static_cast<double>(static_cast<float>(wide));
  if (std::isinf(narrow) && !std::isinf(wide)) return false;
  *out = narrow;
  return true;
}

bool json_decimal(const JsonToken& token, int64_t precision, int64_t scale, abi::Decimal* out) {
  if (token.kind == JsonKind::Integer || token.kind == JsonKind::Decimal) return parse_decimal(token.text, precision, scale, out);
  if (token.kind != JsonKind::String) return false;
  const ShortText text(token);
  const StringRef bytes{text.text().data(), static_cast<int64_t>(text.text().size())};
  return abi::mr_decimal_from_string(&bytes, precision, scale, out);
}

bool json_interval(const JsonToken& token, const char* code, int64_t* out) {
  if (token.kind != JsonKind::String) return false;
  const ShortText text(token);
  return interval_from_text({text.text().data(), static_cast<int64_t>(text.text().size())}, code, out);
}

bool json_boolean(const JsonToken& token, bool* out) {
  *out = token.kind == JsonKind::True;
  return token.kind == JsonKind::True || token.kind == JsonKind::False;
}

bool json_date(const JsonToken& token, int64_t* out) {
  return token.kind == JsonKind::String && parse_iso_date(ShortText(token).text(), out);
}

bool json_timestamp(const JsonToken& token, const abi::TimeZone* zone, int64_t* out) {
  if (token.kind == JsonKind::Integer) {
    int64_t seconds = 0;
    const char* last = token.text.data() + token.text.size();
    if (std::from_chars(token.text.data(), last, seconds).ec != std::errc{}) return false;
    return !__builtin_mul_overflow(seconds, 1'000'000, out);
  }
  return token.kind == JsonKind::String && parse_iso_timestamp(ShortText(token).text(), zone, out);
}

StringRef json_text(PipelineContext* context, const JsonToken& token) {
  if (!token.escaped) return {token.text.data(), static_cast<int64_t>(token.text.size())};
  char* bytes = abi::mr_scratch(context, static_cast<int64_t>(token.text.size()));
  return {bytes, decode_json_string(token.text, bytes) - bytes};
}

bool json_binary(PipelineContext* context, const JsonToken& token, StringRef* out) {
  if (token.kind != JsonKind::String) return false;
  const StringRef text = json_text(context, token);
  char* bytes = abi::mr_scratch(context, text.size + 1);  // not nullptr even for no bytes
  const int64_t size = decode_base64({text.data, static_cast<size_t>(text.size)}, bytes);
  if (size < 0) return false;
  *out = {bytes, size};
  return true;
}

}  // namespace millrace
