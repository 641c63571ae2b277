#include "compiler/driver/run_script.h"

#include <cstdio>

#include "compiler/driver/command_line.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/environment.h"
#include "runtime/engine/engine.h"

namespace millrace {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

void print_failures(const RunSummary& summary) {
  for (const QuerySummary& query : summary.queries) {
    if (!query.error.empty()) fprintf(stderr, "millrace: error: %s: %s\n", query.name.c_str(), query.error.c_str());
  }
}

int compile_and_run(const Script& script, const std::string& format, RunOptions options, const CompileOptions& compile, Jit& jit) {
  const CompiledScript compiled = compile_script(script.source, make_environment(script.base_directory, format), jit, compile);
  for (const Diagnostic& diagnostic : compiled.diagnostics) fputs(render(script.source, diagnostic).c_str(), stderr);
  if (!compiled.ok) return kExitUsage;
  fputs(compiled.listing.c_str(), stdout);
  fflush(stdout);
  if (compiled.program.queries.empty()) {
    if (compiled.listing.empty()) fprintf(stderr, "%s: warning: nothing to run: there is no SELECT and no INSERT\n", script.source.name().c_str());
    return kExitDone;
  }
  options.work = &compiled.sharing;
  const RunSummary summary = Engine(compiled.program, std::move(options)).run();
  print_failures(summary);
  return summary.failed() ? kExitFailed : kExitDone;
}

}  // namespace

int run_script(const Script& script, const std::string& format, RunOptions options, const CompileOptions& compile) {
  if (is_blank(script.source.text())) {
    fprintf(stderr, "%s: error: the file is empty: there is nothing to run\n", script.source.name().c_str());
    return kExitUsage;
  }
  Jit jit({.cache_folder = code_cache_folder()});
  const int status = compile_and_run(script, format, std::move(options), compile, jit);
  // A compilation that nobody waits for any more is abandoned: main() ends the process without running its destructors.
  (void)jit.shutdown();
  return status;
}

}  // namespace millrace
