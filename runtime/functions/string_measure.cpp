#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/calls/strings.h"
#include "runtime/hot/hash.h"
#include "runtime/hot/number_text.h"
#include "runtime/hot/utf8.h"

namespace millrace::abi {

namespace {

void decode_all(const StringRef& s, std::vector<uint32_t>& out) {
  out.clear();
  for (const char *at = s.data, *end = s.data + s.size; at < end;) out.push_back(decode_utf8(&at, end));
}

/// Soundex digits of A … Z: 0 for vowels, 7 for H and W, which do not part equal digits.
constexpr char kSoundexDigits[] = "01230127022455012623017202";

bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

constexpr int64_t kFractionDigitsMax = 350;  // more than a double has; what is beyond are zeros that nobody wants

/// Copies `[-]digits[.digits]` with a comma before each three digits of the whole part.
int64_t write_grouped(const char* number, int64_t size, char* out) {
  const char* const end = number + size;
  char* p = out;
  if (*number == '-') *p++ = *number++;
  const char* const point = std::find(number, end, '.');
  for (const char* at = number; at < point; ++at) {
    if (at != number && (point - at) % 3 == 0) *p++ = ',';
    *p++ = *at;
  }
  std::memcpy(p, point, static_cast<size_t>(end - point));
  return p + (end - point) - out;
}

}  // namespace

extern "C" {

SqlInt mr_levenshtein(const StringRef* a, const StringRef* b) noexcept {
  thread_local std::vector<uint32_t> x;  // reused from call to call
  thread_local std::vector<uint32_t> y;
  thread_local std::vector<int64_t> row;
  decode_all(*a, x);
  decode_all(*b, y);
  row.resize(y.size() + 1);
  for (size_t j = 0; j <= y.size(); ++j) row[j] = static_cast<int64_t>(j);
  for (size_t i = 0; i < x.size(); ++i) {
    int64_t diagonal = row[0];
    row[0] = static_cast<int64_t>(i) + 1;
    for (size_t j = 0; j < y.size(); ++j) {
      const int64_t replaced = diagonal + (x[i] != y[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return SqlInt{row[y.size()]};
}

void mr_soundex(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  *out = *s;
  if (s->size == 0 || !is_ascii_letter(s->data[0])) return;
  constexpr int kCodeSize = 4;
  char* code = mr_scratch(ctx, kCodeSize);
  std::memset(code, '0', kCodeSize);
  code[0] = ascii_upper(s->data[0]);
  char last = kSoundexDigits[code[0] - 'A'];
  int size = 1;
  for (int64_t i = 1; i < s->size && size < kCodeSize; ++i) {
    if (!is_ascii_letter(s->data[i])) {
      last = '0';
      continue;
    }
    const char digit = kSoundexDigits[ascii_upper(s->data[i]) - 'A'];
    if (digit == '7') continue;
    if (digit != '0' && digit != last) code[size++] = digit;
    last = digit;
  }
  *out = {code, kCodeSize};
}

SqlInt mr_find_in_set(const StringRef* s, const StringRef* list) noexcept {
  if (s->size > 0 && std::memchr(s->data, ',', static_cast<size_t>(s->size)) != nullptr) return SqlInt{0};
  int64_t index = 1;
  const char* const end = list->data + list->size;
  for (const char* at = list->data;; ++index) {
    const char* const comma = std::find(at, end, ',');
    if (mr_string_equal(at, comma - at, s->data, s->size)) return SqlInt{index};
    if (comma == end) return SqlInt{0};
    at = comma + 1;
  }
}

bool mr_format_number(PipelineContext* ctx, double value, int64_t digits, StringRef* out) noexcept {
  if (digits < 0 || digits > kFractionDigitsMax) return false;
  if (!std::isfinite(value)) {
    *out = std::isnan(value) ? StringRef{"NaN", 3} : value > 0 ? StringRef{"∞", 3} : StringRef{"-∞", 4};
    return true;
  }
  char number[320 + kFractionDigitsMax];  // the largest double has 309 digits
  const auto end = std::to_chars(number, number + sizeof number, value, std::chars_format::fixed, static_cast<int>(digits)).ptr;
  char* text = mr_scratch(ctx, (end - number) * 2);
  *out = {text, write_grouped(number, end - number, text)};
  return true;
}

bool mr_format_number_int(PipelineContext* ctx, int64_t value, int64_t digits, StringRef* out) noexcept {
  if (digits < 0 || digits > kFractionDigitsMax) return false;
  char number[kIntTextMax];
  const int64_t size = write_int(number, value) - number;
  char* text = mr_scratch(ctx, size * 2 + digits + 1);
  int64_t length = write_grouped(number, size, text);
  if (digits > 0) {
    text[length++] = '.';
    std::memset(text + length, '0', static_cast<size_t>(digits));
    length += digits;
  }
  *out = {text, length};
  return true;
}

bool mr_luhn_check(const StringRef* s) noexcept {
  int sum = 0;
  for (int64_t i = 0; i < s->size; ++i) {
    const char c = s->data[s->size - 1 - i];
    if (c < '0' || c > '9') return false;
    const int digit = (c - '0') * (i % 2 == 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return s->size > 0 && sum % 10 == 0;
}

}  // extern "C"

}  // namespace millrace::abi
