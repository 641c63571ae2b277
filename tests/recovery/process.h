#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace millrace::recovery {

/// A program under test that is at work.
class Process {
 public:
  /// Standard error goes to `log`, standard output nowhere.
  Process(const std::vector<std::string>& command, const std::string& log);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Waits for its end for so long; false when it goes on. One that somebody has stopped (SIGSTOP) gets its time anew.
  bool ended_within_ms(int ms);
  /// SIGKILL, unless it has ended.
  void kill();
  void interrupt() const;  ///< SIGINT
  /// What its threads, and those of its copies, wait for, a line each: of one that hangs.
  std::string where_it_is() const;
  /// Of an ended one; 128 and the signal's number when a signal ended it.
  int status() const { return status_; }

 private:
  bool reap(bool wait);
  bool is_stopped() const;

  pid_t id_ = -1;
  int status_ = -1;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);
void sleep_ms(int ms);

}  // namespace millrace::recovery
