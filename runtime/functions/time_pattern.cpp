#include "runtime/functions/time_pattern.h"

#include <map>

namespace millrace {

namespace {

/// A letter, and how many of it may stand in a row, as in Spark.
struct LetterCount {
  char letter;
  int most;
};
constexpr LetterCount kLetters[] = {{'G', 4}, {'y', 6}, {'u', 6}, {'M', 4}, {'L', 4}, {'d', 2}, {'D', 3}, {'H', 2}, {'h', 2}, {'k', 2}, {'K', 2},
                                    {'m', 2}, {'s', 2}, {'S', 9}, {'a', 1}, {'E', 4}, {'F', 1}, {'Q', 4}, {'q', 4}, {'X', 5}, {'x', 5}, {'Z', 5},
                                    {'z', 4}, {'V', 2}, {'O', 4}};

bool is_known(char letter, int count) {
  for (const LetterCount& known : kLetters) {
    if (known.letter != letter) continue;
    const bool exact = (letter != 'V' || count == 2) && (letter != 'O' || count == 1 || count == 4);
    return exact && count <= known.most;
  }
  return false;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

void TimePattern::add_literal(std::string_view text) {
  if (tokens_.empty() || tokens_.back().letter != 0) tokens_.push_back({});
  tokens_.back().literal += text;
}

TimePattern::TimePattern(std::string_view text) {
  int depth = 0;
  for (size_t i = 0; i < text.size();) {
    if (is_letter(text[i])) {
      size_t end = i;
      while (end < text.size() && text[end] == text[i]) ++end;
      valid_ &= is_known(text[i], static_cast<int>(end - i));
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
    } else if (text[i] == '[' || text[i] == ']') {
      depth += text[i] == '[' ? 1 : -1;
      valid_ &= depth >= 0;
      tokens_.push_back({text[i], 1, {}});
      ++i;
    } else {
      valid_ &= text[i] != '{' && text[i] != '}' && text[i] != '#';
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
