#include "compiler/driver/cases/final_rows.h"

#include <algorithm>
#include <map>

namespace millrace {
namespace {

/// The text of the first `keys` columns: of a JSON object up to a comma between members, of a table's row up to a bar.
std::string_view key_of(std::string_view row, size_t keys) {
  if (keys == 0) return row;
  const bool json = row.starts_with('{');
  const char separator = json ? ',' : '|';
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < row.size(); ++i) {
    const char c = row[i];
    if (quoted) {
      if (c == '\\') ++i;
      else if (c == '"') quoted = false;
    } else if (json && c == '"') {
      quoted = true;
    } else if (json && (c == '{' || c == '[')) {
      ++depth;
    } else if (json && (c == '}' || c == ']')) {
      --depth;
    } else if (c == separator && depth == (json ? 1 : 0) && --keys == 0) {
      return row.substr(0, i);
    }
  }
  return row;
}

/// The end of the JSON value that begins at `at`, behind which a comma or a brace stands.
size_t value_end(std::string_view row, size_t at) {
  int depth = 0;
  bool quoted = false;
  for (; at < row.size(); ++at) {
    const char c = row[at];
    if (quoted) {
      if (c == '\\') ++at;
      else if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (depth == 0 && (c == ',' || c == '}')) return at;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  return at;
}

/// The rows that are left when each change has been made: what takes back a row that is not there is shown as it is, so that no case expects it.
class AppliedChanges {
 public:
  void operation(std::string_view row) {
    const size_t bar = std::min(row.find('|'), row.size());
    const std::string_view op = row.substr(0, bar);
    const std::string_view rest = row.substr(std::min(bar + 1, row.size()));
    if (op == "+I" || op == "+U") add(rest);
    else remove(rest);
  }

  void envelope(std::string_view row) {
    constexpr std::string_view kBefore = "{\"before\":", kAfter = ",\"after\":";
    const size_t before_end = value_end(row, kBefore.size());
    const size_t after = before_end + kAfter.size();
    const std::string_view was = row.substr(kBefore.size(), before_end - kBefore.size());
    const std::string_view is = row.substr(after, value_end(row, after) - after);
    if (was != "null") remove(was);
    if (is != "null") add(is);
  }

  std::vector<std::string> take() { return std::move(rows_); }

 private:
  void add(std::string_view row) { rows_.emplace_back(row); }
  void remove(std::string_view row) {
    const auto found = std::ranges::find(rows_, row);
    if (found == rows_.end()) rows_.push_back("taken back, but not there: " + std::string(row));
    else rows_.erase(found);
  }

  std::vector<std::string> rows_;
};

std::vector<std::string> applied(const CapturedQuery& query) {
  AppliedChanges changes;
  for (const CapturedBatch& batch : query.batches) {
    for (const std::string& row : batch.rows) {
      if (query.changes == abi::ChangeForm::Op) changes.operation(row);
      else changes.envelope(row);
    }
  }
  return changes.take();
}

}  // namespace

std::vector<std::string> final_rows(const CapturedQuery& query, size_t keys) {
  std::vector<std::string> rows;
  if (query.changes != abi::ChangeForm::NewRows) {
    rows = applied(query);
  } else if (query.mode == abi::EmitMode::Update) {
    std::map<std::string, std::string, std::less<>> latest;
    for (const CapturedBatch& batch : query.batches) {
      for (const std::string& row : batch.rows) latest.insert_or_assign(std::string(key_of(row, keys)), row);
    }
    for (auto& [key, row] : latest) rows.push_back(std::move(row));
  } else if (query.mode == abi::EmitMode::Complete) {
    if (!query.batches.empty()) rows = query.batches.back().rows;
  } else {
    for (const CapturedBatch& batch : query.batches) rows.insert(rows.end(), batch.rows.begin(), batch.rows.end());
  }
  std::ranges::sort(rows);
  return rows;
}

}  // namespace millrace
