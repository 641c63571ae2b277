#include "runtime/engine/engine.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "runtime/connectors/console_sink.h"
#include "runtime/connectors/script_source.h"
#include "runtime/hot/output.h"
#include "runtime/state/aggregate_state.h"

namespace {

using namespace millrace;

// Pipelines as generated code would be: a line is a number, its event time in seconds.

int64_t number_of(const abi::LineBlock* block, int64_t row) {
  int64_t value = 0;
  std::from_chars(block->base + block->row_begin[row], block->base + block->row_end[row], value);
  return value;
}

void show(abi::PipelineContext* ctx, int64_t value) {
  abi::mr_out_row_begin(ctx->output);
  abi::mr_out_json_int(ctx->output, value);
  abi::mr_out_bytes(ctx->output, "\n", 1);
}

void pass_through(abi::PipelineContext* ctx, const abi::LineBlock* block, int64_t from, int64_t to) {
  for (int64_t row = from; row < to && ctx->rows_limit_left > 0; ++row) {
    show(ctx, number_of(block, row));
    --ctx->rows_limit_left;
  }
}

void fail_at_13(abi::PipelineContext* ctx, const abi::LineBlock* block, int64_t from, int64_t to) {
  for (int64_t row = from; row < to; ++row) {
    if (number_of(block, row) != 13) continue;
    ctx->error = abi::PipelineError::BadRecord;
    ctx->error_row = row;
    return;
  }
}

struct CountEntry {
  abi::GroupEntry head;
  int64_t count;
};

/// count(*), ungrouped.
void count_rows(abi::PipelineContext* ctx, const abi::LineBlock*, int64_t from, int64_t to) {
  auto* state = static_cast<abi::AggregateState*>(ctx->states[0]);
  auto* entry = reinterpret_cast<CountEntry*>(state->current->only_entry);
  entry->count += to - from;
  if (entry->head.touched == static_cast<uint32_t>(state->epoch)) return;
  entry->head.touched = static_cast<uint32_t>(state->epoch);
  abi::mr_group_touch(state->current, &entry->head);
}

/// count(*) by windows of ten seconds.
void count_by_window(abi::PipelineContext* ctx, const abi::LineBlock* block, int64_t from, int64_t to) {
  auto* state = static_cast<abi::AggregateState*>(ctx->states[0]);
  for (int64_t row = from; row < to; ++row) {
    int64_t time = number_of(block, row) * 1'000'000;
    ctx->max_event_time_us = std::max(ctx->max_event_time_us, time);
    abi::GroupTable* table = abi::mr_pane_table(ctx, state, time - time % 10'000'000);
    if (table == nullptr) {
      ++ctx->rows_late;
      continue;
    }
    if (table->only_entry == nullptr) abi::mr_group_insert(table, 0);
    ++reinterpret_cast<CountEntry*>(table->only_entry)->count;
  }
}

void emit_counts(abi::PipelineContext* ctx, const abi::LineBlock*, int64_t, int64_t) {
  auto* state = static_cast<abi::AggregateState*>(ctx->states[0]);
  int64_t units = abi::mr_aggregate_emit_begin(ctx, state);
  for (int64_t i = 0; i < units; ++i) {
    const abi::EmitUnit* unit = abi::mr_aggregate_emit_unit(ctx, state, i);
    for (int64_t j = 0; j < unit->count; ++j) show(ctx, reinterpret_cast<CountEntry*>(unit->entries[j])->count);
  }
  abi::mr_aggregate_emit_end(ctx, state);
}

using Batches = std::vector<std::string>;

/// A program of one query, its inputs as scripts, its output as a list of batches with blanks for newlines.
class Bench {
 public:
  Bench() { program_.queries.resize(1); }

  abi::QuerySpec& query() { return program_.queries[0]; }
  abi::Program& program() { return program_; }
  RunOptions& options() { return options_; }

  void add_source(std::vector<std::string> batches, std::optional<int64_t> watermark_delay_us = {}) {
    abi::SourceSpec source;
    source.name = "s" + std::to_string(program_.sources.size());
    source.format = abi::Format::Text;
    source.watermark_delay_us = watermark_delay_us;
    query().sources.push_back(static_cast<int32_t>(program_.sources.size()));
    program_.sources.push_back(source);
    scripts_.push_back(std::move(batches));
  }

