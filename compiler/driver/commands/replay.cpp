#include <cstdio>
#include <filesystem>
#include <system_error>

#include "compiler/driver/commands/command.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/environment.h"
#include "compiler/driver/recorded_script.h"
#include "compiler/driver/run_script.h"
#include "runtime/engine/engine.h"

namespace millrace {
namespace {

namespace fs = std::filesystem;

constexpr OptionRule kReplayOptions[] = {
    {.name = "--speed", .value = OptionRule::Value::Required, .value_name = "X",
     .help = "X times as fast as it was recorded, such as 1 or 0.5 (as fast as it goes)"},
    {.name = "--format", .value = OptionRule::Value::Required, .value_name = "F",
     .help = "how bare queries print: table, json, csv, changelog or debezium (as when it was recorded)"},
    {.name = "--output", .value = OptionRule::Value::Required, .value_name = "DIR",
     .help = "where to write what sinks got, each to a file of its name (nowhere)"},
    kProgressOption,
    {.name = "--timeout", .value = OptionRule::Value::Required, .value_name = "T", .help = "end after a time such as 30s"},
    {.name = "--script", .help = "print the script, and run nothing"},
};

constexpr CommandRule kReplayRule = {
    .name = "replay", .positional = "RECORDING", .positional_min = 1, .positional_max = 1,
    .summary = "Run a job again from what `run --record` kept: the same batches, watermarks and output.",
    .details = "The recording holds all that the job was given: the script, the bytes of its streams and tables, where batches ended, the clock and the\n"
               "seed of random numbers. Nothing else is read: no file, no socket. Sinks and dead letters are not written, unless --output names a folder\n"
               "for the former. It is computed by one worker.\n\n"
               "A recording that was cut short is played up to its end; one that is damaged, up to where it is (exit status 1).",
    .options = kReplayOptions,
};

double parse_speed(const Arguments& arguments) {
  const auto text = arguments.value("--speed");
  if (!text) return 0;
  char* end = nullptr;
  const double speed = std::strtod(text->c_str(), &end);
  if (end == text->c_str() || *end != '\0' || !(speed > 0) || speed > 1e9) throw UsageError("option --speed takes a number above 0, such as 2 or 0.5, not '" + *text + "'");
  return speed;
}

std::string output_folder(const Arguments& arguments) {
  const auto folder = arguments.value("--output");
  if (!folder) return "";
  std::error_code error;
  fs::create_directories(*folder, error);
  if (error || !fs::is_empty(*folder, error) || error) throw UsageError("option --output takes a folder that is new or empty; '" + *folder + "' is neither");
  return fs::absolute(*folder).lexically_normal().string();
}

int play(ReplayedJob& replayed, const Arguments& arguments, RunOptions options, Jit& jit) {
  const RecordedJob& job = replayed.job();
  const std::string format = arguments.choice("--format", kResultFormats).value_or(job.format);
  Environment environment = make_environment(job.base_directory, format);
  replay_schemas(environment, replayed);
  const SourceText source(job.script_name, job.script);
  const CompiledScript compiled = compile_script(source, std::move(environment), jit, {.threads = 1});
  report(source, compiled.diagnostics);
  if (!compiled.ok) return kExitUsage;
  fputs(compiled.listing.c_str(), stdout);
  fflush(stdout);
  if (Status fits = replayed.expect_program(compiled.program); !fits.ok()) {
    fprintf(stderr, "millrace: error: %s\n", fits.message().c_str());
    return kExitFailed;
  }
  ReplaySinks sinks(output_folder(arguments));
  options.work = &compiled.sharing;
  options.replayed = &replayed;
  options.sink_factory = [&sinks](const abi::QuerySpec& query) { return sinks.make(query); };
  const RunSummary summary = Engine(compiled.program, std::move(options)).run();
  if (!sinks.left_out().empty()) fprintf(stderr, "millrace: what the sinks %s got was not written; --output DIR writes it\n", sinks.left_out().c_str());
  const int status = report_failures(summary);
  if (replayed.flaw().empty()) return status;
  fprintf(stderr, "millrace: %s: %s; what came before was played\n", replayed.is_damaged() ? "error" : "warning", replayed.flaw().c_str());
  return replayed.is_damaged() ? kExitFailed : status;
}

int replay(const Arguments& arguments) {
  RunOptions options;
  options.replay_speed = parse_speed(arguments);
  options.timeout_us = arguments.duration_us("--timeout").value_or(-1);
  options.progress = parse_progress(arguments);
  options.summary = true;
  options.dead_letters = false;
  auto opened = ReplayedJob::open(arguments.positional()[0]);
  if (!opened) throw UsageError(opened.error().message(), "millrace run FILE.sql --record FILE makes a recording");
  ReplayedJob& replayed = **opened;
  if (arguments.has("--script")) {
    fputs(replayed.job().script.c_str(), stdout);
    return kExitDone;
  }
  Jit jit({.cache_folder = code_cache_folder()});
  const int status = play(replayed, arguments, std::move(options), jit);
  (void)jit.shutdown();
  return status;
}

}  // namespace

const Command kReplayCommand = {kReplayRule, replay};

}  // namespace millrace
