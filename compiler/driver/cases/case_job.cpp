#include "compiler/driver/cases/case_job.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "compiler/base/letter_case.h"
#include "compiler/driver/cases/case_file.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/environment.h"
#include "runtime/connectors/script_source.h"
#include "runtime/engine/engine.h"
#include "runtime/formats/table_layout.h"
#include "runtime/hot/output.h"

namespace millrace {
namespace {

/// A row a line, the cells of a table joined by `|`.
std::vector<std::string> rows_of_cells(const abi::OutputBuffer& buffer, size_t columns) {
  std::vector<std::string> rows;
  const char* at = buffer.data;
  const char* end = buffer.data + buffer.size;
  size_t column = 0;
  while (at < end) {
    uint32_t size = 0;
    std::memcpy(&size, at, sizeof size);
    at += sizeof size;
    if (column == 0) rows.emplace_back();
    if (column > 0) rows.back() += '|';
    if (size == abi::kNullCell) {
      rows.back() += "NULL";
    } else {
      rows.back().append(at, size);
      at += size;
    }
    column = column + 1 == columns ? 0 : column + 1;
  }
  return rows;
}

/// Keeps what a console sink would have printed.
class CapturingSink final : public Sink {
 public:
  CapturingSink(const abi::QuerySpec& spec, CapturedQuery& query) : spec_(spec), query_(query) {}

  Status open() override { return {}; }
  Status close() override { return {}; }
  int64_t rows_wanted() const override { return spec_.sink.format == abi::OutputFormat::Table ? number_option("rows", 20) : -1; }

  SinkResult write(const SinkBatch& batch) override {
    const abi::OutputBuffer& rows = *batch.rows;
    CapturedBatch captured{.number = batch.batch_id, .lines = {}, .rows = {}};
    if (spec_.sink.format == abi::OutputFormat::Table) {
      captured.rows = rows_of_cells(rows, spec_.columns.size());
      captured.lines = table_lines(rows);
    } else {
      captured.rows = split_lines({rows.data, static_cast<size_t>(rows.size)});
      captured.lines = captured.rows;
    }
    query_.batches.push_back(std::move(captured));
    return {};
  }

 private:
  std::vector<std::string> table_lines(const abi::OutputBuffer& rows) const {
    std::vector<std::string_view> names;
    for (const abi::OutputColumn& column : spec_.columns) names.emplace_back(column.name);
    std::vector<std::string> lines = split_lines(render_table(names, rows, {.truncate = number_option("truncate", 20)}));
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
  }

  /// `false` is 0, `true` the default.
  int64_t number_option(const char* name, int64_t otherwise) const {
    const auto option = spec_.sink.options.find(name);
    if (option == spec_.sink.options.end() || option->second == "true") return otherwise;
    return option->second == "false" ? 0 : std::stoll(option->second);
  }

  const abi::QuerySpec& spec_;
  CapturedQuery& query_;
};

std::string rendered(const SourceText& source, const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += render(source, diagnostic);
  return text;
}

/// So few that a case's input is shared out in many pieces, and lines lie across their borders.
constexpr size_t kSharedBytes = 96;
/// And so few that longer cases go on with one worker's rows after some of several.
constexpr int64_t kSharedRowsToJudge = 8;

RunOptions options_of(const CaseJob& job, const CompiledScript& compiled, int32_t threads, std::vector<CapturedQuery>& captured, int message_fd) {
  const abi::Program& program = compiled.program;
  RunOptions options;
  options.work = &compiled.sharing;
  options.batch_rows = job.batch_rows;
  if (threads > 1) options.sharing = {.rows_min = 1, .chunk_bytes = kSharedBytes, .rows_to_judge = kSharedRowsToJudge};
  options.checkpoint.folder = job.restart_folder;
  options.checkpoint.suspend_after_batch = !job.restart_folder.empty();
  options.handle_signals = false;
  options.message_fd = message_fd;
  options.source_factory = [&job](const abi::SourceSpec& spec) -> std::unique_ptr<Source> {
    const auto input = job.inputs.find(lower_case(spec.name));
    if (input == job.inputs.end()) return nullptr;
    return std::make_unique<ScriptSource>(input->second);
  };
  options.sink_factory = [&program, &captured](const abi::QuerySpec& spec) -> std::unique_ptr<Sink> {
    if (spec.sink.connector != "console") return nullptr;
    const auto index = static_cast<size_t>(&spec - program.queries.data());
    return std::make_unique<CapturingSink>(spec, captured[index]);
  };
  return options;
}

void run_program(const CaseJob& job, const CompiledScript& compiled, int32_t threads, CaseOutcome& outcome) {
  const abi::Program& program = compiled.program;
  std::vector<CapturedQuery> captured(program.queries.size());
  for (size_t i = 0; i < captured.size(); ++i) {
    captured[i].name = program.queries[i].name;
    captured[i].mode = program.queries[i].mode;
    captured[i].changes = program.queries[i].sink.changes;
  }
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  RunOptions options = options_of(job, compiled, threads, captured, nowhere);
  options.checkpoint.reset = true;
  RunSummary summary = Engine(program, options).run();
  options.checkpoint.reset = false;
  while (summary.suspended) summary = Engine(program, options).run();
  close(nowhere);
  for (const QuerySummary& query : summary.queries) {
    if (!query.error.empty()) outcome.failure += query.name + ": " + query.error + "\n";
  }
  for (size_t i = 0; i < captured.size(); ++i) {
    if (program.queries[i].sink.connector == "console") outcome.queries.push_back(std::move(captured[i]));
  }
}

}  // namespace

CompiledCase::CompiledCase(const Script& script, const std::string& format, int32_t threads)
    : script_(script),
      threads_(threads),
      compiled_(compile_script(script.source, make_environment(script.base_directory, format), jit_, {.threads = threads})) {}

CaseOutcome CompiledCase::run(const CaseJob& job) {
  CaseOutcome outcome;
  outcome.compiled = compiled_.ok;
  outcome.diagnostics = rendered(script_.source, compiled_.diagnostics);
  outcome.listing = compiled_.listing;
  if (compiled_.ok && !compiled_.program.queries.empty()) run_program(job, compiled_, threads_, outcome);
  return outcome;
}

}  // namespace millrace
