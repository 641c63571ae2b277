#pragma once

#include <atomic>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/analysis/session.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/shell/console.h"
#include "compiler/driver/shell/shell_jobs.h"
#include "compiler/driver/shell/statement_reader.h"
#include "compiler/driver/substitution.h"
#include "compiler/jit/jit.h"

namespace millrace {

/// Statements one after the other, as they are typed: declarations stay, streaming queries run in the background, everything else runs at once.
/// One thread. An error costs its statement only.
class Shell {
 public:
  /// What is referred to outlives it. `interrupts` is added to by Ctrl-C.
  Shell(Console& console, Session& session, Jit& jit, Variables variables, std::atomic<int>& interrupts);

  /// Text that was read elsewhere: a file. `name` is for errors.
  void run_text(const std::string& name, std::string_view text);
  /// Reads the console to its end, or to `\q`.
  void run_console(const std::string& name);
  /// Ends the background queries, each after its batch in hand. True when no statement and no query has failed.
  bool finish();

 private:
  // shell.cpp
  void add_line(const std::string& line);
  void run_whole_pieces();
  void run_statement(SourceSpan span);
  bool run_shell_statement(const ast::Statement& statement);
  void execute(CompiledScript compiled);
  void run_foreground(const abi::Program& program);
  void mark_stopped_views();
  void fail(const std::string& message);
  void report(const std::vector<Diagnostic>& diagnostics);
  void show(const AnalyzedListing& listing);
  void sleep(int64_t micros);
  std::string prompt() const;

  // shell_commands.cpp
  void run_command(const std::string& command);
  void watch(const std::vector<std::string>& words);
  void describe(const std::vector<std::string>& words);

  Console& console_;
  Session& session_;
  Jit& jit_;
  const Variables variables_;
  std::atomic<int>& interrupts_;
  ShellJobs jobs_;
  StatementReader reader_;
  std::string source_name_;
  std::deque<ast::Script> declarations_;   ///< the catalog points into them
  std::optional<abi::Program> last_query_; ///< what `\watch` repeats
  std::string input_;                      ///< lines of the statement in hand, for the history
  bool is_timing_ = false;
  bool has_quit_ = false;
  bool any_failed_ = false;
};

}  // namespace millrace
