#include "compiler/driver/cases/text_diff.h"

#include <algorithm>
#include <cstdint>

namespace millrace {
namespace {

using Lines = std::vector<std::string>;
constexpr size_t kMaxCompared = 1000;  ///< lines a side beyond which the table of common lengths would be too large
constexpr size_t kContext = 3;         ///< unchanged lines shown around a change

struct Edit {
  char mark;
  const std::string* line;
};

/// The classic table: common[i][j] is the length of the longest common subsequence of expected[i…] and actual[j…].
std::vector<Edit> edits(const Lines& expected, const Lines& actual) {
  const size_t rows = expected.size() + 1, columns = actual.size() + 1;
  std::vector<uint32_t> common(rows * columns, 0);
  for (size_t i = expected.size(); i-- > 0;) {
    for (size_t j = actual.size(); j-- > 0;) {
      common[i * columns + j] = expected[i] == actual[j] ? common[(i + 1) * columns + j + 1] + 1
                                                         : std::max(common[(i + 1) * columns + j], common[i * columns + j + 1]);
    }
  }
  std::vector<Edit> result;
  size_t i = 0, j = 0;
  while (i < expected.size() || j < actual.size()) {
    if (i < expected.size() && j < actual.size() && expected[i] == actual[j]) {
      result.push_back({' ', &expected[i++]});
      ++j;
    } else if (j == actual.size() || (i < expected.size() && common[(i + 1) * columns + j] >= common[i * columns + j + 1])) {
      result.push_back({'-', &expected[i++]});
    } else {
      result.push_back({'+', &actual[j++]});
    }
  }
  return result;
}

/// One after the other, for texts too long to be compared in earnest.
std::vector<Edit> replace_all(const Lines& expected, const Lines& actual) {
  std::vector<Edit> result;
  for (const std::string& line : expected) result.push_back({'-', &line});
  for (const std::string& line : actual) result.push_back({'+', &line});
  return result;
}

}  // namespace

std::string diff_lines(const Lines& expected, const Lines& actual) {
  if (expected == actual) return "";
  const bool comparable = expected.size() <= kMaxCompared && actual.size() <= kMaxCompared;
  const std::vector<Edit> all = comparable ? edits(expected, actual) : replace_all(expected, actual);
  std::string text;
  size_t shown_to = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].mark == ' ') continue;
    const size_t from = std::max(shown_to, i < kContext ? 0 : i - kContext);
    if (from > shown_to) text += "  …\n";
    const size_t to = std::min(all.size(), i + kContext + 1);
    for (size_t k = from; k < std::max(to, shown_to); ++k) {
      if (k < shown_to) continue;
      text += std::string(1, all[k].mark) + " " + *all[k].line + "\n";
    }
    shown_to = std::max(shown_to, to);
  }
  return text;
}

}  // namespace millrace
