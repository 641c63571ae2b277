#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// Exit statuses of every command.
enum ExitStatus : int {
  kExitDone = 0,
  kExitFailed = 1,  ///< a query failed
  kExitUsage = 2,   ///< bad usage, or a file that does not parse or bind
};

/// A wrong command line: thrown by Arguments and the commands, reported once by `main`.
struct UsageError : std::exception {
  std::string message;
  std::string hint;
  explicit UsageError(std::string what_is_wrong, std::string how_to_mend = {})
      : message(std::move(what_is_wrong)), hint(std::move(how_to_mend)) {}
  const char* what() const noexcept override { return message.c_str(); }
};

/// An option that a command takes.
struct OptionRule {
  enum class Value : uint8_t { None, Required, Optional };

  std::string_view name;              ///< with its dashes: `--batch-rows`, `-c`
  Value value = Value::None;
  std::string_view value_name = {};   ///< for the usage text
  std::string_view help = {};
  bool repeatable = false;
  bool supported = true;              ///< false: of the language, "not supported yet"
};

/// What a command takes, from which its usage text is made and its arguments are read.
struct CommandRule {
  std::string_view name;
  std::string_view positional;        ///< for the usage text: `FILE.sql`
  size_t positional_min = 0;
  size_t positional_max = 0;
  std::string_view summary;           ///< one line
  std::string_view details;           ///< paragraphs for `millrace help NAME`; may be empty
  std::span<const OptionRule> options;
};

/// The command line of one command, checked against its rule. Throws UsageError.
class Arguments {
 public:
  Arguments(const CommandRule& rule, std::span<const char* const> words);

  bool has(std::string_view option) const;
  /// The last value given; empty for an option that may stand alone and does.
  std::optional<std::string> value(std::string_view option) const;
  std::vector<std::string> values(std::string_view option) const;
  /// A whole number of at least `min`.
  std::optional<int64_t> integer(std::string_view option, int64_t min, int64_t max = INT64_MAX) const;
  /// A number above 0 and up to `max`.
  std::optional<double> positive_number(std::string_view option, double max) const;
  std::optional<int64_t> duration_us(std::string_view option) const;
  /// One of `choices`.
  std::optional<std::string> choice(std::string_view option, std::span<const std::string_view> choices) const;

  const std::vector<std::string>& positional() const { return positional_; }
  bool wants_help() const { return wants_help_; }

 private:
  struct Given {
    std::string_view option;
    std::optional<std::string> value;
  };

  const OptionRule& find_rule(std::string_view name) const;
  void check_counts() const;

  const CommandRule& rule_;
  std::vector<Given> given_;
  std::vector<std::string> positional_;
  bool wants_help_ = false;
};

/// The text of `millrace help NAME`.
std::string usage_text(const CommandRule& rule);

}  // namespace millrace
