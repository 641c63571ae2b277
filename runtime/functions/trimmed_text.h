#pragma once

#include <string_view>

#include "runtime/abi/string_ref.h"

namespace millrace {

/// Without the blanks and control characters around it, which casts from strings ignore.
inline std::string_view trimmed_text(const abi::StringRef& s) {
  std::string_view text(s.data, static_cast<size_t>(s.size));
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

inline char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

inline bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (ascii_lower(text[i]) != lower[i]) return false;
  }
  return true;
}

inline bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace millrace
