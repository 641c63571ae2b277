#include "compiler/driver/commands/command.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/environment.h"

namespace millrace {
namespace {

constexpr OptionRule kCheckOptions[] = {kVariableOption, kScriptOption, kAllowPathOption};

constexpr CommandRule kCheckRule = {
    .name = "check", .positional = "FILE.sql", .positional_min = 0, .positional_max = 1,
    .summary = "Say what is wrong with a file, without running it.",
    .details = "Prints nothing and exits with 0 when the file can run.",
    .options = kCheckOptions,
};

int run_check(const Arguments& arguments) {
  const std::optional<Script> script = load_script(arguments);
  if (!script) return kExitUsage;
  // The physical stage is as far as a script can be followed without making code.
  const Explained explained = explain_script(script->source, make_environment(script->base_directory, "table", allowed_folders(arguments)), Stage::Physical);
  report(script->source, explained.diagnostics);
  return explained.ok ? kExitDone : kExitUsage;
}

}  // namespace

const Command kCheckCommand = {kCheckRule, run_check};

}  // namespace millrace
