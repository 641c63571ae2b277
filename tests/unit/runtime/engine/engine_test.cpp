#include "runtime/engine/engine.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/engine_bench.h"

using namespace millrace;

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
