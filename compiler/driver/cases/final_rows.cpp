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

}  // namespace

std::vector<std::string> final_rows(const CapturedQuery& query, size_t keys) {
  std::vector<std::string> rows;
  if (query.mode == abi::EmitMode::Update) {
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
