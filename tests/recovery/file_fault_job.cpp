#include <filesystem>
#include <map>

#include "tests/recovery/fault_jobs.h"
#include "tests/recovery/process.h"

namespace millrace::recovery {

namespace {

namespace fs = std::filesystem;

constexpr int kFileJobRows = 900;
constexpr size_t kFilesMade = 8;

constexpr const char* kFileJobScript = R"(
CREATE STREAM s (id BIGINT, k STRING, x DOUBLE) WITH (connector = 'file', path = 'rows.ndjson', format = 'json', dead_letter = 'out/bad.ndjson', retry_for = '300ms');
CREATE TABLE names WITH (path = 'names.csv', format = 'csv', header = true);
CREATE SINK groups WITH (connector = 'file', path = 'out/groups.ndjson', format = 'json', retry_for = '300ms');
CREATE SINK parts WITH (connector = 'directory', path = 'out/parts', format = 'json', retry_for = '300ms');
INSERT INTO groups SELECT k, count(*) AS n, sum(x) AS sum FROM s GROUP BY k EMIT UPDATE EVERY 100 ROWS;
INSERT INTO parts SELECT s.id, n.name FROM s JOIN names n ON s.k = n.k EMIT APPEND EVERY 150 ROWS;
)";

std::string rows_text() {
  std::string text;
  for (int i = 0; i < kFileJobRows; ++i) {
    text += i % 60 == 7 ? "{\"id\": broken " + std::to_string(i) + "\n"
                        : "{\"id\": " + std::to_string(i) + ", \"k\": \"k" + std::to_string(i * 7 % 13) + "\", \"x\": " + std::to_string(i % 10) + "}\n";
  }
  return text;
}

/// Everything under a job's `out` that is to be seen, by name.
std::map<std::string, std::string> output_of(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder + "/out")) {
    const bool is_hidden = entry.path().filename().string().starts_with('.');
    if (entry.is_regular_file() && !is_hidden) files[fs::relative(entry.path(), folder + "/out").string()] = read_file(entry.path().string());
  }
  return files;
}

class FileFaultJob final : public FaultJob {
 public:
  const char* name() const override { return "files"; }

  void make(const std::string& folder) override {
    fs::create_directories(folder + "/out");
    write_file(folder + "/job.sql", kFileJobScript);
    write_file(folder + "/rows.ndjson", rows_text());
    write_file(folder + "/names.csv", "k,name\nk1,one\nk2,two\nk5,five\n");
  }

  bool take_expected(const std::string& folder) override {
    expected_ = output_of(folder);
    return expected_.size() == kFilesMade;
  }

  /// Of a run that failed: a part of the right output, whole files of a folder.
  std::string problem(const std::string& folder, bool is_complete) override {
    const std::map<std::string, std::string> files = output_of(folder);
    for (const auto& [name, text] : files) {
      const auto wanted = expected_.find(name);
      if (wanted == expected_.end()) return "there is a file '" + name + "'";
      const bool may_be_begun = !is_complete && !name.starts_with("parts/");
      const bool fits = may_be_begun ? wanted->second.starts_with(text) : wanted->second == text;
      if (!fits) return "'" + name + "' is not what it should be: " + std::to_string(text.size()) + " bytes, expected " + std::to_string(wanted->second.size());
    }
    return is_complete && files.size() != expected_.size() ? "files are missing" : "";
  }

 private:
  std::map<std::string, std::string> expected_;
};

}  // namespace

std::unique_ptr<FaultJob> make_file_fault_job() { return std::make_unique<FileFaultJob>(); }

}  // namespace millrace::recovery
