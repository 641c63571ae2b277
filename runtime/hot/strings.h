#pragma once

#include <cstdint>

#include "runtime/abi/sql_values.h"
#include "runtime/abi/string_ref.h"
#include "runtime/hot/mr_hot.h"
#include "runtime/hot/string_search.h"
#include "runtime/hot/utf8.h"

/// String functions that give a number or a part of their argument. Lengths and positions count code points, from 1.
namespace millrace::abi {

MR_HOT SqlInt mr_char_length(const StringRef* s) noexcept { return SqlInt{utf8_length(s->data, s->size)}; }
MR_HOT SqlInt mr_octet_length(const StringRef* s) noexcept { return SqlInt{s->size}; }
MR_HOT SqlInt mr_bit_length(const StringRef* s) noexcept { return SqlInt{s->size * 8}; }

/// The characters [from, to) counted from 0, cut to what there is.
inline StringRef characters(const StringRef& s, int64_t from, int64_t to) {
  const char* const end = s.data + s.size;
  const char* const begin = utf8_advance(s.data, end, from);
  if (to <= from) return {begin, 0};
  return {begin, utf8_advance(begin, end, from < 0 ? to : to - from) - begin};
}

/// Spark: position 0 is 1; negative positions count from the end, and what then lies before the string's beginning is lost.
MR_HOT void mr_substring(const StringRef* s, int64_t position, int64_t length, StringRef* out) noexcept {
  int64_t from = position > 0 ? position - 1 : position;
  if (position < 0) from += utf8_length(s->data, s->size);
  int64_t to;
  if (__builtin_add_overflow(from, length, &to)) to = length < 0 ? INT64_MIN : INT64_MAX;
  *out = characters(*s, from, to);
}
MR_HOT void mr_substring_from(const StringRef* s, int64_t position, StringRef* out) noexcept {
  mr_substring(s, position, INT64_MAX, out);
}
MR_HOT void mr_left(const StringRef* s, int64_t count, StringRef* out) noexcept { *out = characters(*s, 0, count); }
MR_HOT void mr_right(const StringRef* s, int64_t count, StringRef* out) noexcept {
  const int64_t length = utf8_length(s->data, s->size);
  const int64_t kept = count < 0 ? 0 : count < length ? count : length;
  *out = characters(*s, length - kept, length);
}

inline StringRef without_leading_blanks(StringRef s) {
  for (; s.size > 0 && *s.data == ' '; --s.size) ++s.data;
  return s;
}
inline StringRef without_trailing_blanks(StringRef s) {
  while (s.size > 0 && s.data[s.size - 1] == ' ') --s.size;
  return s;
}
MR_HOT void mr_trim(const StringRef* s, StringRef* out) noexcept { *out = without_trailing_blanks(without_leading_blanks(*s)); }
MR_HOT void mr_ltrim(const StringRef* s, StringRef* out) noexcept { *out = without_leading_blanks(*s); }
MR_HOT void mr_rtrim(const StringRef* s, StringRef* out) noexcept { *out = without_trailing_blanks(*s); }

/// The character at `at` is one of `set`.
inline bool is_one_of(const StringRef& set, const char* at, int64_t width) {
  for (int64_t i = 0; i < set.size; i += utf8_width(set.data[i])) {
    if (utf8_width(set.data[i]) == width && set.size - i >= width && mr_string_equal(set.data + i, width, at, width)) return true;
  }
  return false;
}
inline StringRef without_leading(const StringRef& set, StringRef s) {
  while (s.size > 0) {
    const int64_t width = utf8_width(*s.data) < s.size ? utf8_width(*s.data) : s.size;
    if (!is_one_of(set, s.data, width)) break;
    s.data += width;
    s.size -= width;
  }
  return s;
}
inline StringRef without_trailing(const StringRef& set, StringRef s) {
  while (s.size > 0) {
    int64_t width = 1;
    while (width < s.size && width < 4 && is_utf8_tail(s.data[s.size - width])) ++width;
    if (!is_one_of(set, s.data + s.size - width, width)) break;
    s.size -= width;
  }
  return s;
}
/// The characters to take off come first, as in TRIM(BOTH set FROM s).
MR_HOT void mr_trim_set(const StringRef* set, const StringRef* s, StringRef* out) noexcept {
  *out = without_trailing(*set, without_leading(*set, *s));
}
MR_HOT void mr_ltrim_set(const StringRef* set, const StringRef* s, StringRef* out) noexcept { *out = without_leading(*set, *s); }
MR_HOT void mr_rtrim_set(const StringRef* set, const StringRef* s, StringRef* out) noexcept { *out = without_trailing(*set, *s); }
MR_HOT void mr_btrim_set(const StringRef* s, const StringRef* set, StringRef* out) noexcept { mr_trim_set(set, s, out); }

/// Position of the first occurrence at or after position `start`; 0 when there is none.
MR_HOT SqlInt mr_locate_from(const StringRef* part, const StringRef* s, int64_t start) noexcept {
  if (start == 0) return SqlInt{0};
  if (part->size == 0) return SqlInt{1};
  const char* const begin = utf8_advance(s->data, s->data + s->size, start > 0 ? start - 1 : 0);
  const int64_t found = find_bytes(begin, s->data + s->size - begin, part->data, part->size);
  return SqlInt{found < 0 ? 0 : utf8_length(s->data, begin - s->data + found) + 1};
}
MR_HOT SqlInt mr_locate(const StringRef* part, const StringRef* s) noexcept { return mr_locate_from(part, s, 1); }
MR_HOT SqlInt mr_instr(const StringRef* s, const StringRef* part) noexcept { return mr_locate_from(part, s, 1); }

/// The code point of the first character; 0 for an empty string.
MR_HOT SqlInt mr_ascii(const StringRef* s) noexcept {
  const char* at = s->data;
  return SqlInt{s->size == 0 ? 0 : static_cast<int64_t>(decode_utf8(&at, s->data + s->size))};
}

/// The n-th part from 1 (or, negative, from the end) between delimiters; '' beyond the last; an empty delimiter parts nothing. NULL for n = 0.
MR_HOT bool mr_split_part(const StringRef* s, const StringRef* delimiter, int64_t n, StringRef* out) noexcept {
  if (n == 0) return false;
  const auto next = [&](const char* at) {
    const int64_t left = s->data + s->size - at;
    const int64_t found = delimiter->size == 0 ? -1 : find_bytes(at, left, delimiter->data, delimiter->size);
    return found < 0 ? left : found;
  };
  if (n < 0) {
    int64_t parts = 1;
    for (const char* at = s->data; next(at) < s->data + s->size - at; at += next(at) + delimiter->size) ++parts;
    n += parts + 1;
  }
  *out = {s->data, 0};
  const char* at = s->data;
  for (; n > 1; --n) {
    const int64_t size = next(at);
    if (at + size == s->data + s->size) return true;
    at += size + delimiter->size;
  }
  if (n == 1) *out = {at, next(at)};
  return true;
}

}  // namespace millrace::abi
