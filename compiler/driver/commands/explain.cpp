#include <cstdio>

#include "compiler/driver/commands/command.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/environment.h"

namespace millrace {
namespace {

constexpr std::string_view kStages[] = {"ast", "logical", "physical", "ir", "asm"};

constexpr OptionRule kOptions[] = {
    kVariableOption,
    kScriptOption,
    kThreadsOption,
    {.name = "--stage", .value = OptionRule::Value::Required, .value_name = "S",
     .help = "ast, logical, physical (the default), ir or asm"},
};

constexpr CommandRule kRule = {
    .name = "explain", .positional = "FILE.sql", .positional_min = 0, .positional_max = 1,
    .summary = "Show how the queries of a file will run, without running them.",
    .details = "Stages:\n"
               "  ast       what the parser understood\n"
               "  logical   the plan as written, with the changes that each node emits and its watermark column\n"
               "  physical  the plan as rewritten, and the pipelines it is cut into\n"
               "  ir        the LLVM IR of each pipeline\n"
               "  asm       the machine code of each pipeline",
    .options = kOptions,
};

Stage parse_stage(const std::string& text) {
  if (text == "ast") return Stage::Ast;
  if (text == "logical") return Stage::Logical;
  if (text == "ir") return Stage::Ir;
  if (text == "asm") return Stage::Asm;
  return Stage::Physical;
}

int run(const Arguments& arguments) {
  const Stage stage = parse_stage(arguments.choice("--stage", kStages).value_or("physical"));
  const std::optional<Script> script = load_script(arguments);
  if (!script) return kExitUsage;
  const Explained explained = explain_script(script->source, make_environment(script->base_directory, "table"), stage,
                                             {.threads = thread_count(arguments)});
  report(script->source, explained.diagnostics);
  fputs(explained.text.c_str(), stdout);
  return explained.ok ? kExitDone : kExitUsage;
}

}  // namespace

const Command kExplainCommand = {kRule, run};

}  // namespace millrace
