#include "runtime/engine/shared_feed.h"

#include <string>

#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/engine_bench.h"

using namespace millrace;

namespace {

/// The numbers from 1 as lines; and as the pass-through shows them.
std::string lines_up_to(int64_t last) {
  std::string text;
  for (int64_t i = 1; i <= last; ++i) text += std::to_string(i) + "\n";
  return text;
}

std::string shown(int64_t first, int64_t last) {
  std::string text;
  for (int64_t i = first; i <= last; ++i) text += std::to_string(i) + " ";
  return text;
}

/// Workers that take a few lines at a time.
void let_workers_share(Bench& bench, int32_t threads) {
  bench.sharing().threads = threads;
  bench.sharing().queries = {{.shares_rows = true, .states = {}}};
  bench.options().work = &bench.sharing();
  bench.options().sharing = {.rows_min = 1, .chunk_bytes = 16};
}

}  // namespace

TEST_CASE("rows that workers share come out in the order of the input") {
  for (int32_t threads : {2, 3, 8}) {
    Bench bench;
    let_workers_share(bench, threads);
    bench.add_source({lines_up_to(500), "501\n502"});
    bench.add_code(&pass_through);
    CHECK(bench.run() == Batches{shown(1, 500), "501 502 "});
    CHECK(bench.summary().rows_in == 502);
    CHECK(bench.summary().rows_out == 502);
  }
}

TEST_CASE("workers that share rows cut batches at the same rows") {
  for (int64_t batch_rows : {1, 7, 100, 499, 500, 501}) {
    Bench one;
    one.options().batch_rows = batch_rows;
    one.add_source({lines_up_to(500)});
    one.add_code(&pass_through);
    Bench several;
    let_workers_share(several, 3);
    several.options().batch_rows = batch_rows;
    several.add_source({lines_up_to(500)});
    several.add_code(&pass_through);
    CHECK(several.run() == one.run());
  }
}

TEST_CASE("a trigger that counts rows cuts shared batches exactly, wherever a worker's lines end") {
  Bench bench;
  let_workers_share(bench, 3);
  bench.query().trigger = {.kind = abi::TriggerKind::Rows, .rows = 30};
  bench.add_source({lines_up_to(75)});
  bench.add_code(&pass_through);
  CHECK(bench.run() == Batches{shown(1, 30), shown(31, 60), shown(61, 75)});
}

TEST_CASE("a malformed line in a worker's hands ends the query with its number in the source") {
  Bench bench;
  let_workers_share(bench, 3);
  std::string text = "\n\n";
  for (int64_t i = 100; i < 300; ++i) text += std::to_string(i) + "\n";
  bench.add_source({text + "13\n" + lines_up_to(100)});
  bench.add_code(&fail_at_13);
  CHECK(bench.run().empty());
  CHECK(bench.summary().error == "line 203 of 's0' is malformed: 13");
}

TEST_CASE("a query whose rows cannot be shared is computed in the order of the rows") {
  Bench bench;
  let_workers_share(bench, 3);
  bench.sharing().queries[0].shares_rows = false;
  bench.query().row_limit = 120;
  bench.add_source({lines_up_to(500)});
  bench.add_code(&pass_through);
  CHECK(bench.run() == Batches{shown(1, 120)});
}

namespace {

struct SharedCountEntry {
  abi::GroupEntry head;
  int64_t count;
  SharedCountEntry* whole;
};

SharedCountEntry* shared_entry(abi::GroupEntry* entry) { return reinterpret_cast<SharedCountEntry*>(entry); }

void adopt_windows(abi::PipelineContext*, abi::AggregateState*, abi::GroupTable* target, abi::GroupEntry* const* entries,
                   int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    if (target->only_entry == nullptr) abi::mr_group_insert(target, 0);
    shared_entry(entries[i])->whole = shared_entry(target->only_entry);
  }
}

void merge_windows(abi::PipelineContext*, abi::AggregateState*, abi::GroupTable*, abi::GroupEntry* const* entries, int64_t count) {
  for (int64_t i = 0; i < count; ++i) shared_entry(entries[i])->whole->count += shared_entry(entries[i])->count;
}

/// Counts by windows of ten seconds, the workers' counts merged when a batch ends.
void count_windows_together(Bench& bench, int32_t threads) {
  let_workers_share(bench, threads);
  abi::AggregateSpec spec = counting_windows();
  spec.entry_size = sizeof(SharedCountEntry);
  bench.sharing().queries[0].states = {{.adopt_entry = 2, .merge_entry = 3}};
  bench.query().states.push_back(spec);
  bench.add_code(&count_by_window, &emit_counts);
  bench.query().code = std::make_shared<abi::CompiledCode>(4);
  bench.query().code->entry[0] = reinterpret_cast<void*>(&count_by_window);
  bench.query().code->entry[1] = reinterpret_cast<void*>(&emit_counts);
  bench.query().code->entry[2] = reinterpret_cast<void*>(&adopt_windows);
  bench.query().code->entry[3] = reinterpret_cast<void*>(&merge_windows);
}

}  // namespace

TEST_CASE("workers count into windows of their own, which are merged; late is what is late for one worker") {
  Bench one;
  one.add_source({lines_up_to(95), "3\n96\n" + lines_up_to(110)}, 0);
  one.query().states.push_back(counting_windows());
  one.add_code(&count_by_window, &emit_counts);
  Batches expected = one.run();
  CHECK(expected == Batches{"9 10 10 10 10 10 10 10 10 ", "17 10 1 "});
  for (int32_t threads : {2, 3, 8}) {
    Bench several;
    several.add_source({lines_up_to(95), "3\n96\n" + lines_up_to(110)}, 0);
    count_windows_together(several, threads);
    CHECK(several.run() == expected);
    CHECK(several.summary().rows_late == one.summary().rows_late);
  }
}

TEST_CASE("a query whose rows are mostly groups of their own is computed by turns from then on, with the same result") {
  Bench one;
  std::string text = lines_up_to(5);
  for (int64_t i = 1; i < 60; ++i) text += std::to_string(i * 10) + "\n" + std::to_string(i * 10 + 1) + "\n";
  text += lines_up_to(9);
  one.add_source({text}, 0);
  one.query().states.push_back(counting_windows());
  one.add_code(&count_by_window, &emit_counts);
  const Batches expected = one.run();
  for (int64_t rows_to_judge : {1, 10, 50}) {
    Bench several;
    several.add_source({text}, 0);
    count_windows_together(several, 3);
    several.options().sharing.rows_to_judge = rows_to_judge;
    CHECK(several.run() == expected);
    CHECK(several.summary().rows_in == one.summary().rows_in);
  }
}
