#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "runtime/abi/calls/encodings.h"
#include "runtime/abi/calls/state.h"
#include "runtime/functions/trimmed_text.h"

namespace millrace::abi {

namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";
constexpr char kBase64Digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr int kNoDigit = -1;

int hex_value(char c) {
  if (is_ascii_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : kNoDigit;
}

constexpr auto kBase64Values = [] {
  std::array<int8_t, 256> values{};
  values.fill(kNoDigit);
  for (int i = 0; i < 64; ++i) values[static_cast<unsigned char>(kBase64Digits[i])] = static_cast<int8_t>(i);
  return values;
}();

bool is_url_plain(char c) {
  return is_ascii_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '.' || c == '-' || c == '*' || c == '_';
}

/// Digits of a magnitude in a base, most significant first.
StringRef write_in_base(PipelineContext* ctx, uint64_t value, int base, bool negative) {
  constexpr int64_t kSize = 65;
  char* text = mr_scratch(ctx, kSize);
  char* p = text;
  if (negative) *p++ = '-';
  p = std::to_chars(p, text + kSize, value, base).ptr;
  for (char* c = text; c < p; ++c) *c = *c >= 'a' && *c <= 'z' ? static_cast<char>(*c - 32) : *c;
  return {text, p - text};
}

}  // namespace

extern "C" {

void mr_hex_int(PipelineContext* ctx, int64_t value, StringRef* out) noexcept {
  *out = write_in_base(ctx, static_cast<uint64_t>(value), 16, false);
}

void mr_bin(PipelineContext* ctx, int64_t value, StringRef* out) noexcept {
  *out = write_in_base(ctx, static_cast<uint64_t>(value), 2, false);
}

void mr_hex(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, s->size * 2);
  for (int64_t i = 0; i < s->size; ++i) {
    const auto byte = static_cast<unsigned char>(s->data[i]);
    text[2 * i] = kHexDigits[byte >> 4];
    text[2 * i + 1] = kHexDigits[byte & 15];
  }
  *out = {text, s->size * 2};
}

bool mr_unhex(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  char* bytes = mr_scratch(ctx, s->size / 2 + 1);
  int64_t size = 0;
  int64_t at = 0;
  if (s->size % 2 != 0) {  // as if a 0 stood in front
    const int value = hex_value(s->data[at++]);
    if (value < 0) return false;
    bytes[size++] = static_cast<char>(value);
  }
  for (; at < s->size; at += 2) {
    const int high = hex_value(s->data[at]);
    const int low = hex_value(s->data[at + 1]);
    if (high < 0 || low < 0) return false;
    bytes[size++] = static_cast<char>(high << 4 | low);
  }
  *out = {bytes, size};
  return true;
}

bool mr_conv(PipelineContext* ctx, const StringRef* number, int64_t from, int64_t to, StringRef* out) noexcept {
  const int64_t to_base = to < 0 ? -to : to;
  if (from < 2 || from > 36 || to_base < 2 || to_base > 36) return false;
  std::string_view text = trimmed_text(*number);
  if (text.empty()) return false;
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  uint64_t value = 0;  // digits end at the first character that is none; what is too large is the largest
  const auto error = std::from_chars(text.data(), text.data() + text.size(), value, static_cast<int>(from)).ec;
  if (error == std::errc::result_out_of_range) value = UINT64_MAX;
  if (negative && error != std::errc::result_out_of_range) value = 0 - value;
  const bool signed_negative = to < 0 && static_cast<int64_t>(value) < 0;
  *out = write_in_base(ctx, signed_negative ? 0 - value : value, static_cast<int>(to_base), signed_negative);
  return true;
}

void mr_base64(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, (s->size + 2) / 3 * 4);
  char* p = text;
  for (int64_t i = 0; i < s->size; i += 3) {
    const int64_t count = std::min<int64_t>(3, s->size - i);
    uint32_t word = 0;
    for (int64_t j = 0; j < 3; ++j) word = word << 8 | (j < count ? static_cast<unsigned char>(s->data[i + j]) : 0U);
    for (int64_t j = 0; j < 4; ++j) *p++ = j <= count ? kBase64Digits[word >> (18 - 6 * j) & 63] : '=';
  }
  *out = {text, p - text};
}

bool mr_unbase64(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  char* bytes = mr_scratch(ctx, s->size / 4 * 3 + 3);
  int64_t size = 0;
  uint32_t word = 0;
  int digits = 0;
  bool ended = false;
  for (int64_t i = 0; i < s->size; ++i) {
    const char c = s->data[i];
    if (c == '\r' || c == '\n' || c == ' ') continue;
    if (c == '=') {
      ended = true;
      continue;
    }
    const int value = kBase64Values[static_cast<unsigned char>(c)];
    if (ended || value < 0) return false;
    word = word << 6 | static_cast<uint32_t>(value);
    if (++digits % 4 != 0) continue;
    for (int shift = 16; shift >= 0; shift -= 8) bytes[size++] = static_cast<char>(word >> shift);
  }
  const int rest = digits % 4;
  if (rest == 1) return false;
  if (rest >= 2) bytes[size++] = static_cast<char>(word >> (rest == 2 ? 4 : 10));
  if (rest == 3) bytes[size++] = static_cast<char>(word >> 2);
  *out = {bytes, size};
  return true;
}

void mr_url_encode(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, s->size * 3);
  char* p = text;
  for (int64_t i = 0; i < s->size; ++i) {
    const auto byte = static_cast<unsigned char>(s->data[i]);
    if (is_url_plain(s->data[i])) {
      *p++ = s->data[i];
    } else if (byte == ' ') {
      *p++ = '+';
    } else {
      *p++ = '%';
      *p++ = kHexDigits[byte >> 4];
      *p++ = kHexDigits[byte & 15];
    }
  }
  *out = {text, p - text};
}

bool mr_url_decode(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, s->size);
  char* p = text;
  for (int64_t i = 0; i < s->size; ++i) {
    const char c = s->data[i];
    if (c != '%') {
      *p++ = c == '+' ? ' ' : c;
      continue;
    }
    if (i + 2 >= s->size) return false;
    const int high = hex_value(s->data[i + 1]);
    const int low = hex_value(s->data[i + 2]);
    if (high < 0 || low < 0) return false;
    *p++ = static_cast<char>(high << 4 | low);
    i += 2;
  }
  *out = {text, p - text};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
