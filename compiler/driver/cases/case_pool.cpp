#include "compiler/driver/cases/case_pool.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "compiler/driver/cases/case_check.h"
#include "runtime/base/write_all.h"

namespace millrace {
namespace {

/// What a case's process sends: its problems, a zero byte, the updated case.
constexpr char kSeparator = '\0';

struct RunningCase {
  pid_t process = -1;
  int pipe = -1;
  size_t file = 0;
  size_t result = 0;  ///< its place among the file's results
  std::string received;
};

[[noreturn]] void run_in_child(TestCase test, CaseWay way, const CaseFile& file, const CasePoolOptions& options, int pipe) {
  alarm(options.timeout_s);
  std::string message = check_case(test, {.way = way, .update = options.update, .file_path = file.path});
  message += kSeparator;
  if (options.update) message += print_case_file({.path = {}, .preamble = {}, .cases = {test}});
  (void)write_all(pipe, message.data(), message.size());
  fflush(nullptr);
  _exit(0);
}

RunningCase start_case(const CaseFile& file, const CaseResult& wanted, const CasePoolOptions& options) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  fflush(nullptr);
  const pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    run_in_child(file.cases[wanted.index], wanted.way, file, options, ends[1]);
  }
  close(ends[1]);
  return {.process = process, .pipe = ends[0], .file = 0, .result = 0, .received = {}};
}

std::string describe_end(int status, const CasePoolOptions& options) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) return "it took longer than " + std::to_string(options.timeout_s) + " s\n";
  if (WIFSIGNALED(status)) return std::string("it crashed: ") + strsignal(WTERMSIG(status)) + "\n";
  return "its process ended with status " + std::to_string(WEXITSTATUS(status)) + "\n";
}

void finish_case(RunningCase& running, const CaseFile& file, const CasePoolOptions& options, CaseResult& result) {
  close(running.pipe);
  int status = 0;
  while (waitpid(running.process, &status, 0) < 0 && errno == EINTR) {
  }
  result.updated = file.cases[result.index];
  const size_t separator = running.received.find(kSeparator);
  if (separator == std::string::npos) {
    result.problems = describe_end(status, options);
    return;
  }
  result.problems = running.received.substr(0, separator);
  if (options.update) {
    Result<CaseFile> updated = parse_case_file(file.path, std::string_view(running.received).substr(separator + 1));
    if (updated) result.updated = std::move(updated->cases[0]);
  }
}

/// Takes what has come from a case's process; true when that was all.
bool receive(RunningCase& running) {
  char buffer[16384];
  const ssize_t got = read(running.pipe, buffer, sizeof buffer);
  if (got > 0) running.received.append(buffer, static_cast<size_t>(got));
  return got == 0 || (got < 0 && errno != EINTR);
}

/// The cases of all files, and what has become of them.
class CaseQueue {
 public:
  CaseQueue(const std::vector<CaseFile>& files, const CasePoolOptions& options, const TakeResults& take) : files_(files), options_(options), take_(take) {
    for (const CaseFile& file : files) {
      results_.push_back(results_wanted(file));
      unfinished_.push_back(results_.back().size());
    }
  }

  void run() {
    report();
    while (start_more() || !running_.empty()) wait();
  }

 private:
  std::vector<CaseResult> results_wanted(const CaseFile& file) const {
    std::vector<CaseResult> wanted;
    for (size_t i = 0; i < file.cases.size(); ++i) {
      const size_t ways = depends_on_way(file.cases[i]) ? options_.ways.size() : 1;
      for (size_t way = 0; way < ways; ++way) wanted.push_back({.index = i, .way = options_.ways[way], .problems = {}, .updated = {}});
    }
    return wanted;
  }

  bool start_more() {
    while (running_.size() < options_.processes && next_file_ < files_.size()) {
      if (next_result_ == results_[next_file_].size()) {
        ++next_file_;
        next_result_ = 0;
        continue;
      }
      running_.push_back(start_case(files_[next_file_], results_[next_file_][next_result_], options_));
      running_.back().file = next_file_;
      running_.back().result = next_result_++;
    }
    return !running_.empty();
  }

  void wait() {
    std::vector<pollfd> polls;
    for (const RunningCase& one : running_) polls.push_back({.fd = one.pipe, .events = POLLIN, .revents = 0});
    if (poll(polls.data(), polls.size(), -1) < 0) return;
    for (size_t i = running_.size(); i-- > 0;) {
      if (polls[i].revents == 0 || !receive(running_[i])) continue;
      const size_t file = running_[i].file;
      finish_case(running_[i], files_[file], options_, results_[file][running_[i].result]);
      --unfinished_[file];
      running_.erase(running_.begin() + static_cast<ptrdiff_t>(i));
    }
    report();
  }

  void report() {
    for (; reported_ < files_.size() && unfinished_[reported_] == 0; ++reported_) take_(files_[reported_], std::move(results_[reported_]));
  }

  const std::vector<CaseFile>& files_;
  const CasePoolOptions& options_;
  const TakeResults& take_;
  std::vector<std::vector<CaseResult>> results_;  ///< by file; what is wanted, until it is there
  std::vector<size_t> unfinished_;                ///< results, by file
  std::vector<RunningCase> running_;
  size_t next_file_ = 0;
  size_t next_result_ = 0;
  size_t reported_ = 0;  ///< files
};

}  // namespace

void run_cases(const std::vector<CaseFile>& files, const CasePoolOptions& options, const TakeResults& take) {
  CaseQueue(files, options, take).run();
}

}  // namespace millrace
