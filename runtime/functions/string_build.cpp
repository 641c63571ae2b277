#include <algorithm>
#include <cstring>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/calls/strings.h"
#include "runtime/hot/string_search.h"
#include "runtime/hot/strings.h"

namespace millrace::abi {

namespace {

constexpr StringRef kBlank{" ", 1};
constexpr StringRef kNothing{"", 0};
constexpr StringRef kZero{"\0", 1};

char* append(char* p, const char* data, int64_t size) {
  if (size > 0) std::memcpy(p, data, static_cast<size_t>(size));
  return p + size;
}
char* append(char* p, const StringRef& s) { return append(p, s.data, s.size); }

/// Joins three pieces.
bool join(PipelineContext* ctx, const StringRef& a, const StringRef& b, const StringRef& c, StringRef* out) {
  const int64_t size = a.size + b.size + c.size;
  if (size > kTextMax) return false;
  char* text = mr_scratch(ctx, size);
  append(append(append(text, a), b), c);
  *out = {text, size};
  return true;
}

/// `length` characters made of repeated copies of `pad`; NULL when too long.
bool padding(PipelineContext* ctx, const StringRef& pad, int64_t length, StringRef* out) {
  const int64_t pad_length = utf8_length(pad.data, pad.size);
  if (pad_length == 0) {
    *out = kNothing;
    return true;
  }
  const int64_t copies = length / pad_length;
  if (copies > kTextMax / pad.size) return false;
  const StringRef rest = characters(pad, 0, length % pad_length);
  const int64_t size = copies * pad.size + rest.size;
  char* text = mr_scratch(ctx, size);
  char* p = text;
  for (int64_t i = 0; i < copies; ++i) p = append(p, pad);
  append(p, rest);
  *out = {text, size};
  return true;
}

enum class Side { Left, Right };

bool pad_to(PipelineContext* ctx, const StringRef& s, int64_t length, const StringRef& pad, Side side, StringRef* out) {
  const int64_t present = utf8_length(s.data, s.size);
  if (length <= present) {
    *out = characters(s, 0, length);
    return true;
  }
  StringRef added;
  if (!padding(ctx, pad, length - present, &added)) return false;
  return side == Side::Left ? join(ctx, added, s, kNothing, out) : join(ctx, s, added, kNothing, out);
}

/// The same of bytes.
bool pad_bytes_to(PipelineContext* ctx, const StringRef& s, int64_t length, const StringRef& pad, Side side, StringRef* out) {
  if (length <= s.size || pad.size == 0) {
    *out = {s.data, std::clamp<int64_t>(length, 0, s.size)};
    return true;
  }
  if (length > kTextMax) return false;
  char* text = mr_scratch(ctx, length);
  const int64_t added = length - s.size;
  char* const fill = side == Side::Left ? text : text + s.size;
  append(side == Side::Left ? text + added : text, s);
  for (int64_t i = 0; i < added; ++i) fill[i] = pad.data[i % pad.size];
  *out = {text, length};
  return true;
}

int64_t count_occurrences(const StringRef& s, const StringRef& part) {
  int64_t count = 0;
  for (int64_t at = 0; at < s.size; ++count) {
    const int64_t found = find_bytes(s.data + at, s.size - at, part.data, part.size);
    if (found < 0) break;
    at += found + part.size;
  }
  return count;
}

/// The character that `from` maps to: nullptr when the character is not in `from`; size 0 when it is dropped.
StringRef mapped(const StringRef& from, const StringRef& to, const StringRef& character) {
  int64_t index = 0;
  for (int64_t i = 0; i < from.size; i += utf8_width(from.data[i]), ++index) {
    const StringRef candidate = characters({from.data + i, from.size - i}, 0, 1);
    if (mr_string_equal(candidate.data, candidate.size, character.data, character.size)) return characters(to, index, index + 1);
  }
  return {nullptr, 0};
}

}  // namespace

extern "C" {

bool mr_concat(PipelineContext* ctx, const StringRef* parts, int64_t count, StringRef* out) noexcept {
  int64_t size = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (parts[i].data == nullptr) return false;
    size += parts[i].size;
  }
  if (size > kTextMax) return false;
  char* text = mr_scratch(ctx, size);
  char* p = text;
  for (int64_t i = 0; i < count; ++i) p = append(p, parts[i]);
  *out = {text, size};
  return true;
}

bool mr_concat_ws(PipelineContext* ctx, const StringRef* separator, const StringRef* parts, int64_t count, StringRef* out) noexcept {
  int64_t size = 0;
  for (int64_t i = 0; i < count; ++i) size += parts[i].data == nullptr ? 0 : parts[i].size + separator->size;
  if (size > kTextMax) return false;
  char* text = mr_scratch(ctx, size);
  char* p = text;
  bool first = true;
  for (int64_t i = 0; i < count; ++i) {
    if (parts[i].data == nullptr) continue;
    if (!first) p = append(p, *separator);
    p = append(p, parts[i]);
    first = false;
  }
  *out = {text, p - text};
  return true;
}

bool mr_lpad(PipelineContext* ctx, const StringRef* s, int64_t length, const StringRef* pad, StringRef* out) noexcept {
  return pad_to(ctx, *s, length, *pad, Side::Left, out);
}

bool mr_rpad(PipelineContext* ctx, const StringRef* s, int64_t length, const StringRef* pad, StringRef* out) noexcept {
  return pad_to(ctx, *s, length, *pad, Side::Right, out);
}

bool mr_lpad_blanks(PipelineContext* ctx, const StringRef* s, int64_t length, StringRef* out) noexcept {
  return pad_to(ctx, *s, length, kBlank, Side::Left, out);
}

bool mr_rpad_blanks(PipelineContext* ctx, const StringRef* s, int64_t length, StringRef* out) noexcept {
  return pad_to(ctx, *s, length, kBlank, Side::Right, out);
}

bool mr_lpad_bytes(PipelineContext* ctx, const StringRef* s, int64_t length, const StringRef* pad, StringRef* out) noexcept {
  return pad_bytes_to(ctx, *s, length, *pad, Side::Left, out);
}

bool mr_rpad_bytes(PipelineContext* ctx, const StringRef* s, int64_t length, const StringRef* pad, StringRef* out) noexcept {
  return pad_bytes_to(ctx, *s, length, *pad, Side::Right, out);
}

bool mr_lpad_zeros(PipelineContext* ctx, const StringRef* s, int64_t length, StringRef* out) noexcept {
  return pad_bytes_to(ctx, *s, length, kZero, Side::Left, out);
}

bool mr_rpad_zeros(PipelineContext* ctx, const StringRef* s, int64_t length, StringRef* out) noexcept {
  return pad_bytes_to(ctx, *s, length, kZero, Side::Right, out);
}

bool mr_repeat(PipelineContext* ctx, const StringRef* s, int64_t times, StringRef* out) noexcept {
  if (times <= 0 || s->size == 0) {
    *out = kNothing;
    return true;
  }
  if (times > kTextMax / s->size) return false;
  char* text = mr_scratch(ctx, s->size * times);
  char* p = text;
  for (int64_t i = 0; i < times; ++i) p = append(p, *s);
  *out = {text, p - text};
  return true;
}

bool mr_space(PipelineContext* ctx, int64_t length, StringRef* out) noexcept { return mr_repeat(ctx, &kBlank, length, out); }

bool mr_replace(PipelineContext* ctx, const StringRef* s, const StringRef* from, const StringRef* to, StringRef* out) noexcept {
  const int64_t count = from->size == 0 ? 0 : count_occurrences(*s, *from);
  *out = *s;
  if (count == 0) return true;
  if (to->size > 0 && count > kTextMax / to->size) return false;
  const int64_t size = s->size + count * (to->size - from->size);
  char* text = mr_scratch(ctx, size);
  char* p = text;
  int64_t at = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t found = find_bytes(s->data + at, s->size - at, from->data, from->size);
    p = append(append(p, s->data + at, found), *to);
    at += found + from->size;
  }
  append(p, s->data + at, s->size - at);
  *out = {text, size};
  return true;
}

