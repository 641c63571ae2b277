#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "compiler/driver/shell/console.h"

namespace millrace {

/// Reads a script from a pipe or a file: no prompts, no history.
class PipeConsole final : public Console {
 public:
  /// `interrupts` is not owned; non-zero ends a wait for input.
  PipeConsole(int input_fd, const std::atomic<int>* interrupts) : input_fd_(input_fd), interrupts_(interrupts) {}

  Outcome read_line(const std::string& prompt, std::string& line) override;
  bool print(std::string_view rows) override;
  void tell(std::string_view message) override;
  bool is_interactive() const override { return false; }
  void remember(const std::string&) override {}

 private:
  bool take_line(std::string& line);

  int input_fd_;
  const std::atomic<int>* interrupts_;
  std::string received_;
  bool has_ended_ = false;
  std::mutex mutex_;  ///< each text is written whole
};

}  // namespace millrace