  /// A stream pipeline for each source, and an emission if there is one.
  void add_code(abi::PipelineFn stream, abi::PipelineFn emit = nullptr) {
    query().code = std::make_shared<abi::CompiledCode>(2);
    query().code->entry[0] = reinterpret_cast<void*>(stream);
    query().code->entry[1] = reinterpret_cast<void*>(emit);
    query().sink.format = abi::OutputFormat::Json;
    query().sink.connector = "console";
    for (int32_t source : query().sources) {
      abi::PipelineSpec pipeline;
      pipeline.source = source;
      pipeline.observes_time = stream == &count_by_window;
      query().pipelines.push_back(pipeline);
    }
    if (emit == nullptr) return;
    abi::PipelineSpec pipeline;
    pipeline.phase = abi::Phase::Emit;
    pipeline.entry = 1;
    query().pipelines.push_back(pipeline);
  }

  Batches run() {
    Batches batches;
    options_.handle_signals = false;
    options_.source_factory = [this](const abi::SourceSpec& spec) -> std::unique_ptr<Source> {
      size_t number = static_cast<size_t>(spec.name[1] - '0');
      return std::make_unique<ScriptSource>(scripts_[number]);
    };
    options_.sink_factory = [&batches](const abi::QuerySpec& query) -> std::unique_ptr<Sink> {
      auto take = [&batches](int64_t id, std::string_view text) {
        batches.resize(std::max(batches.size(), static_cast<size_t>(id) + 1));
        batches[static_cast<size_t>(id)] = text;
        std::replace(batches.back().begin(), batches.back().end(), '\n', ' ');
      };
      return std::make_unique<CaptureSink>(query, take, false);
    };
    summary_ = Engine(program_, options_).run();
    return batches;
  }

  const QuerySummary& summary() const { return summary_.queries.at(0); }

 private:
  abi::Program program_;
  RunOptions options_;
  std::vector<std::vector<std::string>> scripts_;
  RunSummary summary_;
};

abi::AggregateSpec counting(abi::EmitWhat what) {
  abi::AggregateSpec spec;
  spec.entry_size = sizeof(CountEntry);
  spec.has_keys = false;
  spec.what = what;
  return spec;
}

abi::AggregateSpec counting_windows() {
  abi::AggregateSpec spec = counting(abi::EmitWhat::Closed);
  spec.time = abi::TimeKind::Window;
  spec.drops_late = true;
  spec.size_us = spec.slide_us = spec.pane_us = 10'000'000;
  return spec;
}

}  // namespace

TEST_CASE("batches end where the script says") {
  Bench bench;
  bench.add_source({"1\n2", "3\n", "4\n5\n6\n"});
  bench.add_code(&pass_through);
  CHECK(bench.run() == Batches{"1 2 ", "3 ", "4 5 6 "});
  CHECK(bench.summary().batches == 3);
  CHECK(bench.summary().rows_in == 6);
  CHECK(bench.summary().rows_out == 6);
}

TEST_CASE("batch-rows cuts each source at exactly that many rows") {
  Bench bench;
  bench.options().batch_rows = 2;
  bench.add_source({"1\n2\n3\n", "4\n5\n"});
  bench.add_source({"10\n20\n30\n"});
  bench.add_code(&pass_through);
  CHECK(bench.run() == Batches{"1 2 10 20 ", "3 4 30 ", "5 "});
}

TEST_CASE("the batch in which the input ends is the last, whatever its size") {
  for (int64_t batch_rows : {0, 1, 2, 3, 7}) {
    Bench bench;
    bench.options().batch_rows = batch_rows;
    bench.query().mode = abi::EmitMode::Append;
    bench.query().states = {counting_windows()};
    bench.add_source({"1\n2\n3\n11\n12\n25\n"}, 0);
    bench.add_code(&count_by_window, &emit_counts);
    std::string all;
    for (const std::string& batch : bench.run()) all += batch;
    CHECK(all == "3 2 1 ");
    CHECK(bench.summary().rows_late == 0);
    CHECK(bench.summary().batches == (batch_rows == 0 ? 1 : (6 + batch_rows - 1) / batch_rows));
  }
}

