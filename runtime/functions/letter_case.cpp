#include <clocale>
#include <cstring>
#include <cwctype>
#include <string>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/calls/strings.h"
#include "runtime/hot/like.h"
#include "runtime/hot/utf8.h"

/// Letter case by Unicode's simple mappings (the C library's table for C.UTF-8), and `ß` -> `SS`, the one special mapping that occurs in practice.
namespace millrace::abi {

namespace {

enum class LetterCase { Lower, Upper };

constexpr uint32_t kSharpS = 0xDF;
constexpr uint32_t kCapitalIWithDot = 0x130;

/// The table lives as long as the process. The C library has C.UTF-8 built in or installed on every system that we build for; without it
/// only ASCII letters change.
locale_t unicode_table() {
  static const locale_t table = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return table;
}

uint32_t map_letter(uint32_t c, LetterCase to) {
  if (c < 0x80) {
    const bool changes = to == LetterCase::Upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
    return changes ? c ^ 0x20 : c;
  }
  const locale_t table = unicode_table();
  if (table == nullptr) return c;
  return to == LetterCase::Upper ? towupper_l(static_cast<wint_t>(c), table) : towlower_l(static_cast<wint_t>(c), table);
}

char* append_mapped(char* p, uint32_t c, LetterCase to) {
  if (to == LetterCase::Upper && c == kSharpS) {
    *p++ = 'S';
    *p++ = 'S';
    return p;
  }
  if (to == LetterCase::Lower && c == kCapitalIWithDot) return encode_utf8(encode_utf8(p, 'i'), 0x307);
  return encode_utf8(p, map_letter(c, to));
}

bool is_ascii(const StringRef& s) {
  unsigned char all = 0;
  for (int64_t i = 0; i < s.size; ++i) all |= static_cast<unsigned char>(s.data[i]);
  return all < 0x80;
}

void change_ascii_case(const StringRef& s, LetterCase to, char* out) {
  const unsigned char first = to == LetterCase::Upper ? 'a' : 'A';
  for (int64_t i = 0; i < s.size; ++i) {
    const auto c = static_cast<unsigned char>(s.data[i]);
    out[i] = static_cast<char>(c ^ (static_cast<unsigned char>(c - first) < 26 ? 0x20 : 0));
  }
}

void change_case(PipelineContext* ctx, const StringRef& s, LetterCase to, StringRef* out) {
  if (is_ascii(s)) {
    char* text = mr_scratch(ctx, s.size);
    change_ascii_case(s, to, text);
    *out = {text, s.size};
    return;
  }
  char* text = mr_scratch(ctx, s.size * 3);  // a mapping makes at most three bytes of two
  char* p = text;
  for (const char *at = s.data, *end = s.data + s.size; at < end;) p = append_mapped(p, decode_utf8(&at, end), to);
  *out = {text, p - text};
}

}  // namespace

extern "C" {

void mr_upper(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept { change_case(ctx, *s, LetterCase::Upper, out); }

void mr_lower(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept { change_case(ctx, *s, LetterCase::Lower, out); }

void mr_initcap(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, s->size * 3);
  char* p = text;
  LetterCase to = LetterCase::Upper;
  for (const char *at = s->data, *end = s->data + s->size; at < end;) {
    const uint32_t c = decode_utf8(&at, end);
    p = append_mapped(p, c, to);
    to = c == ' ' ? LetterCase::Upper : LetterCase::Lower;
  }
  *out = {text, p - text};
}

bool mr_ilike(const StringRef* s, const StringRef* pattern, int64_t escape) noexcept {
  const auto lower = [](const StringRef& from, std::string& to) {
    to.resize(static_cast<size_t>(from.size) * 3);
    char* p = to.data();
    for (const char *at = from.data, *end = from.data + from.size; at < end;) p = append_mapped(p, decode_utf8(&at, end), LetterCase::Lower);
    return StringRef{to.data(), p - to.data()};
  };
  thread_local std::string text;  // reused from call to call, so that a row costs no allocation
  thread_local std::string wanted;
  const StringRef lower_text = lower(*s, text);
  const StringRef lower_pattern = lower(*pattern, wanted);
  const bool letter = escape < 0x80;
  return mr_like(&lower_text, &lower_pattern, letter ? map_letter(static_cast<uint32_t>(escape), LetterCase::Lower) : escape);
}

}  // extern "C"

}  // namespace millrace::abi
