#include "bench/queries/child_process.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace millrace::bench {

namespace {

double seconds_of(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

/// Of a process that has ended and that nobody has waited for yet.
double bytes_read_by(pid_t process) {
  std::ifstream io("/proc/" + std::to_string(process) + "/io");
  std::string name;
  double bytes = 0;
  return io >> name >> bytes && name == "rchar:" ? bytes : 0;
}

[[noreturn]] void become(const Words& words, const ChildFiles& files, int input) {
  dup2(open(files.out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
  dup2(open(files.err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
  if (input >= 0) dup2(input, STDIN_FILENO);
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

void fail(const std::string& what) {
  fprintf(stderr, "bench: %s\n", what.c_str());
  exit(1);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Cost run_child(const Words& words, const ChildFiles& files) {
  int ends[2] = {-1, -1};
  if (files.feed && pipe2(ends, O_CLOEXEC) != 0) fail("no pipe");
  malloc_trim(0);  // a child's most memory is at least what this process has when it begins
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) become(words, files, ends[0]);
  if (files.feed) {
    signal(SIGPIPE, SIG_IGN);  // the program tells itself why it ended early
    close(ends[0]);
    files.feed(ends[1]);
    close(ends[1]);
  }
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double bytes_read = bytes_read_by(child);
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (status != 0) fail(words[0] + " failed for " + (words.size() > 2 ? words[2] : ""));
  return {wall, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), static_cast<double>(usage.ru_maxrss) / 1024, bytes_read};
}

}  // namespace millrace::bench
