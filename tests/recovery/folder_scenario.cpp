#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "tests/recovery/process.h"
#include "tests/recovery/scenarios.h"

/// Files appear in a folder while the job is killed and started; windows that are closed go to another folder. Which files make a batch is a matter of time, so
/// that the rows are compared, sorted, with a count made here.
namespace millrace::recovery {

namespace {

namespace fs = std::filesystem;

constexpr int kFiles = 40;
constexpr int kRowsOfFile = 3000;
constexpr int kRowsOfSecond = 100;
constexpr int kWindowSeconds = 10;

std::string time_text(int second) {
  char text[40];
  std::snprintf(text, sizeof text, "2024-01-01 %02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
  return text;
}

std::string file_text(int number) {
  std::string text;
  for (int i = 0; i < kRowsOfFile; ++i) {
    const int row = number * kRowsOfFile + i;
    text += "{\"t\": \"" + time_text(row / kRowsOfSecond) + "\", \"k\": \"k" + std::to_string(row % 7) + "\"}\n";
  }
  return text;
}

/// Of the windows that the last row's time, less the delay of no second, closes.
std::vector<std::string> expected_rows() {
  std::vector<std::string> rows;
  const int last_second = (kFiles * kRowsOfFile - 1) / kRowsOfSecond;
  for (int start = 0; start + kWindowSeconds <= last_second; start += kWindowSeconds) {
    for (int key = 0; key < 7; ++key) {
      int count = 0;
      for (int row = start * kRowsOfSecond; row < (start + kWindowSeconds) * kRowsOfSecond; ++row) count += row % 7 == key ? 1 : 0;
      rows.push_back("{\"w\":\"" + time_text(start) + "\",\"k\":\"k" + std::to_string(key) + "\",\"n\":" + std::to_string(count) + "}");
    }
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::string> rows_of(const std::string& folder) {
  std::vector<std::string> rows;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with('.')) continue;
    std::istringstream text(read_file(entry.path().string()));
    for (std::string line; std::getline(text, line);) rows.push_back(line);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

constexpr const char* kFolderScript = R"(
CREATE STREAM s (t TIMESTAMP, k STRING, WATERMARK FOR t) WITH (connector = 'directory', path = 'in', format = 'json');
CREATE SINK out WITH (connector = 'directory', path = 'out', format = 'json');
INSERT INTO out SELECT window.start AS w, k, count(*) AS n FROM s GROUP BY window(t, '10 seconds'), k EMIT APPEND;
SET checkpoint_dir = 'checkpoints';
SET checkpoint_interval = '2 batches';
)";

/// Moves the next file in, so that it appears as a whole.
void add_file(const std::string& folder, int number) {
  const std::string name = "/" + std::to_string(1000 + number) + ".ndjson";
  write_file(folder + "/made" + name, file_text(number));
  fs::rename(folder + "/made" + name, folder + "/in" + name);
}

}  // namespace

Outcome run_folders(const Setting& setting, int kills_max) {
  Outcome outcome;
  const std::string folder = setting.folder + "/folders";
  for (const char* name : {"/in", "/out", "/made"}) fs::create_directories(folder + name);
  write_file(folder + "/job.sql", kFolderScript);
  const std::vector<std::string> words{setting.millrace, "run", folder + "/job.sql", "--threads", std::to_string(setting.threads)};
  const std::vector<std::string> expected = expected_rows();
  int files = 0;
  while (outcome.kills < kills_max) {
    Process process(words, folder + "/log");
    const int patience = patience_ms(setting, 150);
    for (int waited = 0; waited < patience && files < kFiles; waited += 10) {
      if ((*setting.random)() % 4 == 0) add_file(folder, files++);
      sleep_ms(10);
    }
    if (process.ended_within_ms(patience / 4)) {
      outcome.problem = "a run ended by itself:\n" + read_file(folder + "/log");
      return outcome;
    }
    process.kill();
    ++outcome.kills;
  }
  while (files < kFiles) add_file(folder, files++);
  Process last(words, folder + "/log");
  for (int waited = 0; waited < 20'000 && rows_of(folder + "/out").size() < expected.size(); waited += 100) sleep_ms(100);
  last.interrupt();
  if (!last.ended_within_ms(20'000) || last.status() != 0) outcome.problem = "the last run did not end well; ";
  const std::vector<std::string> rows = rows_of(folder + "/out");
  if (rows != expected) {
    outcome.problem += "there are " + std::to_string(rows.size()) + " rows, and not the " + std::to_string(expected.size()) + " that were expected";
    for (size_t i = 0; i < std::max(rows.size(), expected.size()); ++i) {
      const std::string got = i < rows.size() ? rows[i] : "(nothing)";
      const std::string wanted = i < expected.size() ? expected[i] : "(nothing)";
      if (got == wanted) continue;
      outcome.problem += "; the first that differs is " + got + ", not " + wanted;
      break;
    }
  }
  outcome.problem += problem_of_checkpoints(folder + "/checkpoints", folder + "/log");
  if (!outcome.problem.empty()) outcome.problem += "\n" + read_file(folder + "/log");
  return outcome;
}

}  // namespace millrace::recovery
