#include "compiler/driver/run_script.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>

#include "compiler/base/letter_case.h"
#include "compiler/driver/command_line.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/environment.h"
#include "compiler/driver/recorded_script.h"
#include "runtime/base/duration.h"
#include "runtime/engine/engine.h"

namespace millrace {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

/// The command line goes before SET.
void apply_settings(const std::map<std::string, std::string>& settings, CheckpointOptions& options) {
  const auto folder = settings.find("checkpoint_dir");
  if (options.folder.empty() && folder != settings.end()) options.folder = folder->second;
  const auto pace = settings.find("checkpoint_interval");
  if (!options.pace && pace != settings.end()) options.pace = parse_checkpoint_pace(pace->second);
}

int run_compiled(const CompiledScript& compiled, RunOptions options, RunRecorder* recorder) {
  if (recorder != nullptr) recorder->program(compiled.program);
  options.recorder = recorder;
  const RunSummary summary = Engine(compiled.program, std::move(options)).run();
  if (recorder != nullptr) recorder->close();
  return report_failures(summary);
}

int compile_and_run(const Script& script, const std::string& format, RunOptions options, const CompileOptions& compile, RunRecorder* recorder, Jit& jit) {
  Environment environment = make_environment(script.base_directory, format, compile.allowed_folders);
  if (recorder != nullptr) record_schemas(environment, *recorder);
  const CompiledScript compiled = compile_script(script.source, std::move(environment), jit, compile);
  for (const Diagnostic& diagnostic : compiled.diagnostics) fputs(render(script.source, diagnostic).c_str(), stderr);
  if (!compiled.ok) return kExitUsage;
  fputs(compiled.listing.c_str(), stdout);
  fflush(stdout);
  if (compiled.program.queries.empty()) {
    if (compiled.listing.empty()) fprintf(stderr, "%s: warning: nothing to run: there is no SELECT and no INSERT\n", script.source.name().c_str());
    return kExitDone;
  }
  options.work = &compiled.sharing;
  apply_settings(compiled.settings, options.checkpoint);
  if (options.checkpoint.reset && options.checkpoint.folder.empty()) {
    fprintf(stderr, "millrace: error: option --checkpoint-reset needs a folder: --checkpoint DIR, or SET checkpoint_dir\n");
    return kExitUsage;
  }
  if (recorder != nullptr && !options.checkpoint.folder.empty() && !options.checkpoint.reset) {
    fprintf(stderr, "millrace: error: a recording holds a job from its beginning: with checkpoints, --record needs --checkpoint-reset\n");
    return kExitUsage;
  }
  return run_compiled(compiled, std::move(options), recorder);
}

}  // namespace

std::optional<CheckpointPace> parse_checkpoint_pace(const std::string& text) {
  int64_t batches = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), batches);
  std::string name(unit, static_cast<size_t>(text.data() + text.size() - unit));
  name = lower_case(name.substr(std::min(name.find_first_not_of(' '), name.size())));
  if (error == std::errc() && batches > 0 && (name == "batch" || name == "batches")) return CheckpointPace{.batches = batches};
  const auto us = parse_duration_us(text);
  if (us && *us > 0) return CheckpointPace{.interval_us = *us};
  return std::nullopt;
}

int report_failures(const RunSummary& summary) {
  for (const QuerySummary& query : summary.queries) {
    if (!query.error.empty()) fprintf(stderr, "millrace: error: %s: %s\n", query.name.c_str(), query.error.c_str());
  }
  return summary.failed() ? kExitFailed : kExitDone;
}

int run_script(const Script& script, const std::string& format, RunOptions options, const CompileOptions& compile, const std::string& record_to) {
  if (is_blank(script.source.text())) {
    fprintf(stderr, "%s: error: the file is empty: there is nothing to run\n", script.source.name().c_str());
    return kExitUsage;
  }
  std::unique_ptr<RunRecorder> recorder;
  if (!record_to.empty()) recorder = open_recorder(record_to, script, format);
  Jit jit({.cache_folder = code_cache_folder()});
  const int status = compile_and_run(script, format, std::move(options), compile, recorder.get(), jit);
  // A compilation that nobody waits for any more is abandoned: main() ends the process without running its destructors.
  (void)jit.shutdown();
  return status;
}

}  // namespace millrace
