#include <algorithm>
#include <chrono>
#include <filesystem>
#include <sstream>

#include "tests/recovery/fault_jobs.h"
#include "tests/recovery/process.h"

namespace millrace::recovery {

namespace {

namespace fs = std::filesystem;

constexpr int kFilesGiven = 4;
constexpr int kRowsOfGivenFile = 200;

constexpr const char* kFolderJobScript = R"(
CREATE STREAM s (t TIMESTAMP, k STRING, WATERMARK FOR t) WITH (connector = 'directory', path = 'in', format = 'json');
CREATE SINK out WITH (connector = 'directory', path = 'out', format = 'json', retry_for = '300ms');
INSERT INTO out SELECT window.start AS w, k, count(*) AS n FROM s GROUP BY window(t, '10 seconds'), k EMIT APPEND;
)";

std::string file_text(int number) {
  std::string text;
  for (int i = number * kRowsOfGivenFile; i < (number + 1) * kRowsOfGivenFile; ++i) {
    const std::string second = std::to_string(i / 10 % 60);
    text += "{\"t\": \"2024-01-01 00:0" + std::to_string(i / 600) + ":" + (second.size() < 2 ? "0" : "") + second + "\", \"k\": \"k" + std::to_string(i % 7) + "\"}\n";
  }
  return text;
}

/// The rows of all parts, hidden ones aside, in some order: in how many batches the files come is not certain.
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

class FolderFaultJob final : public FaultJob {
 public:
  const char* name() const override { return "folders"; }
  /// The timeout is for a run that goes on where all files had been read and so waits for another one.
  std::vector<std::string> options() const override { return {"--trigger", "once", "--timeout", "6s", "--checkpoint-retry", "300ms"}; }

  void make(const std::string& folder) override {
    for (const char* name : {"/in", "/out"}) fs::create_directories(folder + name);
    write_file(folder + "/job.sql", kFolderJobScript);
    for (int i = 0; i < kFilesGiven; ++i) {
      const std::string path = folder + "/in/" + std::to_string(i) + ".ndjson";
      write_file(path, file_text(i));
      fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::seconds(100 - i));  // nobody writes to it any more
    }
  }

  bool take_expected(const std::string& folder) override {
    expected_ = rows_of(folder + "/out");
    return expected_.size() > 20;
  }

  std::string problem(const std::string& folder, bool is_complete) override {
    const std::vector<std::string> rows = rows_of(folder + "/out");
    const bool fits = is_complete ? rows == expected_ : std::includes(expected_.begin(), expected_.end(), rows.begin(), rows.end());
    return fits ? "" : "there are " + std::to_string(rows.size()) + " rows, which are not those expected, " + std::to_string(expected_.size());
  }

 private:
  std::vector<std::string> expected_;
};

}  // namespace

std::unique_ptr<FaultJob> make_folder_fault_job() { return std::make_unique<FolderFaultJob>(); }

}  // namespace millrace::recovery
