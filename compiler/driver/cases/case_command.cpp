#include "compiler/driver/cases/case_command.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <fstream>

#include "compiler/driver/cases/text_diff.h"
#include "runtime/base/write_all.h"

namespace millrace {
namespace {

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Reads what a client says until it closes or is silent for a while: closing with that unread would take back what was sent to it.
void wait_for_end(int client) {
  const timeval patience{.tv_sec = 0, .tv_usec = 200'000};
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  char unread[1024];
  while (read(client, unread, sizeof unread) > 0) {
  }
}

/// A socket that listens at a free local port, for as long as it lives.
class LocalListener {
 public:
  LocalListener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(fd_, 16) != 0 ||
        getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      return;
    }
    port_ = ntohs(address.sin_port);
  }
  ~LocalListener() { stop(); }
  LocalListener(const LocalListener&) = delete;
  LocalListener& operator=(const LocalListener&) = delete;

  int port() const { return port_; }
  void stop() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  /// A process that gives the text to everyone who connects; the caller ends it.
  pid_t serve(const std::string& text) const {
    const pid_t server = fork();
    if (server != 0) return server;
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a case that is killed for its time leaves nobody who holds the runner's pipe
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
      const int client = accept(fd_, nullptr, nullptr);
      if (client < 0) _exit(1);
      (void)write_all(client, text.data(), text.size());
      shutdown(client, SHUT_WR);
      wait_for_end(client);
      close(client);
    }
  }

 private:
  int fd_ = -1;
  int port_ = 0;
};

void export_number(const char* name, int number) { setenv(name, std::to_string(number).c_str(), 1); }

/// In the child: makes `millrace` this program, then becomes the shell.
[[noreturn]] void become_shell(const std::string& folder, const std::string& script, const std::string& streams) {
  char self[PATH_MAX] = {};
  if (readlink("/proc/self/exe", self, sizeof self - 1) < 0 || chdir(folder.c_str()) != 0) _exit(126);
  const std::string bin = streams + "_bin";
  if (mkdir(bin.c_str(), 0755) != 0 || symlink(self, (bin + "/millrace").c_str()) != 0) _exit(126);
  setenv("PATH", (bin + ":" + (getenv("PATH") != nullptr ? getenv("PATH") : "/usr/bin:/bin")).c_str(), 1);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(open((streams + "_out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
  dup2(open((streams + "_err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
  execl("/bin/sh", "sh", "-c", script.c_str(), static_cast<char*>(nullptr));
  _exit(126);
}

struct CommandOutcome {
  int status = 0;
  std::string out;
  std::string err;
};

CommandOutcome run_command(const CommandCheckOptions& options, const CaseSection& command, const CaseSection* served) {
  const LocalListener listener;
  LocalListener closed;
  export_number("PORT", listener.port());
  export_number("CLOSED_PORT", closed.port());
  closed.stop();
  setenv("CASE_FOLDER", options.case_folder.c_str(), 1);
  const pid_t server = served != nullptr ? listener.serve(join_lines(served->lines)) : -1;

  const std::string streams = options.folder + "/.command";
  const pid_t shell = fork();
  if (shell == 0) become_shell(options.folder, join_lines(command.lines), streams);
  int status = 0;
  waitpid(shell, &status, 0);
  if (server > 0) {
    kill(server, SIGKILL);
    waitpid(server, nullptr, 0);
  }
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = read_all(streams + "_out"),
          .err = read_all(streams + "_err")};
}

}  // namespace

std::string check_text(CaseSection& section, bool contains, const std::string& text, bool update) {
  const std::string title = section.kind + (section.argument.empty() ? "" : " " + section.argument);
  std::vector<std::string> actual = split_lines(text);
  while (!actual.empty() && actual.back().empty()) actual.pop_back();
  if (!contains) {
    const std::string difference = diff_lines(section.lines, actual);
    if (update) section.lines = std::move(actual);
    return difference.empty() ? "" : title + " differs (- expected, + actual):\n" + difference;
  }
  size_t at = 0;
  for (const std::string& line : section.lines) {
    at = text.find(line, at);
    if (at == std::string::npos) return title + ": not found: " + line + "\nin:\n" + text;
    at += line.size();
  }
  return "";
}

std::string check_command(TestCase& test, const CommandCheckOptions& options) {
  const CommandOutcome outcome = run_command(options, *test.find("command"), test.find("serve"));
  std::string problems;
  if (CaseSection* section = test.find("stdout")) {
    problems += check_text(*section, section->argument == "contains", outcome.out, options.update);
  }
  if (CaseSection* section = test.find("stderr")) {
    problems += check_text(*section, section->argument == "contains", outcome.err, options.update);
  }
  const CaseSection* wanted = test.find("status");
  const std::string status = std::to_string(outcome.status);
  if (status != (wanted == nullptr ? "0" : wanted->argument)) problems += "the command ended with status " + status + "\n" + outcome.err;
  return problems;
}

}  // namespace millrace
