#include "compiler/driver/cases/case_file.h"

#include <algorithm>
#include <cstdlib>

namespace millrace {
namespace {

constexpr std::string_view kCaseMarker = "==== case ";
constexpr std::string_view kSectionMarker = "---- ";
constexpr std::string_view kBatchMarker = "---- batch";

constexpr std::string_view kSectionKinds[] = {
    "options", "sql", "file", "input", "expect", "final", "error", "warning", "explain", "output",
    "failure", "serve", "command", "stdout", "stderr", "status",
};

bool is_batch_marker(std::string_view line) {
  return line == kBatchMarker || line.starts_with("---- batch ");
}

void drop_blank_end(std::vector<std::string>& lines) {
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
}

CaseSection section_of(std::string_view marker_line, size_t line_number) {
  const std::string_view rest = marker_line.substr(kSectionMarker.size());
  const size_t blank = std::min(rest.find(' '), rest.size());
  return {.kind = std::string(rest.substr(0, blank)),
          .argument = std::string(rest.substr(std::min(blank + 1, rest.size()))),
          .lines = {},
          .line_number = line_number};
}

}  // namespace

const CaseSection* TestCase::find(std::string_view kind) const {
  const auto found = std::ranges::find(sections, kind, &CaseSection::kind);
  return found == sections.end() ? nullptr : &*found;
}

CaseSection* TestCase::find(std::string_view kind) {
  return const_cast<CaseSection*>(static_cast<const TestCase*>(this)->find(kind));
}

std::vector<CaseSection*> TestCase::all(std::string_view kind) {
  std::vector<CaseSection*> found;
  for (CaseSection& section : sections) {
    if (section.kind == kind) found.push_back(&section);
  }
  return found;
}

Result<CaseFile> parse_case_file(std::string path, std::string_view text) {
  CaseFile file{.path = std::move(path), .preamble = {}, .cases = {}};
  const auto fail = [&](size_t line_number, const std::string& what) {
    return Status::error(file.path + ":" + std::to_string(line_number) + ": " + what);
  };
  size_t line_number = 0;
  for (std::string& line : split_lines(text)) {
    ++line_number;
    if (line.starts_with(kCaseMarker)) {
      file.cases.push_back({.name = line.substr(kCaseMarker.size()), .sections = {}, .line_number = line_number});
      continue;
    }
    if (file.cases.empty()) {
      if (line.starts_with(kSectionMarker)) return fail(line_number, "a section before the first '==== case NAME'");
      file.preamble.push_back(std::move(line));
      continue;
    }
    TestCase& test = file.cases.back();
    if (line.starts_with(kSectionMarker) && !is_batch_marker(line)) {
      test.sections.push_back(section_of(line, line_number));
      if (std::ranges::find(kSectionKinds, test.sections.back().kind) == std::end(kSectionKinds)) {
        return fail(line_number, "unknown section '" + test.sections.back().kind + "'");
      }
      continue;
    }
    if (test.sections.empty()) {
      if (!line.empty()) return fail(line_number, "expected a section such as '---- sql'");
      continue;
    }
    test.sections.back().lines.push_back(std::move(line));
  }
  if (file.cases.empty()) return fail(1, "there is no '==== case NAME'");
  drop_blank_end(file.preamble);
  for (TestCase& test : file.cases) {
    for (CaseSection& section : test.sections) drop_blank_end(section.lines);
  }
  return file;
}

std::string print_case_file(const CaseFile& file) {
  std::string text = join_lines(file.preamble);
  if (!text.empty()) text += '\n';
  for (const TestCase& test : file.cases) {
    if (&test != &file.cases.front()) text += '\n';
    text += std::string(kCaseMarker) + test.name + "\n";
    for (const CaseSection& section : test.sections) {
      text += std::string(kSectionMarker) + section.kind + (section.argument.empty() ? "" : " " + section.argument) + "\n";
      text += join_lines(section.lines);
    }
  }
  return text;
}

std::vector<NumberedLines> split_batches(const std::vector<std::string>& lines) {
  std::vector<NumberedLines> batches;
  const auto next_number = [&] { return batches.empty() ? 0 : batches.back().number + 1; };
  for (const std::string& line : lines) {
    if (is_batch_marker(line)) {
      const char* digits = line.c_str() + std::min(line.size(), kBatchMarker.size() + 1);
      batches.push_back({.number = *digits == '\0' ? next_number() : std::atoll(digits), .lines = {}});
      continue;
    }
    if (batches.empty()) batches.emplace_back();
    batches.back().lines.push_back(line);
  }
  return batches;
}

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text.append(line).push_back('\n');
  return text;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace millrace