TEST_CASE("rows are late by the watermark that stood when their batch began") {
  Bench bench;
  bench.query().states = {counting_windows()};
  bench.add_source({"1\n", "25\n2\n", "3\n31\n"}, 5'000'000);
  bench.add_code(&count_by_window, &emit_counts);
  CHECK(bench.run() == Batches{"", "2 ", "1 1 "});
  CHECK(bench.summary().rows_late == 1);
}

TEST_CASE("the slowest stream holds the watermark, one without rows for ever") {
  Bench bench;
  bench.query().states = {counting_windows()};
  bench.add_source({"25\n", "26\n", "50\n"}, 0);
  bench.add_source({"", "", "12\n"}, 0);
  bench.add_code(&count_by_window, &emit_counts);
  CHECK(bench.run() == Batches{"", "", "1 2 1 "});
}

TEST_CASE("row triggers count over script batches and show the rest at the end") {
  Bench bench;
  bench.query().trigger = {abi::TriggerKind::Rows, 0, 2, 0};
  bench.add_source({"1\n2\n3\n", "4\n5\n"});
  bench.add_code(&pass_through);
  CHECK(bench.run() == Batches{"1 2 ", "3 4 ", "5 "});
}

TEST_CASE("once is one batch") {
  Bench bench;
  bench.query().trigger.kind = abi::TriggerKind::Once;
  bench.add_source({"1\n2\n3\n", "4\n5\n"});
  bench.add_code(&pass_through);
  CHECK(bench.run() == Batches{"1 2 3 4 5 "});
}

TEST_CASE("LIMIT ends the query") {
  Bench bench;
  bench.query().row_limit = 3;
  bench.add_source({"1\n2\n", "3\n4\n", "5\n"});
  bench.add_code(&pass_through);
  CHECK(bench.run() == Batches{"1 2 ", "3 "});
}

TEST_CASE("max-batches ends the query") {
  Bench bench;
  bench.options().max_batches = 2;
  bench.add_source({"1\n", "2\n", "3\n"});
  bench.add_code(&pass_through);
  CHECK(bench.run() == Batches{"1 ", "2 "});
}

TEST_CASE("complete shows the whole result after each batch, also an output that is kept") {
  Bench counts;
  counts.query().mode = abi::EmitMode::Complete;
  counts.query().states = {counting(abi::EmitWhat::All)};
  counts.add_source({"1\n2\n", "3\n"});
  counts.add_code(&count_rows, &emit_counts);
  CHECK(counts.run() == Batches{"2 ", "3 "});

  Bench kept;
  kept.query().mode = abi::EmitMode::Complete;
  kept.query().keeps_output = true;
  kept.add_source({"1\n2\n", "3\n"});
  kept.add_code(&pass_through);
  CHECK(kept.run() == Batches{"1 2 ", "1 2 3 "});
  CHECK(kept.summary().rows_out == 3);
}

TEST_CASE("an ungrouped aggregate of an empty input is one row") {
  for (auto what : {abi::EmitWhat::All, abi::EmitWhat::Touched}) {
    Bench bench;
    bench.query().mode = what == abi::EmitWhat::All ? abi::EmitMode::Complete : abi::EmitMode::Update;
    bench.query().states = {counting(what)};
    bench.add_source({});
    bench.add_code(&count_rows, &emit_counts);
    CHECK(bench.run() == Batches{"0 "});
  }
}

TEST_CASE("a malformed line under on_error = 'fail' ends the query with its number and text") {
  Bench bench;
  bench.add_source({"11\n12\n", "13\n14\n"});
  bench.add_code(&fail_at_13);
  CHECK(bench.run().empty());
  CHECK(bench.summary().error == "line 3 of 's0' is malformed: 13");
}

