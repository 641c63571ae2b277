#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/recovery/fault_plan.h"
#include "tests/recovery/process.h"

/// Lets every call for files of a small job fail, one in each run, and looks at what comes of it.
///
///   fault_runs FAULTY_MILLRACE [STEP]
///
/// The run ends within ten seconds, well or with a message that names what failed; what others see of its output is a part of the right one, whole files
/// of a folder; and a run without faults then completes it. STEP: only every so manieth call, to be quick. Exit status 1 and what went wrong otherwise.
namespace millrace::recovery {

namespace {

namespace fs = std::filesystem;
using Kind = FaultPlan::Kind;

constexpr int kRows = 900;
constexpr int kPatienceMs = 10'000;

struct Fault {
  const char* name;
  Kind kind;
  bool stays;
  bool is_harmless;  ///< the job has to take it as nothing
};
constexpr Fault kFaults[] = {{"no room left", Kind::NoRoom, true, false},     {"no room once", Kind::NoRoom, false, false},
                             {"the disk fails once", Kind::BrokenDisk, false, false}, {"the disk fails for good", Kind::BrokenDisk, true, false},
                             {"access is lost", Kind::NoAccess, true, false}, {"interrupted", Kind::Interrupted, false, true},
                             {"short", Kind::Short, false, true}};

constexpr const char* kScript = R"(
CREATE STREAM s (id BIGINT, k STRING, x DOUBLE) WITH (connector = 'file', path = '@/rows.ndjson', format = 'json', dead_letter = '@/out/bad.ndjson');
CREATE TABLE names WITH (path = '@/names.csv', format = 'csv', header = true);
CREATE SINK groups WITH (connector = 'file', path = '@/out/groups.ndjson', format = 'json');
CREATE SINK parts WITH (connector = 'directory', path = '@/out/parts', format = 'json');
INSERT INTO groups SELECT k, count(*) AS n, sum(x) AS sum FROM s GROUP BY k EMIT UPDATE EVERY 100 ROWS;
INSERT INTO parts SELECT s.id, n.name FROM s JOIN names n ON s.k = n.k EMIT APPEND EVERY 150 ROWS;
)";

std::string script_in(const std::string& folder) {
  std::string script = kScript;
  for (size_t at; (at = script.find('@')) != std::string::npos;) script.replace(at, 1, folder);
  return script;
}

std::string rows_text() {
  std::string text;
  for (int i = 0; i < kRows; ++i) {
    text += i % 60 == 7 ? "{\"id\": broken " + std::to_string(i) + "\n"
                        : "{\"id\": " + std::to_string(i) + ", \"k\": \"k" + std::to_string(i * 7 % 13) + "\", \"x\": " + std::to_string(i % 10) + "}\n";
  }
  return text;
}

/// A job's folder, new for each fault.
void make_job(const std::string& folder) {
  fs::remove_all(folder);
  fs::create_directories(folder + "/out");
  write_file(folder + "/job.sql", script_in(folder));
  write_file(folder + "/rows.ndjson", rows_text());
  write_file(folder + "/names.csv", "k,name\nk1,one\nk2,two\nk5,five\n");
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

class FaultRuns {
 public:
  FaultRuns(std::string millrace, std::string scratch) : millrace_(std::move(millrace)), folder_(scratch + "/job"), log_(scratch + "/log") {
    const std::string path = scratch + "/plan";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT, 0666);
    if (fd < 0 || ::ftruncate(fd, sizeof(FaultPlan)) != 0) std::abort();
    plan_ = static_cast<FaultPlan*>(::mmap(nullptr, sizeof(FaultPlan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    ::close(fd);
    std::strncpy(plan_->folder, (folder_ + "/").c_str(), sizeof plan_->folder - 1);
    ::setenv(FaultPlan::kVariable, path.c_str(), 1);
  }

  /// False: the program does not even do without faults what it should.
  bool prepare() {
    make_job(folder_);
    set_fault(kFaults[0], 0);
    const int status = run();
    expected_ = output_of(folder_);
    if (status == 0 && expected_.size() == 8 && plan_->calls > 20) return true;
    printf("FAILED without a fault: status %d, %zu files, %lld calls\n%s", status, expected_.size(), static_cast<long long>(plan_->calls.load()),
           read_file(log_).c_str());
    return false;
  }

  /// Strikes every step-th call of a run; how many, or -1.
  int strike_all(const Fault& fault, int step) {
    int struck = 0;
    for (int64_t at = 1;; at += step) {
      make_job(folder_);
      fs::remove(log_);
      set_fault(fault, at);
      const int status = run();
      if (plan_->calls < at) return struck;  // the run had no such call any more
      const std::string problem = problem_of(fault, status);
      if (!problem.empty()) {
        printf("FAILED %s at call %lld (%s): %s\n%s", fault.name, static_cast<long long>(at), plan_->struck, problem.c_str(), read_file(log_).c_str());
        return -1;
      }
      ++struck;
    }
  }

 private:
  void set_fault(const Fault& fault, int64_t at) {
    plan_->kind = fault.kind;
    plan_->stays = fault.stays ? 1 : 0;
    plan_->at = at;
    plan_->calls = 0;
    std::memset(plan_->struck, 0, sizeof plan_->struck);
  }

  /// The exit status; 1000 when it had to be killed.
  int run() {
    Process process({millrace_, "run", folder_ + "/job.sql", "--checkpoint", folder_ + "/state", "--checkpoint-interval", "2 batches"}, log_);
    return process.ended_within_ms(kPatienceMs) ? process.status() : 1000;
  }

  std::string problem_of(const Fault& fault, int status) {
    if (status == 1000) return "it hangs";
    if (status > 2) return "it ended with status " + std::to_string(status);
    if (fault.is_harmless && status != 0) return "it should not matter";
    if (status != 0 && read_file(log_).find("error") == std::string::npos) return "it says no error";
    if (std::string seen = problem_of_output(status == 0); !seen.empty()) return seen;
    set_fault(fault, 0);
    const int again = run();
    if (again != 0) return "a run without faults behind it ended with status " + std::to_string(again);
    const std::string seen = problem_of_output(true);
    return seen.empty() ? "" : "after a run without faults behind it " + seen;
  }

  std::string problem_of_output(bool is_complete) const {
    const std::map<std::string, std::string> files = output_of(folder_);
    for (const auto& [name, text] : files) {
      const auto wanted = expected_.find(name);
      if (wanted == expected_.end()) return "there is a file '" + name + "'";
      const bool may_be_begun = !is_complete && !name.starts_with("parts/");
      const bool fits = may_be_begun ? wanted->second.starts_with(text) : wanted->second == text;
      if (!fits) return "'" + name + "' is not what it should be: " + std::to_string(text.size()) + " bytes, expected " + std::to_string(wanted->second.size());
    }
    return is_complete && files.size() != expected_.size() ? "files are missing" : "";
  }

  std::string millrace_;
  std::string folder_;
  std::string log_;
  FaultPlan* plan_ = nullptr;
  std::map<std::string, std::string> expected_;
};

}  // namespace

}  // namespace millrace::recovery

int main(int count, char** words) {
  if (count < 2) {
    fprintf(stderr, "usage: fault_runs FAULTY_MILLRACE [STEP]\n");
    return 2;
  }
  std::string scratch = (std::filesystem::temp_directory_path() / "millrace_faults_XXXXXX").string();
  if (mkdtemp(scratch.data()) == nullptr) return 2;
  millrace::recovery::FaultRuns runs(words[1], scratch);
  bool passed = runs.prepare();
  for (const auto& fault : millrace::recovery::kFaults) {
    if (!passed) break;
    const int struck = runs.strike_all(fault, count > 2 ? std::max(std::atoi(words[2]), 1) : 1);
    passed = struck > 0;
    if (passed) printf("passed %s: %d calls\n", fault.name, struck);
    fflush(stdout);
  }
  if (passed) std::filesystem::remove_all(scratch);
  return passed ? 0 : 1;
}
