// Random queries over random data, through the whole compiler and engine at several batch sizes and on both tiers, against the oracle.
//   millrace_random_queries [COUNT [FIRST_SEED]]
// Prints what differs, with its seed; a seed alone (COUNT 1) shows its script.

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "compiler/driver/environment.h"
#include "runtime/state/arena.h"
#include "runtime/time/time_zone.h"
#include "tests/fuzz/random_queries/random_data.h"
#include "tests/fuzz/random_queries/random_query.h"
#include "tests/fuzz/random_queries/result_compare.h"
#include "tests/reference/reference_plan.h"

namespace {

using namespace millrace;        // NOLINT: a test program
using namespace millrace::fuzz;  // NOLINT
namespace fs = std::filesystem;

constexpr int64_t kDefaultCount = 300;
constexpr uint64_t kDefaultSeed = 1;
constexpr int kRejectedPercentMax = 10;

enum class Verdict { Same, Differs, Rejected, OutOfReach };

volatile uint64_t current_seed = 0;

/// Says which seed it was before the process ends.
void report_crash(int signal) {
  char text[64];
  const int size = std::snprintf(text, sizeof text, "crash (signal %d) with seed %llu\n", signal,
                                 static_cast<unsigned long long>(current_seed));
  [[maybe_unused]] const auto written = write(2, text, static_cast<size_t>(size));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void write_file(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string script_of(const RandomQuery& query) {
  const std::string watermark = query.needs_order_of_time ? ", WATERMARK FOR t" : "";
  const std::string columns = " (a BIGINT, b INT, d DOUBLE, s STRING, p BOOLEAN, t TIMESTAMP" + watermark + ")\n  WITH ";
  return "CREATE STREAM s" + columns + "(connector = 'file', path = 's.json', format = 'json');\n" +
         "CREATE STREAM r" + columns + "(connector = 'file', path = 'r.json', format = 'json');\n"
         "CREATE TABLE u (k BIGINT, name STRING, w DOUBLE) WITH (path = 'u.json', format = 'json');\n" +
         query.sql + ";\n";
}

/// Everything that one seed stands for.
struct Trial {
  RandomQuery query;
  RandomData stream, other, table;
  SourceText source;

  static Trial of(uint64_t seed, const fs::path& folder) {
    RandomSource random(seed);
    RandomQuery query = random_query(random);
    RandomData stream = random_stream(random, query.needs_order_of_time);
    RandomData table = random_table(random);
    RandomData other = random_stream(random, query.needs_order_of_time);
    write_file(folder / "s.json", stream.json);
    write_file(folder / "r.json", other.json);
    write_file(folder / "u.json", table.json);
    SourceText source("random.sql", script_of(query));
    return {std::move(query), std::move(stream), std::move(other), std::move(table), std::move(source)};
  }
};

/// The rows of the relations in the order in which the plan knows them.
std::vector<reference::Rows> relations_of(const plan::Query& query, const Trial& trial) {
  std::vector<reference::Rows> relations;
  for (const plan::Source& source : query.sources) {
    const std::string& name = source.spec.name;
    relations.push_back(name == "u" ? trial.table.rows : name == "r" ? trial.other.rows : trial.stream.rows);
  }
  return relations;
}

/// What of a run's batches is the result.
Cells result_of(const Trial& trial, QueryRun run) {
  if (trial.query.shows_last_batch) return run.batches.empty() ? Cells{} : std::move(run.batches.back());
  Cells all;
  for (Cells& batch : run.batches) {
    for (auto& row : batch) all.push_back(std::move(row));
  }
  return all;
}

class Tester {
 public:
  explicit Tester(fs::path folder)
      : folder_(std::move(folder)),
        fast_({.first = Tier::Fast, .optimise_in_background = false}),
        optimised_({.first = Tier::Optimised, .optimise_in_background = false}) {
    context_.scratch = &scratch_;
    context_.time_zone = utc_time_zone();
  }

  Verdict test(uint64_t seed, bool shows_script) {
    const Trial trial = Trial::of(seed, folder_);
    if (shows_script) std::printf("%s%s%s%s", trial.source.text().data(), trial.stream.json.c_str(), trial.other.json.c_str(), trial.table.json.c_str());
    std::fflush(stdout);
    const auto query = logical_plan(trial.source, environment());
    if (!query) return rejected(seed, trial);
    reference::Rows expected;
    try {
      expected = reference::evaluate(*query, relations_of(*query, trial), &context_);
    } catch (const reference::OutOfReach& reason) {
      if (shows_script) std::printf("out of the oracle's reach: %s\n", reason.what());
      return Verdict::OutOfReach;
    }
    return compare(seed, trial, expected, query->root->schema);
  }

 private:
  Environment environment() const { return make_environment(folder_.string(), "table"); }

  Verdict rejected(uint64_t seed, const Trial& trial) {
    const CompiledScript compiled = compile_script(trial.source, environment(), fast_);
    std::printf("seed %llu is rejected:\n", static_cast<unsigned long long>(seed));
    for (const Diagnostic& d : compiled.diagnostics) std::printf("%s", render(trial.source, d).c_str());
    return Verdict::Rejected;
  }

  Verdict compare(uint64_t seed, const Trial& trial, const reference::Rows& expected, const Schema& schema) {
    for (Jit* jit : {&fast_, &optimised_}) {
      const CompiledScript compiled = compile_script(trial.source, environment(), *jit);
      if (!compiled.ok) return rejected(seed, trial);
      for (const int64_t batch_rows : {1, 7, 1000}) {
        QueryRun run = run_query(compiled, batch_rows);
        std::string what = run.error;
        // Without rows there is no batch, and nothing is shown of an aggregate's one row.
        if (what.empty() && (!run.batches.empty() || !trial.query.shows_last_batch)) {
          what = difference(expected, result_of(trial, std::move(run)), schema, trial.query.is_ordered, &context_);
        }
        if (what.empty()) continue;
        std::printf("seed %llu, %s tier, batches of %lld rows:\n%s\n%s\n", static_cast<unsigned long long>(seed),
                    jit == &fast_ ? "fast" : "optimised", static_cast<long long>(batch_rows), trial.query.sql.c_str(), what.c_str());
        return Verdict::Differs;
      }
    }
    if (trial.query.shows_last_batch) {
      for (const char* mode : {"COMPLETE", "UPDATE"}) {
        const Verdict verdict = compare_changes(seed, trial, expected, schema, mode);
        if (verdict != Verdict::Same) return verdict;
      }
    }
    const Verdict verdict = compare_workers(seed, trial);
    return verdict == Verdict::Same ? compare_runs(seed, trial) : verdict;
  }

  /// A job that is restarted after each batch, and one that is run again from its recording, give what one run gives: the same batches.
  Verdict compare_runs(uint64_t seed, const Trial& trial) {
    const CompiledScript compiled = compile_script(trial.source, environment(), seed % 2 == 0 ? fast_ : optimised_);
    const int64_t batch_rows = seed % 3 == 0 ? 5 : 40;
    const QueryRun expected = run_query(compiled, batch_rows);
    const std::string file = (folder_ / "run.rec").string();
    const std::pair<const char*, QueryRun> others[] = {
        {"restarted after each batch", run_query_restarted(compiled, batch_rows, (folder_ / "state").string())},
        {"recorded", run_query_recorded(compiled, batch_rows, file)},
        {"run again from its recording", run_query_again(compiled, file)}};
    for (const auto& [how, actual] : others) {
      if (actual.error == expected.error && actual.batches == expected.batches) continue;
      std::printf("seed %llu, batches of %lld rows: %s it gives other rows %s\n%s\n", static_cast<unsigned long long>(seed),
                  static_cast<long long>(batch_rows), how, actual.error.c_str(), trial.query.sql.c_str());
      return Verdict::Differs;
    }
    return Verdict::Same;
  }

  /// Where rows say by which of their columns they replace others, keeping the last of each of what EMIT UPDATE shows leads to the result.
  Verdict compare_updates(uint64_t seed, const Trial& trial, const reference::Rows& expected, const Schema& schema) {
    const std::string shown = "EMIT COMPLETE";
    std::string text(trial.source.text());
    if (const size_t at = text.rfind(shown); at != std::string::npos) text.replace(at, shown.size(), "EMIT UPDATE");
    const SourceText source("random.sql", text);
    const CompiledScript compiled = compile_script(source, environment(), fast_);
    if (!compiled.ok || !compiled.result_keys.front()) return Verdict::Same;
    for (const int64_t batch_rows : {1, 7}) {
      const QueryRun run = run_query(compiled, batch_rows);
      std::string what = run.error;
      if (what.empty() && !run.batches.empty()) what = difference(expected, last_of_keys(run.batches, *compiled.result_keys.front()), schema, false, &context_);
      if (what.empty()) continue;
      std::printf("seed %llu, EMIT UPDATE replayed by key, batches of %lld rows:\n%s\n%s\n", static_cast<unsigned long long>(seed),
                  static_cast<long long>(batch_rows), trial.query.sql.c_str(), what.c_str());
      return Verdict::Differs;
    }
    return Verdict::Same;
  }

  /// What a query's changes lead to is its result.
  Verdict compare_changes(uint64_t seed, const Trial& trial, const reference::Rows& expected, const Schema& schema, const std::string& mode) {
    std::string text = "SET format = 'changelog';\n" + std::string(trial.source.text());
    const std::string shown = "EMIT COMPLETE";
    if (const size_t at = text.rfind(shown); at != std::string::npos) text.replace(at, shown.size(), "EMIT " + mode);
    const SourceText source("random.sql", text);
    const CompiledScript compiled = compile_script(source, environment(), seed % 2 == 0 ? fast_ : optimised_);
    if (!compiled.ok) {
      for (const Diagnostic& d : compiled.diagnostics) std::printf("%s", render(source, d).c_str());
      std::printf("seed %llu: its changes are refused\n", static_cast<unsigned long long>(seed));
      return Verdict::Differs;
    }
    for (const int64_t batch_rows : {1, 7, 1000}) {
      const QueryRun run = run_query(compiled, batch_rows);
      std::string what = run.error;
      if (what.empty() && !run.batches.empty()) what = difference(expected, applied(run.batches), schema, false, &context_);
      if (what.empty()) continue;
      std::printf("seed %llu, changes under EMIT %s, batches of %lld rows:\n%s\n%s\n", static_cast<unsigned long long>(seed), mode.c_str(),
                  static_cast<long long>(batch_rows), trial.query.sql.c_str(), what.c_str());
      return Verdict::Differs;
    }
    return mode == "UPDATE" ? compare_updates(seed, trial, expected, schema) : Verdict::Same;
  }

  /// Several workers give what one gives: the same batches, rows in the same order, doubles to the last digit.
  Verdict compare_workers(uint64_t seed, const Trial& trial) {
    Jit& jit = seed % 2 == 0 ? fast_ : optimised_;
    const CompiledScript one = compile_script(trial.source, environment(), jit, {.threads = 1});
    const CompiledScript several = compile_script(trial.source, environment(), jit, {.threads = 3});
    for (const int64_t batch_rows : {7, 1000}) {
      const QueryRun expected = run_query(one, batch_rows);
      const QueryRun actual = run_query(several, batch_rows);
      if (actual.error == expected.error && actual.batches == expected.batches) continue;
      std::printf("seed %llu, batches of %lld rows: three workers give other rows than one %s\n%s\n",
                  static_cast<unsigned long long>(seed), static_cast<long long>(batch_rows), actual.error.c_str(),
                  trial.query.sql.c_str());
      return Verdict::Differs;
    }
    return Verdict::Same;
  }

  fs::path folder_;
  Jit fast_;
  Jit optimised_;
  abi::Arena scratch_;
  abi::PipelineContext context_{};
};

int run(int64_t count, uint64_t first_seed, const fs::path& folder) {
  Tester tester(folder);
  int64_t verdicts[4] = {};
  for (int64_t i = 0; i < count; ++i) {
    current_seed = first_seed + static_cast<uint64_t>(i);
    ++verdicts[static_cast<int>(tester.test(current_seed, count == 1))];
  }
  const int64_t differ = verdicts[static_cast<int>(Verdict::Differs)];
  const int64_t rejected = verdicts[static_cast<int>(Verdict::Rejected)];
  std::printf("%lld random queries from seed %llu: %lld as the oracle says, %lld differ, %lld rejected, %lld out of the oracle's reach\n",
              static_cast<long long>(count), static_cast<unsigned long long>(first_seed),
              static_cast<long long>(verdicts[static_cast<int>(Verdict::Same)]), static_cast<long long>(differ),
              static_cast<long long>(rejected), static_cast<long long>(verdicts[static_cast<int>(Verdict::OutOfReach)]));
  return differ == 0 && rejected * 100 <= count * kRejectedPercentMax ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGILL, SIGFPE, SIGBUS}) std::signal(signal, report_crash);
  const int64_t count = argc > 1 ? std::atoll(argv[1]) : kDefaultCount;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : kDefaultSeed;
  std::string name = (fs::temp_directory_path() / "millrace_random_XXXXXX").string();
  if (!mkdtemp(name.data())) {
    std::perror("mkdtemp");
    return 2;
  }
  const int status = run(count, seed, name);
  fs::remove_all(name);
  return status;
}
