#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime/abi/calls/encodings.h"
#include "runtime/abi/calls/formatting.h"
#include "runtime/abi/calls/state.h"
#include "runtime/hot/utf8.h"

namespace millrace::abi {

namespace {

enum class Charset { Utf8, Ascii, Latin1, Utf16Marked, Utf16Big, Utf16Little, Utf32, Unknown };

std::string folded(const StringRef& s) {
  std::string text(s.data, static_cast<size_t>(s.size));
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

Charset charset_of(const StringRef& name) {
  const std::string text = folded(name);
  if (text == "utf-8" || text == "utf8") return Charset::Utf8;
  if (text == "us-ascii" || text == "ascii") return Charset::Ascii;
  if (text == "iso-8859-1" || text == "latin1") return Charset::Latin1;
  if (text == "utf-16") return Charset::Utf16Marked;
  if (text == "utf-32") return Charset::Utf32;
  if (text == "utf-16be") return Charset::Utf16Big;
  return text == "utf-16le" ? Charset::Utf16Little : Charset::Unknown;
}

bool keep(PipelineContext* ctx, const std::string& text, StringRef* out) {
  char* kept = mr_scratch(ctx, static_cast<int64_t>(text.size()));
  std::copy(text.begin(), text.end(), kept);
  *out = {kept, static_cast<int64_t>(text.size())};
  return true;
}

/// The bytes of the character at `at`; of what is none minus those that might have begun one.
int64_t character_size(const unsigned char* at, const unsigned char* end) {
  const unsigned char first = *at;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return -1;
  const int64_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  // What may follow the first byte: no overlong forms, no surrogates, nothing beyond U+10FFFF.
  unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  for (int64_t i = 1; i < size; ++i) {
    if (at + i == end || at[i] < low || at[i] > high) return -i;
    low = 0x80;
    high = 0xBF;
  }
  return size;
}

void add_unit(std::string& bytes, uint32_t unit, bool little) {
  const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
  bytes += little ? low : high;
  bytes += little ? high : low;
}

void add_utf16(std::string& bytes, uint32_t c, bool little) {
  if (c < 0x10000) return add_unit(bytes, c, little);
  add_unit(bytes, 0xD800 + ((c - 0x10000) >> 10), little);
  add_unit(bytes, 0xDC00 + ((c - 0x10000) & 0x3FF), little);
}

void add_character(std::string& text, uint32_t c) {
  char bytes[4];
  text.append(bytes, encode_utf8(bytes, c));
}

constexpr uint32_t kReplacement = 0xFFFD;

/// Big-endian, unless a mark in front says otherwise.
std::string from_utf32(const StringRef& bytes) {
  bool little = false;
  std::string text;
  for (int64_t at = 0; at + 3 < bytes.size; at += 4) {
    uint32_t c = 0;
    for (int i = 0; i < 4; ++i) c = c << 8 | static_cast<unsigned char>(bytes.data[at + (little ? 3 - i : i)]);
    if (at == 0 && (c == 0xFEFF || c == 0xFFFE0000)) little = c == 0xFFFE0000;
    else add_character(text, c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) ? kReplacement : c);
  }
  if (bytes.size % 4 != 0) add_character(text, kReplacement);
  return text;
}

/// Whether padding stands only where a group of four lacks it, as to_binary wants.
bool is_padded_base64(const StringRef& s) {
  int64_t digits = 0, padding = 0;
  for (int64_t i = 0; i < s.size; ++i) {
    const char c = s.data[i];
    if (c == '=') ++padding;
    else if (c != ' ' && c != '\r' && c != '\n' && c != '\t') ++digits;
  }
  return padding == 0 || (digits + padding) % 4 == 0;
}

std::string from_utf16(const StringRef& bytes, Charset charset) {
  bool little = charset == Charset::Utf16Little;
  int64_t at = 0;
  const auto unit_at = [&](int64_t i) {
    const auto a = static_cast<unsigned char>(bytes.data[i]), b = static_cast<unsigned char>(bytes.data[i + 1]);
    return little ? static_cast<uint32_t>(b << 8 | a) : static_cast<uint32_t>(a << 8 | b);
  };
  if (charset == Charset::Utf16Marked && bytes.size >= 2 && (unit_at(0) == 0xFEFF || unit_at(0) == 0xFFFE)) {
    little = unit_at(0) == 0xFFFE;
    at = 2;
  }
  std::string text;
  for (; at + 1 < bytes.size; at += 2) {
    uint32_t c = unit_at(at);
    const bool pair = c >= 0xD800 && c < 0xDC00 && at + 3 < bytes.size && unit_at(at + 2) >= 0xDC00 && unit_at(at + 2) < 0xE000;
    if (pair) {
      c = 0x10000 + ((c - 0xD800) << 10) + (unit_at(at + 2) - 0xDC00);
      at += 2;
    }
    add_character(text, c >= 0xD800 && c < 0xE000 ? kReplacement : c);
  }
  if (at < bytes.size) add_character(text, kReplacement);
  return text;
}

}  // namespace

extern "C" {

bool mr_encode(PipelineContext* ctx, const StringRef* s, const StringRef* name, StringRef* out) noexcept {
  const Charset charset = charset_of(*name);
  if (charset == Charset::Unknown) return false;
  if (charset == Charset::Utf8) {
    *out = *s;
    return true;
  }
  const bool little = charset == Charset::Utf16Little;
  std::string bytes;
  if (charset == Charset::Utf16Marked) add_unit(bytes, 0xFEFF, false);
  const char* const end = s->data + s->size;
  for (const char* at = s->data; at < end;) {
    const uint32_t c = decode_utf8(&at, end);
    const uint32_t most = charset == Charset::Ascii ? 0x7F : 0xFF;
    if (charset == Charset::Utf32) {
      add_unit(bytes, c >> 16, false);
      add_unit(bytes, c & 0xFFFF, false);
    } else if (charset == Charset::Ascii || charset == Charset::Latin1) bytes += c <= most ? static_cast<char>(c) : '?';
    else add_utf16(bytes, c, little);
  }
  return keep(ctx, bytes, out);
}

bool mr_decode(PipelineContext* ctx, const StringRef* bytes, const StringRef* name, StringRef* out) noexcept {
  const Charset charset = charset_of(*name);
  if (charset == Charset::Unknown) return false;
  if (charset == Charset::Utf8) {
    *out = *bytes;
    return true;
  }
  if (charset == Charset::Utf32) return keep(ctx, from_utf32(*bytes), out);
  if (charset != Charset::Ascii && charset != Charset::Latin1) return keep(ctx, from_utf16(*bytes, charset), out);
  std::string text;
  for (int64_t i = 0; i < bytes->size; ++i) {
    const auto c = static_cast<unsigned char>(bytes->data[i]);
    add_character(text, charset == Charset::Ascii && c > 0x7F ? kReplacement : c);
  }
  return keep(ctx, text, out);
}

bool mr_to_binary(PipelineContext* ctx, const StringRef* s, const StringRef* format, StringRef* out) noexcept {
  const std::string name = folded(*format);
  if (name == "hex") return mr_unhex(ctx, s, out);
  if (name == "base64") return is_padded_base64(*s) && mr_unbase64(ctx, s, out);
  *out = *s;
  return name == "utf-8" || name == "utf8";
}

bool mr_to_binary_hex(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept { return mr_unhex(ctx, s, out); }

bool mr_is_valid_utf8(const StringRef* s) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(s->data);
  for (const auto* end = at + s->size; at < end;) {
    const int64_t size = character_size(at, end);
    if (size <= 0) return false;
    at += size;
  }
  return true;
}

bool mr_validate_utf8(const StringRef* s, StringRef* out) noexcept {
  *out = *s;
  return mr_is_valid_utf8(s);
}

bool mr_make_valid_utf8(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  std::string text;
  const auto* at = reinterpret_cast<const unsigned char*>(s->data);
  for (const auto* end = at + s->size; at < end;) {
    const int64_t size = character_size(at, end);
    if (size > 0) text.append(reinterpret_cast<const char*>(at), static_cast<size_t>(size));
    else text += "\xEF\xBF\xBD";
    at += std::abs(size);
  }
  return keep(ctx, text, out);
}

}  // extern "C"

}  // namespace millrace::abi