bool mr_replace_nothing(PipelineContext* ctx, const StringRef* s, const StringRef* from, StringRef* out) noexcept {
  return mr_replace(ctx, s, from, &kNothing, out);
}

void mr_reverse(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, s->size);
  char* p = text + s->size;
  for (int64_t i = 0; i < s->size;) {
    const int64_t width = utf8_width(s->data[i]) < s->size - i ? utf8_width(s->data[i]) : s->size - i;
    p -= width;
    append(p, s->data + i, width);
    i += width;
  }
  *out = {text, s->size};
}

void mr_translate(PipelineContext* ctx, const StringRef* s, const StringRef* from, const StringRef* to, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, s->size * 4);  // a byte may become a character of four
  char* p = text;
  for (int64_t i = 0; i < s->size;) {
    const StringRef character = characters({s->data + i, s->size - i}, 0, 1);
    const StringRef other = mapped(*from, *to, character);
    p = append(p, other.data == nullptr ? character : other);
    i += character.size;
  }
  *out = {text, p - text};
}

bool mr_overlay(PipelineContext* ctx, const StringRef* s, const StringRef* with, int64_t position, int64_t length,
                StringRef* out) noexcept {
  StringRef before;
  StringRef after;
  const int64_t skipped = length >= 0 ? length : utf8_length(with->data, with->size);
  int64_t resume;
  mr_substring(s, 1, position == INT64_MIN ? position : position - 1, &before);
  if (__builtin_add_overflow(position, skipped, &resume)) resume = INT64_MAX;
  mr_substring_from(s, resume, &after);
  return join(ctx, before, *with, after, out);
}

bool mr_overlay_same_length(PipelineContext* ctx, const StringRef* s, const StringRef* with, int64_t position, StringRef* out) noexcept {
  return mr_overlay(ctx, s, with, position, -1, out);
}

void mr_chr(PipelineContext* ctx, int64_t code, StringRef* out) noexcept {
  *out = kNothing;
  if (code < 0) return;
  char* text = mr_scratch(ctx, 4);
  *out = {text, encode_utf8(text, static_cast<uint32_t>(code & 0xFF)) - text};
}

}  // extern "C"

}  // namespace millrace::abi
