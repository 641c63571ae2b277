#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/abi/string_ref.h"
#include "runtime/hot/mr_hot.h"

/// Walking over UTF-8 text. Bytes that are not UTF-8 never lead outside the string: a broken character counts as what its first byte announces,
/// cut at the end of the string.
namespace millrace::abi {

/// Bytes of the character that begins with this byte; 1 for a byte that begins none.
inline int64_t utf8_width(char first) {
  const auto c = static_cast<unsigned char>(first);
  return c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF8 ? 4 : 1;
}

inline bool is_utf8_tail(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Number of code points: the bytes that continue none. A simple loop, which the compilers turn into vector code.
inline int64_t utf8_length(const char* data, int64_t size) {
  int64_t length = 0;
  for (int64_t i = 0; i < size; ++i) length += !is_utf8_tail(data[i]);
  return length;
}

/// `count` characters further on, or the end.
inline const char* utf8_advance(const char* at, const char* end, int64_t count) {
  for (; count > 0 && at < end; --count) at += utf8_width(*at);
  return at < end ? at : end;
}

/// The code point at *at, which moves past it. A broken character gives its first byte's value.
inline uint32_t decode_utf8(const char** at, const char* end) {
  const char* p = *at;
  const int64_t width = utf8_width(*p);
  const auto byte = [&](int64_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(p[i])); };
  if (width == 1 || end - p < width) {
    *at = p + 1;
    return byte(0);
  }
  *at = p + width;
  if (width == 2) return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
  if (width == 3) return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
}

/// Writes a code point (at most 4 bytes); returns the place after it.
inline char* encode_utf8(char* p, uint32_t c) {
  if (c < 0x80) {
    *p++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *p++ = static_cast<char>(0xC0 | c >> 6);
    *p++ = static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *p++ = static_cast<char>(0xE0 | c >> 12);
    *p++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *p++ = static_cast<char>(0x80 | (c & 0x3F));
  } else {
    *p++ = static_cast<char>(0xF0 | c >> 18);
    *p++ = static_cast<char>(0x80 | (c >> 12 & 0x3F));
    *p++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *p++ = static_cast<char>(0x80 | (c & 0x3F));
  }
  return p;
}

}  // namespace millrace::abi
