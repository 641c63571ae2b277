#include "runtime/functions/time_pattern.h"

#include <map>

namespace millrace {

namespace {

/// The letters that both formatting and parsing know.
constexpr std::string_view kLetters = "GyuMLdDHhkKmsSaEQqXxZ";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

void TimePattern::add_literal(std::string_view text) {
  if (tokens_.empty() || tokens_.back().letter != 0) tokens_.push_back({});
  tokens_.back().literal += text;
}

TimePattern::TimePattern(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    if (is_letter(text[i])) {
      size_t end = i;
      while (end < text.size() && text[end] == text[i]) ++end;
      valid_ &= kLetters.find(text[i]) != std::string_view::npos;
      tokens_.push_back({text[i], static_cast<int>(end - i), {}});
      i = end;
    } else if (text[i] == '\'') {
      const size_t end = text.find('\'', i + 1);
      if (end == std::string_view::npos) {
        valid_ = false;
        return;
      }
      add_literal(end == i + 1 ? "'" : text.substr(i + 1, end - i - 1));
      // Inside quotes, two quotes are one.
      if (end > i + 1 && end + 1 < text.size() && text[end + 1] == '\'') add_literal("'");
      i = end + 1;
    } else {
      valid_ &= text[i] != '[' && text[i] != ']' && text[i] != '{' && text[i] != '}' && text[i] != '#';
      add_literal(text.substr(i, 1));
      ++i;
    }
  }
}

const TimePattern& TimePattern::cached(std::string_view text) {
  constexpr size_t kPatternsMax = 64;  // patterns that come from data must not fill the memory
  thread_local std::map<std::string, TimePattern, std::less<>> patterns;
  const auto found = patterns.find(text);
  if (found != patterns.end()) return found->second;
  if (patterns.size() >= kPatternsMax) patterns.clear();
  return patterns.emplace(std::string(text), TimePattern(text)).first->second;
}

}  // namespace millrace
