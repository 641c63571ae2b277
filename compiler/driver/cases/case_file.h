#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace millrace {

/// A part of a test case: `---- input iot`, and the lines below it up to the next marker.
struct CaseSection {
  std::string kind;      ///< the first word: `sql`, `input`, `expect` …
  std::string argument;  ///< the rest of the marker's line
  std::vector<std::string> lines;  ///< without blank lines at the end
  size_t line_number = 0;          ///< of the marker, from 1
};

/// One behaviour: SQL, inputs, and what must come out. The format is described in tests/README.md.
struct TestCase {
  std::string name;
  std::vector<CaseSection> sections;  ///< in order
  size_t line_number = 0;

  const CaseSection* find(std::string_view kind) const;
  CaseSection* find(std::string_view kind);
  std::vector<CaseSection*> all(std::string_view kind);
};

/// A `.test` file.
struct CaseFile {
  std::string path;
  std::vector<std::string> preamble;  ///< what stands before the first case: a remark for the reader
  std::vector<TestCase> cases;
};

/// Reads a file's text; the error names the line.
Result<CaseFile> parse_case_file(std::string path, std::string_view text);

/// The file's text again, with sections as they are now: what `--update` writes.
std::string print_case_file(const CaseFile& file);

/// Lines between two `---- batch` marks.
struct NumberedLines {
  int64_t number = 0;  ///< what the mark says, else one more than the batch before
  std::vector<std::string> lines;
};

/// Cuts the lines of an `input` or `expect` section at its `---- batch [N]` lines.
std::vector<NumberedLines> split_batches(const std::vector<std::string>& lines);

/// All lines, each ended by a newline.
std::string join_lines(const std::vector<std::string>& lines);
std::vector<std::string> split_lines(std::string_view text);

}  // namespace millrace