TEST_CASE("two queries share one source, each with its own trigger") {
  Bench bench;
  bench.add_source({"1\n2\n3\n"});
  bench.add_code(&pass_through);
  bench.program().queries.push_back(bench.query());
  bench.program().queries[1].trigger = {abi::TriggerKind::Rows, 0, 1, 0};
  bench.options().handle_signals = false;
  int opened = 0;
  bench.options().source_factory = [&opened](const abi::SourceSpec&) -> std::unique_ptr<Source> {
    ++opened;
    return std::make_unique<ScriptSource>(std::vector<std::string>{"1\n2\n3\n"});
  };
  std::vector<std::string> shown;
  bench.options().sink_factory = [&](const abi::QuerySpec& query) -> std::unique_ptr<Sink> {
    auto take = [&shown](int64_t, std::string_view text) { shown.emplace_back(text); };
    return std::make_unique<CaptureSink>(query, take, false);
  };
  RunSummary summary = Engine(bench.program(), bench.options()).run();
  CHECK(opened == 1);
  CHECK(summary.queries[0].batches == 1);
  CHECK(summary.queries[1].batches == 3);
  CHECK_FALSE(summary.failed());
  std::sort(shown.begin(), shown.end());
  CHECK(shown == std::vector<std::string>{"1\n", "1\n2\n3\n", "2\n", "3\n"});
}

TEST_CASE("streams without a common query run side by side, and a failure of one does not end the other") {
  Bench bench;
  bench.add_source({"1\n", "2\n"});
  bench.add_code(&pass_through);
  bench.program().queries.push_back(bench.query());
  abi::SourceSpec second = bench.program().sources[0];
  second.name = "s1";
  bench.program().sources.push_back(second);
  bench.program().queries[1].sources = {1};
  bench.program().queries[1].pipelines[0].source = 1;
  bench.program().queries[1].code = std::make_shared<abi::CompiledCode>(1);
  bench.program().queries[1].code->entry[0] = reinterpret_cast<void*>(&fail_at_13);
  bench.options().handle_signals = false;
  bench.options().progress = ProgressMode::Json;
  std::FILE* messages = std::tmpfile();
  bench.options().message_fd = ::fileno(messages);
  bench.options().source_factory = [](const abi::SourceSpec& spec) -> std::unique_ptr<Source> {
    std::vector<std::string> lines(200, spec.name == "s0" ? "7\n" : "8\n");
    if (spec.name == "s1") lines.back() = "13\n";
    return std::make_unique<ScriptSource>(lines);
  };
  bench.options().sink_factory = [](const abi::QuerySpec& query) -> std::unique_ptr<Sink> {
    return std::make_unique<CaptureSink>(query, [](int64_t, std::string_view) {}, false);
  };
  RunSummary summary = Engine(bench.program(), bench.options()).run();
  std::fclose(messages);
  CHECK(summary.queries[0].batches == 200);
  CHECK(summary.queries[0].error.empty());
  CHECK(summary.queries[1].error == "line 200 of 's1' is malformed: 13");
}

TEST_CASE("progress as JSON is a line for each batch, with Spark's names; the summary follows") {
  Bench bench;
  bench.query().name = "the \"query\"";
  bench.query().states = {counting_windows()};
  bench.add_source({"1\n2\n", "31\n"}, 0);
  bench.add_code(&count_by_window, &emit_counts);
  bench.options().progress = ProgressMode::Json;
  bench.options().summary = true;
  std::FILE* file = std::tmpfile();
  bench.options().message_fd = ::fileno(file);
  bench.run();
  std::rewind(file);
  std::string text(20'000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  CHECK(text.starts_with("{\"id\": \"the \\\"query\\\"\", \"runId\": \""));
  for (const char* part : {"\"batchId\": 1, \"numInputRows\": 1, ", "\"durationMs\": {\"triggerExecution\": ", "\"compileMs\": ",
                           "\"eventTime\": {\"watermark\": \"1970-01-01T00:00:02.000Z\"}",
                           "\"stateOperators\": [{\"numRowsTotal\": 1, ", "\"sources\": [{\"description\": \"s0\", \"numInputRows\": 2}]",
                           "\nthe \"query\": 2 batches, 3 rows in, 2 out, 0 late, 0 bad, "}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
}
