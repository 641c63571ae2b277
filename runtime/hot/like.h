#pragma once

#include <cstdint>

#include "runtime/abi/calls/strings.h"
#include "runtime/abi/string_ref.h"
#include "runtime/hot/mr_hot.h"
#include "runtime/hot/string_search.h"
#include "runtime/hot/utf8.h"

/// LIKE: `%` any run of characters, `_` one; the escape takes the meaning from the character after it.
namespace millrace::abi {

/// Spark's rule: the escape may stand before `%`, `_` and itself only, and not at the end. Checked when a query is compiled.
MR_HOT bool mr_like_pattern_valid(const StringRef* pattern, int64_t escape) noexcept {
  for (int64_t i = 0; i < pattern->size; ++i) {
    if (static_cast<unsigned char>(pattern->data[i]) != escape) continue;
    if (++i == pattern->size) return false;
    const char next = pattern->data[i];
    if (next != '%' && next != '_' && static_cast<unsigned char>(next) != escape) return false;
  }
  return true;
}

/// One step of a pattern.
struct LikeToken {
  enum Kind : int { Run, Any, Literal } kind;
  char literal;
  int64_t width;  ///< bytes of the pattern
};

inline LikeToken like_token(const StringRef& pattern, int64_t at, int64_t escape) {
  const char c = pattern.data[at];
  const bool escaped = static_cast<unsigned char>(c) == escape && at + 1 < pattern.size;
  if (escaped) return {LikeToken::Literal, pattern.data[at + 1], 2};
  if (c == '%') return {LikeToken::Run, c, 1};
  if (c == '_') return {LikeToken::Any, c, 1};
  return {LikeToken::Literal, c, 1};
}

/// Matches greedily and, on a mismatch, lets the last `%` take one character more: earlier ones need never be tried again.
MR_HOT bool mr_like(const StringRef* s, const StringRef* pattern, int64_t escape) noexcept {
  int64_t at = 0;
  int64_t in_pattern = 0;
  int64_t after_run = -1;  // place in the pattern after the last %; -1 before the first
  int64_t run_end = 0;     // where that % ends in the text
  while (at < s->size || in_pattern < pattern->size) {
    if (in_pattern < pattern->size) {
      const LikeToken token = like_token(*pattern, in_pattern, escape);
      if (token.kind == LikeToken::Run) {
        after_run = ++in_pattern;
        run_end = at;
        continue;
      }
      const bool matches = at < s->size && (token.kind == LikeToken::Any || s->data[at] == token.literal);
      if (matches) {
        at += token.kind == LikeToken::Any ? utf8_width(s->data[at]) : 1;
        if (at > s->size) at = s->size;
        in_pattern += token.width;
        continue;
      }
    }
    if (after_run < 0 || run_end >= s->size) return false;
    run_end += utf8_width(s->data[run_end]);
    if (run_end > s->size) run_end = s->size;
    at = run_end;
    in_pattern = after_run;
  }
  return true;
}

/// LIKE and ILIKE with a pattern that is not constant, escaped by a backslash; NULL when it is invalid.
MR_HOT bool mr_like_any_pattern(const StringRef* s, const StringRef* pattern, bool* out) noexcept {
  if (!mr_like_pattern_valid(pattern, '\\')) return false;
  *out = mr_like(s, pattern, '\\');
  return true;
}
MR_HOT bool mr_ilike_any_pattern(const StringRef* s, const StringRef* pattern, bool* out) noexcept {
  if (!mr_like_pattern_valid(pattern, '\\')) return false;
  *out = mr_ilike(s, pattern, '\\');
  return true;
}

}  // namespace millrace::abi
