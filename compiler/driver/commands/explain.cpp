#include <cstdio>

#include "compiler/driver/bench/analyze.h"
#include "compiler/driver/commands/command.h"
#include "compiler/driver/commands/recorded_inputs.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/environment.h"

namespace millrace {
namespace {

constexpr std::string_view kStages[] = {"ast", "logical", "physical", "state", "ir", "asm"};

constexpr OptionRule kExplainOptions[] = {
    kVariableOption,
    kScriptOption,
    kThreadsOption,
    {.name = "--analyze", .help = "run the queries over recorded input and show where the time goes"},
    kInputOption,
    kRowsOption,
    kAllowPathOption,
    {.name = "--stage", .value = OptionRule::Value::Required, .value_name = "S",
     .help = "ast, logical, physical (the default), state, ir or asm"},
};

constexpr CommandRule kExplainRule = {
    .name = "explain", .positional = "FILE.sql", .positional_min = 0, .positional_max = 1,
    .summary = "Show how the queries of a file will run, without running them unless asked to.",
    .details = "Stages:\n"
               "  ast       what the parser understood\n"
               "  logical   the plan as written, with the changes that each node emits and its watermark column\n"
               "  physical  the plan as rewritten, and the pipelines it is cut into\n"
               "  state     of every state whether it is bounded, by what, and its bytes\n"
               "  ir        the LLVM IR of each pipeline\n"
               "  asm       the machine code of each pipeline\n\n"
               "With --analyze they are run, over the rows of their own files and generators or of --input, played from memory, with results written nowhere: the rows that\n"
               "reach each step, its share of the time, by looking at the running code a few thousand times a second, and what the states hold.",
    .options = kExplainOptions,
};

Stage parse_stage(const std::string& text) {
  if (text == "ast") return Stage::Ast;
  if (text == "logical") return Stage::Logical;
  if (text == "state") return Stage::State;
  if (text == "ir") return Stage::Ir;
  if (text == "asm") return Stage::Asm;
  return Stage::Physical;
}

int analyze(const Arguments& arguments) {
  if (arguments.has("--stage")) throw UsageError("--analyze shows the pipelines: it goes without --stage");
  if (thread_count(arguments) > 1) throw UsageError("not supported yet: explain --analyze with several threads");
  const std::optional<Script> script = load_script(arguments);
  if (!script) return kExitUsage;
  const auto analysis = analyze_script(*script, allowed_folders(arguments), [&arguments](const abi::Program& program) { return record_inputs(arguments, program); });
  if (!analysis) return kExitUsage;
  if (!*analysis) {
    fprintf(stderr, "millrace: error: %s\n", analysis->error().message().c_str());
    return kExitFailed;
  }
  fputs(analysis->value().c_str(), stdout);
  return kExitDone;
}

int run_explain(const Arguments& arguments) {
  if (arguments.has("--analyze")) return analyze(arguments);
  for (const char* option : {"--input", "--rows"}) {
    if (arguments.has(option)) throw UsageError(std::string("option ") + option + " belongs to --analyze: without it nothing is run");
  }
  const Stage stage = parse_stage(arguments.choice("--stage", kStages).value_or("physical"));
  const std::optional<Script> script = load_script(arguments);
  if (!script) return kExitUsage;
  const Explained explained = explain_script(script->source, make_environment(script->base_directory, "table", allowed_folders(arguments)), stage,
                                             {.threads = thread_count(arguments)});
  report(script->source, explained.diagnostics);
  fputs(explained.text.c_str(), stdout);
  return explained.ok ? kExitDone : kExitUsage;
}

}  // namespace

const Command kExplainCommand = {kExplainRule, run_explain};

}  // namespace millrace
