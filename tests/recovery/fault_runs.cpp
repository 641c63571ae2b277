#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "tests/recovery/fault_jobs.h"
#include "tests/recovery/fault_plan.h"
#include "tests/recovery/process.h"

/// Lets every call of small jobs for files, sockets and the clock fail, one in each run, and looks at what comes of it.
///
///   fault_runs FAULTY_MILLRACE [STEP [JOB [FAULT]]]
///
/// The run ends within ten seconds, well or with a message that names what failed; what others see of its output is a part of the right one, whole files
/// of a folder; and a run without faults then completes it. STEP: only every so manieth call, to be quick. Exit status 1 and what went wrong otherwise.
namespace millrace::recovery {

namespace {

namespace fs = std::filesystem;
using Kind = FaultPlan::Kind;

constexpr int kPatienceMs = 10'000;
constexpr int kKilled = 1000;

struct Fault {
  const char* name;
  Kind kind;
  bool stays;
  bool is_harmless;  ///< the job has to take it as nothing
};
constexpr Fault kFaults[] = {{"no room left", Kind::NoRoom, true, false},     {"no room once", Kind::NoRoom, false, false},
                             {"the disk fails once", Kind::BrokenDisk, false, false}, {"the disk fails for good", Kind::BrokenDisk, true, false},
                             {"access is lost", Kind::NoAccess, true, false}, {"access is lost once", Kind::NoAccess, false, false},
                             {"interrupted", Kind::Interrupted, false, true}, {"short", Kind::Short, false, true},
                             {"the peer is gone", Kind::PeerGone, false, false}, {"the clock is set back", Kind::ClockBack, true, true}};

class FaultRuns {
 public:
  FaultRuns(std::string millrace, const std::string& scratch, FaultJob& job)
      : millrace_(std::move(millrace)), folder_(scratch + "/job"), log_(scratch + "/log"), job_(job) {
    const std::string path = scratch + "/plan";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0 || ::ftruncate(fd, sizeof(FaultPlan)) != 0) std::abort();
    plan_ = static_cast<FaultPlan*>(::mmap(nullptr, sizeof(FaultPlan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    ::close(fd);
    std::strncpy(plan_->folder, (folder_ + "/").c_str(), sizeof plan_->folder - 1);
    ::setenv(FaultPlan::kVariable, path.c_str(), 1);
  }
  ~FaultRuns() { ::munmap(plan_, sizeof(FaultPlan)); }
  FaultRuns(const FaultRuns&) = delete;
  FaultRuns& operator=(const FaultRuns&) = delete;

  /// False: the program does not even do without faults what it should.
  bool prepare() {
    make_job();
    set_fault(kFaults[0], 0);
    const int status = run();
    if (status == 0 && job_.take_expected(folder_) && plan_->calls > 10) return true;
    printf("FAILED %s without a fault: status %d, %lld calls\n%s", job_.name(), status, static_cast<long long>(plan_->calls.load()), read_file(log_).c_str());
    return false;
  }

  /// Strikes every step-th call of a run. False, having said why, when one of them is not taken well.
  bool strike_all(const Fault& fault, int step) {
    int struck = 0;
    int survived = 0;
    int64_t longest_ms = 0;
    for (int64_t at = 1;; at += step) {
      make_job();
      set_fault(fault, at);
      const auto begin = std::chrono::steady_clock::now();
      const int status = run();
      longest_ms = std::max<int64_t>(longest_ms, std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count());
      if (plan_->calls < at) break;  // the run had no such call any more
      const std::string call = plan_->struck;
      const std::string problem = problem_of(fault, status);
      if (!problem.empty()) {
        printf("FAILED %s, %s at call %lld (%s): %s\n%s", job_.name(), fault.name, static_cast<long long>(at), call.c_str(), problem.c_str(),
               read_file(log_).c_str());
        return false;
      }
      survived += status == 0 ? 1 : 0;
      ++struck;
    }
    printf("passed %s, %s: %d calls, after %d of which the job ended well; the longest run took %lld ms\n", job_.name(), fault.name, struck, survived,
           static_cast<long long>(longest_ms));
    fflush(stdout);
    return struck > 0;
  }

 private:
  void make_job() {
    fs::remove_all(folder_);
    fs::remove(log_);
    fs::create_directories(folder_);
    job_.make(folder_);
  }

  void set_fault(const Fault& fault, int64_t at) {
    plan_->kind = fault.kind;
    plan_->stays = fault.stays ? 1 : 0;
    plan_->at = at;
    plan_->calls = 0;
    std::memset(plan_->struck, 0, sizeof plan_->struck);
  }

  /// The exit status; kKilled when it had to be killed.
  int run() {
    std::vector<std::string> words{millrace_, "run", folder_ + "/job.sql", "--checkpoint", folder_ + "/state"};
    for (const std::string& option : job_.options()) words.push_back(option);
    Process process(words, log_);
    if (process.ended_within_ms(kPatienceMs)) return process.status();
    where_ = process.where_it_is();
    return kKilled;
  }

  std::string problem_of(const Fault& fault, int status) {
    if (status == kKilled) return "it hangs\n" + where_;
    if (status > 2) return "it ended with status " + std::to_string(status);
    if (fault.is_harmless && status != 0) return "it should not matter";
    if (status != 0 && read_file(log_).find("error") == std::string::npos) return "it says no error";
    if (std::string seen = job_.problem(folder_, status == 0); !seen.empty()) return seen;
    set_fault(fault, 0);
    const int again = run();
    if (again == kKilled) return "a run without faults behind it hangs\n" + where_;
    if (again != 0) return "a run without faults behind it ended with status " + std::to_string(again);
    const std::string seen = job_.problem(folder_, true);
    return seen.empty() ? "" : "after a run without faults behind it " + seen;
  }

  std::string millrace_;
  std::string folder_;
  std::string log_;
  FaultJob& job_;
  FaultPlan* plan_ = nullptr;
  std::string where_;  ///< of a run that had to be killed
};

bool is_wanted(const char* name, int count, char** words, int position) { return count <= position || std::strcmp(words[position], name) == 0; }

bool strike(FaultJob& job, const std::string& scratch, int count, char** words) {
  FaultRuns runs(words[1], scratch, job);
  if (!runs.prepare()) return false;
  const int step = count > 2 ? std::max(std::atoi(words[2]), 1) : 1;
  for (const Fault& fault : kFaults) {
    const bool concerns = (fault.kind != Kind::PeerGone || job.has_peers()) && is_wanted(fault.name, count, words, 4);
    if (concerns && !runs.strike_all(fault, step)) return false;
  }
  return true;
}

}  // namespace

}  // namespace millrace::recovery

int main(int count, char** words) {
  using namespace millrace::recovery;
  if (count < 2) {
    fprintf(stderr, "usage: fault_runs FAULTY_MILLRACE [STEP [JOB [FAULT]]]\n");
    return 2;
  }
  std::string scratch = (std::filesystem::temp_directory_path() / "millrace_faults_XXXXXX").string();
  if (mkdtemp(scratch.data()) == nullptr) return 2;
  bool passed = true;
  for (const auto make : {&make_file_fault_job, &make_folder_fault_job, &make_socket_fault_job, &make_listen_fault_job, &make_socket_sink_fault_job,
                          &make_reconnecting_sink_fault_job, &make_listen_sink_fault_job, &make_interval_fault_job, &make_sse_fault_job}) {
    const auto job = make();
    if (is_wanted(job->name(), count, words, 3)) passed = passed && strike(*job, scratch, count, words);
  }
  if (passed) std::filesystem::remove_all(scratch);
  else printf("its folder is %s\n", scratch.c_str());
  return passed ? 0 : 1;
}
