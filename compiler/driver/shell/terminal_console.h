#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "compiler/driver/shell/completion.h"
#include "compiler/driver/shell/console.h"

namespace millrace {

/// A terminal with line editing, history and completion (libedit). What queries print while a line is being typed appears above that line.
class TerminalConsole final : public Console {
 public:
  /// `interrupts` is not owned; SIGINT adds to it.
  explicit TerminalConsole(const std::atomic<int>* interrupts);
  ~TerminalConsole() override;

  /// Set before the first line is read; outlives the console's use.
  void complete_with(const Completer* completer);

  Outcome read_line(const std::string& prompt, std::string& line) override;
  bool print(std::string_view rows) override;
  void tell(std::string_view message) override;
  bool is_interactive() const override { return true; }
  void remember(const std::string& input) override;

 private:
  struct Parts;  ///< what is libedit's
  void write(int fd, std::string_view text);

  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace
