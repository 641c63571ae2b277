#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/letter_case.h"

namespace millrace {

namespace {

/// The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours count one each
/// (Damerau, "A technique for computer detection and correction of spelling errors", CACM 1964).
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({substituted, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  // One slip in three letters is a typo; more is another word. Long names forgive at most three slips.
  const std::string wanted = lower_case(name);
  const size_t allowed = std::min<size_t>(3, std::max<size_t>(1, (wanted.size() + 1) / 3));
  const std::string* best = nullptr;
  size_t best_distance = allowed + 1;
  for (const std::string& candidate : candidates) {
    const size_t lengths_apart = std::max(candidate.size(), wanted.size()) - std::min(candidate.size(), wanted.size());
    if (lengths_apart >= best_distance) continue;
    const size_t distance = edit_distance(wanted, lower_case(candidate));
    // A name all of whose letters changed is not meant: `x` is no misspelling of `y`.
    if (distance < best_distance && distance < std::max(wanted.size(), candidate.size())) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::string() : *best;
}

}  // namespace millrace
