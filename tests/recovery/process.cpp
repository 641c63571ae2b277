#include "tests/recovery/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

namespace millrace::recovery {

Process::Process(const std::vector<std::string>& command, const std::string& log) {
  id_ = ::fork();
  if (id_ != 0) return;
  const int errors = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  const int nowhere = ::open("/dev/null", O_RDWR);
  ::dup2(nowhere, 0);
  ::dup2(nowhere, 1);
  ::dup2(errors, 2);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  ::_exit(127);
}

Process::~Process() { kill(); }

bool Process::reap(bool wait) {
  if (id_ < 0) return true;
  int status = 0;
  if (::waitpid(id_, &status, wait ? 0 : WNOHANG) != id_) return false;
  id_ = -1;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

bool Process::is_stopped() const {
  const std::string state = read_file("/proc/" + std::to_string(id_) + "/stat");
  const size_t name_end = state.rfind(')');
  return name_end != std::string::npos && state.substr(name_end, 3) == ") T";
}

bool Process::ended_within_ms(int ms) {
  auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  while (!reap(false)) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= until && is_stopped()) until = now + std::chrono::milliseconds(ms);
    if (now >= until) return false;
    sleep_ms(1);
  }
  return true;
}

void Process::kill() {
  if (id_ > 0) ::kill(id_, SIGKILL);
  reap(true);
}

void Process::interrupt() const {
  if (id_ > 0) ::kill(id_, SIGINT);
}

std::string Process::where_it_is() const {
  std::string text;
  std::vector<std::string> processes{std::to_string(id_)};
  for (size_t i = 0; i < processes.size(); ++i) {
    const std::string threads = "/proc/" + processes[i] + "/task";
    std::error_code gone;
    for (const auto& thread : std::filesystem::directory_iterator(threads, gone)) {
      const std::string folder = thread.path().string();
      std::string name = read_file(folder + "/comm");
      if (!name.empty()) name.pop_back();
      const std::string call = read_file(folder + "/syscall");
      text += "process " + processes[i] + ", thread " + thread.path().filename().string() + " (" + name + ") in " + read_file(folder + "/wchan") +
              ", system call " + call + (call.ends_with('\n') ? "" : "\n");
      std::istringstream children(read_file(folder + "/children"));
      for (std::string child; children >> child;) processes.push_back(child);
    }
  }
  return text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

void sleep_ms(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

}  // namespace millrace::recovery
