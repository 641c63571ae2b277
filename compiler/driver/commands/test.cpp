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
    {.name = "--every-way", .help = "each case by one, two and three workers, and with --restart; once where there are no rows to compute"},
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

/// For a case that was run several ways.
std::string describe(const CaseWay& way) {
  std::string text = way.threads > 1 ? "by " + std::to_string(way.threads) + " workers" : "";
  if (way.restart) text += text.empty() ? "with restarts" : ", with restarts";
  return text.empty() ? text : " (" + text + ")";
}

/// Expectations may have been wrong before an update, so a case counts as passed when it could be run.
void take_results(CaseFile file, std::vector<CaseResult> results, bool update, bool verbose, Tally& tally) {
  for (const CaseResult& result : results) {
    const TestCase& test = file.cases[result.index];
    const bool passed = result.problems.empty();
    ++(passed ? tally.passed : tally.failed);
    if (passed && !verbose) continue;
    printf("%s %s:%zu: %s%s\n", passed ? "passed" : "FAILED", file.path.c_str(), test.line_number, test.name.c_str(), describe(result.way).c_str());
    indent(result.problems);
  }
  if (!update) return;
  for (CaseResult& result : results) file.cases[result.index] = std::move(result.updated);
  std::ofstream(file.path, std::ios::binary) << print_case_file(file);
}

std::vector<CaseFile> read_case_files(const std::vector<std::string>& paths, Tally& tally) {
  std::vector<CaseFile> files;
  for (const std::string& path : paths) {
    Result<CaseFile> file = parse_case_file(path, read_text_file(path));
    if (file) {
      files.push_back(std::move(file).value());
      continue;
    }
    printf("FAILED %s\n", file.error().message().c_str());
    ++tally.failed;
  }
  return files;
}

std::vector<CaseWay> ways_of(const Arguments& arguments) {
  if (!arguments.has("--every-way")) return {{.threads = std::max(1, thread_count(arguments)), .restart = arguments.has("--restart")}};
  for (const char* other : {"--threads", "--restart", "--update"}) {
    if (arguments.has(other)) throw UsageError(std::string("--every-way is not for ") + other);
  }
  return {{.threads = 1, .restart = false}, {.threads = 2, .restart = false}, {.threads = 3, .restart = false}, {.threads = 1, .restart = true}};
}

int run_test(const Arguments& arguments) {
  // Many a case waits for a clock or a peer, so that twice as many as processors keep these busy.
  const CasePoolOptions options{.ways = ways_of(arguments),
                                .update = arguments.has("--update"),
                                .processes = 2 * std::max(1U, std::thread::hardware_concurrency())};
  Tally tally;
  const std::vector<CaseFile> files = read_case_files(find_test_files(arguments.positional()), tally);
  run_cases(files, options, [&](const CaseFile& file, std::vector<CaseResult> results) {
    take_results(file, std::move(results), options.update, arguments.has("--verbose"), tally);
  });
  printf("%zu passed, %zu failed\n", tally.passed, tally.failed);
  return tally.failed == 0 ? kExitDone : kExitFailed;
}

}  // namespace

const Command kTestCommand = {kTestRule, run_test};

}  // namespace millrace
