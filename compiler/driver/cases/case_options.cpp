#include "compiler/driver/cases/case_options.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

namespace millrace {
namespace {

bool parse_number(std::string_view text, int64_t& number) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stop == text.data() + text.size() && number > 0;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Status parse_batch_rows(std::string_view value, CaseOptions& options) {
  for (const std::string_view word : words_of(value)) {
    int64_t rows = 0;
    if (word != "greedy" && !parse_number(word, rows)) return Status::error("batch-rows takes numbers and 'greedy'");
    options.batch_rows.push_back(rows);
  }
  return {};
}

Status parse_option(std::string_view key, std::string_view value, CaseOptions& options) {
  if (key == "format") {
    constexpr std::string_view kFormats[] = {"json", "table", "csv", "changelog", "debezium"};
    if (std::ranges::find(kFormats, value) == std::end(kFormats)) return Status::error("format is json, table, csv, changelog or debezium");
    options.format = value;
    return {};
  }
  if (key == "unordered") {
    options.unordered = true;
    return {};
  }
  if (key == "batch-rows") return parse_batch_rows(value, options);
  if (key == "keys") {
    int64_t keys = 0;
    if (!parse_number(value, keys)) return Status::error("keys takes a number of columns");
    options.keys = static_cast<size_t>(keys);
    return {};
  }
  return Status::error("unknown option '" + std::string(key) + "'");
}

}  // namespace

Result<CaseOptions> parse_case_options(const TestCase& test) {
  CaseOptions options;
  const CaseSection* section = test.find("options");
  if (section == nullptr) return options;
  for (const std::string& line : section->lines) {
    const size_t colon = std::min(line.find(':'), line.size());
    std::string_view value = std::string_view(line).substr(std::min(colon + 1, line.size()));
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (const Status status = parse_option(std::string_view(line).substr(0, colon), value, options); !status.ok()) return status;
  }
  return options;
}

}  // namespace millrace
