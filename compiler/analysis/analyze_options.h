#pragma once

#include <string>
#include <vector>

#include "compiler/analysis/session.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// The options of one WITH clause, checked against the connectors and formats that the runtime has. Keys are compared
/// without regard to letter case. Every error points at the option (or value) that is wrong.
class OptionChecker {
 public:
  /// Throws for a key that is given twice.
  OptionChecker(const Session& session, const std::vector<ast::Option>& options, SourceSpan clause);

  /// The option's text, or nullptr. It need not be one of a connector's.
  const ast::Option* find(std::string_view key) const;
  /// The connector or format of this name; throws with the nearest one when there is none, or when it is not built yet.
  static const abi::ConnectorSpec& choose(std::span<const abi::ConnectorSpec* const> specs, const std::string& name,
                                          const std::string& what, SourceSpan span);
  /// Every option checked by kind, bounds and choices, completed with defaults. `connector` and `format` are left out,
  /// unless a spec lists them.
  abi::Options check(const std::vector<const abi::ConnectorSpec*>& specs) const;

 private:
  /// Whether the option may be given, and is to be completed, beside those already checked; throws when it is given and may not be.
  bool goes_with_others(const abi::OptionSpec& option, const abi::Options& checked) const;
  void check_one(const abi::OptionSpec& option, std::string_view of, abi::Options& checked) const;
  std::string checked_value(const abi::OptionSpec& spec, const ast::Option& option) const;
  std::string allowed_path(std::string path, const ast::Option& option) const;
  std::string checked_integer(const abi::OptionSpec& spec, const ast::Option& option) const;
  std::string checked_number(const abi::OptionSpec& spec, const ast::Option& option) const;
  std::string checked_choice(const abi::OptionSpec& spec, const ast::Option& option) const;

  const Session& session_;
  const std::vector<ast::Option>& options_;
  SourceSpan clause_;
};

/// `path` as seen from `directory`.
std::string absolute_path(const std::string& path, const std::string& directory);

/// What CREATE STREAM, TABLE and SINK say in WITH, as the engine takes it.
abi::SourceSpec source_spec(const Session& session, const ast::CreateSource& create);
abi::SinkSpec sink_spec(const Session& session, const ast::CreateSource& create);
/// The console, for a SELECT without INSERT. `format` is the run's (`--format`).
abi::SinkSpec console_sink(const Session& session, SourceSpan span);

}  // namespace millrace
