#include "tests/fuzz/random_queries/query_run.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <utility>

#include "compiler/syntax/parser.h"
#include "runtime/engine/engine.h"
#include "runtime/hot/output.h"
#include "runtime/recording/replayed_job.h"
#include "runtime/recording/run_recorder.h"

namespace millrace::fuzz {

namespace {

/// Takes a table's cells apart: each is a 32-bit size and that many bytes.
Cells cells_of(const abi::OutputBuffer& buffer, size_t columns) {
  Cells rows;
  const char* at = buffer.data;
  const char* end = buffer.data + buffer.size;
  while (at < end) {
    if (rows.empty() || rows.back().size() == columns) rows.emplace_back();
    uint32_t size = 0;
    std::memcpy(&size, at, sizeof size);
    at += sizeof size;
    if (size == abi::kNullCell) {
      rows.back().emplace_back();
      continue;
    }
    rows.back().emplace_back(std::string(at, size));
    at += size;
  }
  return rows;
}

class CapturingSink final : public Sink {
 public:
  CapturingSink(size_t columns, QueryRun& run) : columns_(columns), run_(run) {}

  Status open() override { return {}; }
  Status close() override { return {}; }
  int64_t rows_wanted() const override { return -1; }
  SinkResult write(const SinkBatch& batch) override {
    run_.batches.push_back(cells_of(*batch.rows, columns_));
    return {};
  }

 private:
  size_t columns_;
  QueryRun& run_;
};

RunOptions options_of(const CompiledScript& compiled, int64_t batch_rows, QueryRun& run) {
  RunOptions options;
  options.batch_rows = batch_rows;
  options.work = &compiled.sharing;
  if (compiled.sharing.threads > 1) options.sharing = {.rows_min = 1, .chunk_bytes = 200};
  options.handle_signals = false;
  options.sink_factory = [&run](const abi::QuerySpec& spec) -> std::unique_ptr<Sink> {
    return std::make_unique<CapturingSink>(spec.columns.size(), run);
  };
  return options;
}

void note_errors(const RunSummary& summary, QueryRun& run) {
  for (const QuerySummary& query : summary.queries) run.error += query.error;
}

}  // namespace

QueryRun run_query(const CompiledScript& compiled, int64_t batch_rows) {
  QueryRun run;
  note_errors(Engine(compiled.program, options_of(compiled, batch_rows, run)).run(), run);
  return run;
}

QueryRun run_query_restarted(const CompiledScript& compiled, int64_t batch_rows, const std::string& folder) {
  QueryRun run;
  RunOptions options = options_of(compiled, batch_rows, run);
  options.checkpoint.folder = folder;
  options.checkpoint.suspend_after_batch = true;
  options.checkpoint.reset = true;
  options.message_fd = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  RunSummary summary = Engine(compiled.program, options).run();
  options.checkpoint.reset = false;
  while (summary.suspended) summary = Engine(compiled.program, options).run();
  ::close(options.message_fd);
  note_errors(summary, run);
  return run;
}

QueryRun run_query_recorded(const CompiledScript& compiled, int64_t batch_rows, const std::string& file) {
  QueryRun run;
  RunRecorder recorder([&run](std::string_view text) { run.error += text; });
  if (Status opened = recorder.open(file); !opened.ok()) run.error = opened.message();
  recorder.job({});
  recorder.program(compiled.program);
  RunOptions options = options_of(compiled, batch_rows, run);
  options.recorder = &recorder;
  note_errors(Engine(compiled.program, std::move(options)).run(), run);
  recorder.close();
  return run;
}

QueryRun run_query_again(const CompiledScript& compiled, const std::string& file) {
  QueryRun run;
  auto replayed = ReplayedJob::open(file);
  Status fits = replayed ? (*replayed)->expect_program(compiled.program) : replayed.error();
  run.error = fits.message();
  if (!fits.ok()) return run;
  RunOptions options = options_of(compiled, 0, run);
  options.replayed = replayed->get();
  note_errors(Engine(compiled.program, std::move(options)).run(), run);
  run.error += (*replayed)->flaw();
  return run;
}

std::optional<plan::Query> logical_plan(const SourceText& source, Environment environment) {
  const ParseResult parsed = parse_script(source);
  Analysis analysis = analyze(parsed.script, std::move(environment));
  if (!parsed.diagnostics.empty() || analysis.has_errors()) return std::nullopt;
  for (AnalyzedStatement& statement : analysis.statements) {
    if (auto* query = std::get_if<AnalyzedQuery>(&statement)) return std::move(query->query);
  }
  return std::nullopt;
}

}  // namespace millrace::fuzz
