#include <unistd.h>

#include <optional>

#include "compiler/driver/commands/command.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/environment.h"
#include "compiler/driver/shell/interrupts.h"
#include "compiler/driver/shell/pipe_console.h"
#include "compiler/driver/shell/shell.h"
#include "compiler/driver/shell/terminal_console.h"
#include "runtime/engine/stop_signals.h"

namespace millrace {
namespace {

constexpr OptionRule kShellOptions[] = {
    kVariableOption,
    kAllowPathOption,
    {.name = "--format", .value = OptionRule::Value::Required, .value_name = "F", .help = "how results print: table (the default), json, csv"},
};

constexpr CommandRule kShellRule = {
    .name = "shell", .positional = "FILE.sql", .positional_min = 0, .positional_max = 1,
    .summary = "Type statements; ask materialized views while their queries run.",
    .details = "Statements run one after the other, first those of the file, then those of standard input. Streaming queries go on in the\n"
               "background; SHOW QUERIES tells how they are. At the end of the input, or at \\q, each is stopped after its batch in hand.\n"
               "\\? lists the commands. With a script on standard input there are no prompts, an error ends its statement only, and the exit\n"
               "status is 1 when a statement or a query has failed.",
    .options = kShellOptions,
};

Session make_session(const Arguments& arguments) {
  Session session;
  session.environment = make_environment(".", arguments.choice("--format", kResultFormats).value_or("table"), allowed_folders(arguments));
  session.environment.keeps_all_lines = true;
  return session;
}

/// False when a statement or a query has failed.
bool run_shell(Console& console, Session& session, const Arguments& arguments, std::atomic<int>& interrupts) {
  const Variables variables = parse_variables(arguments.values("--var"));
  bool ok = false;
  Jit jit({.cache_folder = code_cache_folder()});
  {
    Shell shell(console, session, jit, variables, interrupts);
    if (!arguments.positional().empty()) {
      const std::string& path = arguments.positional()[0];
      session.environment.base_directory = directory_of(path);
      shell.run_text(path, read_text_file(path));
    }
    session.environment.base_directory = directory_of("here");
    shell.run_console(console.is_interactive() ? "shell" : "<stdin>");
    ok = shell.finish();
  }
  // As after `run`: a compilation that nobody waits for any more is abandoned.
  (void)jit.shutdown();
  return ok;
}

int run_shell(const Arguments& arguments) {
  std::atomic<int> interrupts = 0;
  Session session = make_session(arguments);
  if (isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0) {
    const Interrupts signals(&interrupts);
    const Completer completer(session);
    TerminalConsole console(&interrupts);
    console.complete_with(&completer);
    console.tell("Millrace. Statements end with ';', \\? helps, \\q ends.\n");
    (void)run_shell(console, session, arguments, interrupts);
    return kExitDone;
  }
  const StopSignals signals(&interrupts);
  PipeConsole console(STDIN_FILENO, &interrupts);
  return run_shell(console, session, arguments, interrupts) ? kExitDone : kExitFailed;
}

}  // namespace

const Command kShellCommand = {kShellRule, run_shell};

}  // namespace millrace
