#include "compiler/expr/like_match.h"

#include <cstddef>

namespace millrace::expr {

namespace {

/// The end of the code point that begins at `at`; a stray continuation byte counts as one.
size_t after_code_point(std::string_view text, size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}

}  // namespace

bool like_match(std::string_view text, std::string_view pattern, char escape) {
  size_t t = 0;
  size_t p = 0;
  size_t retry_pattern = std::string_view::npos;  // just after the last %
  size_t retry_text = 0;                          // where that % ends for now
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size()) {
      const bool escaped = pattern[p] == escape && p + 1 < pattern.size();
      if (!escaped && pattern[p] == '%') {
        retry_pattern = ++p;
        retry_text = t;
        continue;
      }
      if (!escaped && pattern[p] == '_' && t < text.size()) {
        t = after_code_point(text, t);
        ++p;
        continue;
      }
      const char wanted = escaped ? pattern[p + 1] : pattern[p];
      if ((escaped || pattern[p] != '_') && t < text.size() && text[t] == wanted) {
        ++t;
        p += escaped ? 2 : 1;
        continue;
      }
    }
    if (retry_pattern == std::string_view::npos || retry_text >= text.size()) return false;
    retry_text = after_code_point(text, retry_text);
    t = retry_text;
    p = retry_pattern;
  }
  return true;
}

}  // namespace millrace::expr
