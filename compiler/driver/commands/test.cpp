#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "compiler/driver/cases/case_file.h"
#include "compiler/driver/cases/case_pool.h"
#include "compiler/driver/commands/command.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/script_file.h"

namespace millrace {
namespace {

namespace fs = std::filesystem;

constexpr OptionRule kTestOptions[] = {
    {.name = "--update", .help = "rewrite the expectations by what comes out"},
    {.name = "--threads", .value = OptionRule::Value::Required, .value_name = "N",
     .help = "workers for the rows of each query, in pieces of a few rows (1)"},
    {.name = "--restart", .help = "take the state through a checkpoint into a fresh engine after each batch"},
    {.name = "--verbose", .help = "name the cases that pass, too"},
};

constexpr CommandRule kTestRule = {
    .name = "test", .positional = "PATH…", .positional_min = 1, .positional_max = SIZE_MAX,
    .summary = "Run golden tests: SQL, input with batch cuts, the expected output of each batch.",
    .details = "A path is a .test file or a folder, searched for them. The last line tells how many passed and failed.",
    .options = kTestOptions,
};

std::vector<std::string> find_test_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) throw UsageError("there is no file or folder '" + path + "'");
    if (!fs::is_directory(status)) {
      files.push_back(path);
      continue;
    }
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file() && entry.path().extension() == ".test") files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

struct Tally {
  size_t passed = 0;
  size_t failed = 0;
};

void indent(const std::string& text) {
  for (const std::string& line : split_lines(text)) printf("    %s\n", line.c_str());
}

/// Expectations may have been wrong before an update, so a case counts as passed when it could be run.
void run_file(const std::string& path, const CasePoolOptions& options, bool verbose, Tally& tally) {
  Result<CaseFile> file = parse_case_file(path, read_text_file(path));
  if (!file) {
    printf("FAILED %s\n", file.error().message().c_str());
    ++tally.failed;
    return;
  }
  std::vector<CaseResult> results = run_cases(*file, options);
  for (size_t i = 0; i < results.size(); ++i) {
    const TestCase& test = file->cases[i];
    if (results[i].problems.empty()) {
      ++tally.passed;
      if (verbose) printf("passed %s:%zu: %s\n", path.c_str(), test.line_number, test.name.c_str());
      continue;
    }
    ++tally.failed;
    printf("FAILED %s:%zu: %s\n", path.c_str(), test.line_number, test.name.c_str());
    indent(results[i].problems);
  }
  if (!options.update) return;
  for (size_t i = 0; i < results.size(); ++i) file->cases[i] = std::move(results[i].updated);
  std::ofstream(path, std::ios::binary) << print_case_file(*file);
}

int run_test(const Arguments& arguments) {
  const CasePoolOptions options{.threads = std::max(1, thread_count(arguments)),
                                .restart = arguments.has("--restart"),
                                .update = arguments.has("--update"),
                                .processes = std::max(1U, std::thread::hardware_concurrency())};
  Tally tally;
  for (const std::string& path : find_test_files(arguments.positional())) run_file(path, options, arguments.has("--verbose"), tally);
  printf("%zu passed, %zu failed\n", tally.passed, tally.failed);
  return tally.failed == 0 ? kExitDone : kExitFailed;
}

}  // namespace

const Command kTestCommand = {kTestRule, run_test};

}  // namespace millrace
