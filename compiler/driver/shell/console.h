#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// Where a shell's lines come from and its results go. The main thread reads; any thread writes.
class Console {
 public:
  enum class Outcome {
    Line,
    Interrupted,  ///< Ctrl-C
    End,
  };

  virtual ~Console() = default;

  /// The next line, without its end.
  virtual Outcome read_line(const std::string& prompt, std::string& line) = 0;
  /// Rows, for standard output. False when nobody reads it any more.
  virtual bool print(std::string_view rows) = 0;
  /// Everything else, for standard error.
  virtual void tell(std::string_view message) = 0;
  /// Whether somebody types: then there are prompts and greetings.
  virtual bool is_interactive() const = 0;
  /// A statement or command as it was typed, for the history.
  virtual void remember(const std::string& input) = 0;
};

}  // namespace millrace
