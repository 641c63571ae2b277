// Checks the house rules over the whole tree: `millrace_tidy ROOT` prints each breach as file:line: rule, and fails if there is one.

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <regex>

#include "tests/tidy/function_lengths.h"
#include "tests/tidy/include_rules.h"
#include "tests/tidy/source_file.h"

namespace {

using millrace::tidy::Finding;
using millrace::tidy::has_prefix;
using millrace::tidy::has_suffix;
using millrace::tidy::SourceFile;

constexpr size_t kFileLinesMax = 500;
constexpr size_t kFunctionLinesMax = 70;

void check_name(const SourceFile& file, std::vector<Finding>& findings) {
  static const std::vector<std::string> banned = {"util", "utils", "helper", "helpers", "common", "misc", "manager"};
  const size_t slash = file.path.rfind('/');
  std::string stem = file.path.substr(slash == std::string::npos ? 0 : slash + 1);
  stem = stem.substr(0, stem.find('.'));
  for (size_t begin = 0; begin <= stem.size();) {
    const size_t end = std::min(stem.find('_', begin), stem.size());
    const std::string word = stem.substr(begin, end - begin);
    if (std::find(banned.begin(), banned.end(), word) != banned.end()) {
      findings.push_back({file.path, 0, "a file is named after the one thing in it, not \"" + word + "\""});
    }
    begin = end + 1;
  }
}

void check_words(const SourceFile& file, std::vector<Finding>& findings) {
  // Put together here so that this file does not name what it forbids.
  static const std::regex forbidden(std::string("\\b(") + "TO" + "DO|FIX" + "ME|XX" + "X|[Ss]tu" + "bs?)\\b");
  static const std::regex literal("\"([^\"\\\\]|\\\\.)*\"");  // a date's pattern may hold any letters
  for (size_t i = 0; i < file.lines.size(); ++i) {
    const std::string line = std::regex_replace(file.lines[i], literal, "");
    std::smatch match;
    if (std::regex_search(line, match, forbidden)) {
      findings.push_back({file.path, i + 1, "\"" + match.str(1) + "\": what is not built says so with an error"});
    }
  }
}

void check_header(const SourceFile& file, std::vector<Finding>& findings) {
  const bool has_once = std::find(file.lines.begin(), file.lines.end(), "#pragma once") != file.lines.end();
  if (!has_once) findings.push_back({file.path, 0, "a header begins with #pragma once"});
}

void check_query(const SourceFile& file, std::vector<Finding>& findings) {
  const auto first = std::find_if(file.lines.begin(), file.lines.end(), [](const std::string& line) { return !line.empty(); });
  if (first == file.lines.end() || !has_prefix(*first, "--")) {
    findings.push_back({file.path, 1, "a query begins with a comment that says what it shows"});
  }
}

void append(std::vector<Finding>& to, std::vector<Finding> from) { to.insert(to.end(), from.begin(), from.end()); }

std::vector<Finding> check(const SourceFile& file) {
  std::vector<Finding> findings;
  check_name(file, findings);
  if (has_suffix(file.path, ".sql") && has_prefix(file.path, "queries/")) check_query(file, findings);
  if (!file.is_cpp()) return findings;
  check_words(file, findings);
  if (has_suffix(file.path, ".h")) check_header(file, findings);
  if (file.lines.size() > kFileLinesMax) {
    findings.push_back({file.path, 0, "a file of " + std::to_string(file.lines.size()) + " lines"});
  }
  append(findings, millrace::tidy::check_includes(file));
  append(findings, millrace::tidy::check_function_lengths(file, kFunctionLinesMax));
  return findings;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: millrace_tidy ROOT\n");
    return 2;
  }
  const std::vector<SourceFile> files = millrace::tidy::read_tree(argv[1]);
  size_t count = 0;
  for (const SourceFile& file : files) {
    for (const Finding& finding : check(file)) {
      std::printf("%s:%zu: %s\n", finding.path.c_str(), finding.line, finding.rule.c_str());
      ++count;
    }
  }
  std::printf("%zu files, %zu breaches of the house rules\n", files.size(), count);
  return count == 0 && !files.empty() ? 0 : 1;
}
