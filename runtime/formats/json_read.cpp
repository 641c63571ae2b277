#include <charconv>
#include <cmath>
#include <string>

#include "runtime/abi/calls/scan.h"
#include "runtime/abi/calls/state.h"
#include "runtime/formats/base64.h"
#include "runtime/formats/iso_time.h"
#include "runtime/formats/json_token.h"

/// The reading functions that accept every spelling. A string with escapes is decoded before it is looked at.
namespace millrace::abi {
namespace {

/// A token that is not what the caller wants: of another type, or no token at all.
int32_t status_of_other(const JsonToken& token) { return token.kind == JsonKind::Malformed ? kReadError : kReadNull; }

JsonToken read_token(const char* p, const char* end) {
  return p == nullptr ? JsonToken{JsonKind::Null, false, {}} : read_json_field(p, end);
}

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

StringRef decode_into_scratch(PipelineContext* ctx, std::string_view body) {
  char* bytes = mr_scratch(ctx, static_cast<int64_t>(body.size()));
  return {bytes, decode_json_string(body, bytes) - bytes};
}

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

int32_t read_timestamp(const TimeZone* zone, const char* p, const char* end, int64_t* out) {
  const JsonToken token = read_token(p, end);
  if (token.kind == JsonKind::Integer) {
    int64_t seconds = 0;
    const char* last = token.text.data() + token.text.size();
    if (std::from_chars(token.text.data(), last, seconds).ec != std::errc{}) return kReadNull;
    return __builtin_mul_overflow(seconds, 1'000'000, out) ? kReadNull : kReadValue;
  }
  if (token.kind != JsonKind::String) return status_of_other(token);
  return parse_iso_timestamp(ShortText(token).text(), zone, out) ? kReadValue : kReadNull;
}

}  // namespace

extern "C" {

int32_t mr_json_read_int_slow(const char* p, const char* end, int64_t min, int64_t max, int64_t* out) noexcept {
  const JsonToken token = read_token(p, end);
  if (token.kind != JsonKind::Integer) return status_of_other(token);
  int64_t value = 0;
  if (std::from_chars(token.text.data(), token.text.data() + token.text.size(), value).ec != std::errc{}) return kReadNull;
  if (value < min || value > max) return kReadNull;
  *out = value;
  return kReadValue;
}

int32_t mr_json_read_double_slow(const char* p, const char* end, double* out) noexcept {
  const JsonToken token = read_token(p, end);
  if (token.kind == JsonKind::Integer || token.kind == JsonKind::Decimal) {
    return parse_double(token.text, out) ? kReadValue : kReadNull;
  }
  if (token.kind != JsonKind::String) return status_of_other(token);
  return named_double(ShortText(token).text(), out) ? kReadValue : kReadNull;
}

int32_t mr_json_read_bool_slow(const char* p, const char* end, bool* out) noexcept {
  const JsonToken token = read_token(p, end);
  if (token.kind != JsonKind::True && token.kind != JsonKind::False) return status_of_other(token);
  *out = token.kind == JsonKind::True;
  return kReadValue;
}

int32_t mr_json_read_string_slow(PipelineContext* ctx, const char* p, const char* end, StringRef* out) noexcept {
  const JsonToken token = read_token(p, end);
  if (token.kind == JsonKind::Malformed) return kReadError;
  if (token.kind == JsonKind::Null) return kReadNull;
  *out = token.escaped ? decode_into_scratch(ctx, token.text)
                       : StringRef{token.text.data(), static_cast<int64_t>(token.text.size())};
  return kReadValue;
}

int32_t mr_json_check_string_slow(const char* p, const char* end) noexcept {
  const JsonToken token = read_token(p, end);
  if (token.kind == JsonKind::Malformed) return kReadError;
  return token.kind == JsonKind::Null ? kReadNull : kReadValue;
}

int32_t mr_json_read_date(const char* p, const char* end, int64_t* out) noexcept {
  const JsonToken token = read_token(p, end);
  if (token.kind != JsonKind::String) return status_of_other(token);
  return parse_iso_date(ShortText(token).text(), out) ? kReadValue : kReadNull;
}

int32_t mr_json_check_date(const char* p, const char* end) noexcept {
  int64_t ignored;
  return mr_json_read_date(p, end, &ignored);
}

int32_t mr_json_read_timestamp(PipelineContext* ctx, const char* p, const char* end, int64_t* out) noexcept {
  return read_timestamp(ctx->time_zone, p, end, out);
}

int32_t mr_json_check_timestamp(const char* p, const char* end) noexcept {
  int64_t ignored;
  return read_timestamp(nullptr, p, end, &ignored);
}

int32_t mr_json_read_binary(PipelineContext* ctx, const char* p, const char* end, StringRef* out) noexcept {
  const JsonToken token = read_token(p, end);
  if (token.kind != JsonKind::String) return status_of_other(token);
  StringRef text{token.text.data(), static_cast<int64_t>(token.text.size())};
  if (token.escaped) text = decode_into_scratch(ctx, token.text);
  char* bytes = mr_scratch(ctx, text.size + 1);  // not nullptr even for no bytes
  const int64_t size = decode_base64({text.data, static_cast<size_t>(text.size)}, bytes);
  if (size < 0) return kReadNull;
  *out = {bytes, size};
  return kReadValue;
}

int32_t mr_json_check_binary(const char* p, const char* end) noexcept {
  const JsonToken token = read_token(p, end);
  if (token.kind != JsonKind::String) return status_of_other(token);
  std::string text(token.text);
  if (token.escaped) text.resize(static_cast<size_t>(decode_json_string(token.text, text.data()) - text.data()));
  std::string bytes(text.size(), '\0');
  return decode_base64(text, bytes.data()) < 0 ? kReadNull : kReadValue;
}

}  // extern "C"

}  // namespace millrace::abi
