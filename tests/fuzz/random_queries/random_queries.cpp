// Random queries over random data, through the whole compiler and engine at several batch sizes, against the oracle.
//   millrace_random_queries [COUNT [FIRST_SEED]]
// Prints what differs, with its seed. Almost all of the time goes into compiling, so each of many seeds draws a tier and one of the further comparisons; a seed alone
// (COUNT 1) shows its script and is compared in every way.

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

/// In what ways the query of a seed is compared, beside that with the oracle.
struct Ways {
  std::vector<Tier> tiers;
  bool complete, update;  ///< what its changes lead to under either mode
  bool workers;
  bool runs;  ///< restarted, recorded, run again

  /// Drawn by the seed, but from other numbers than those that make its query: a query stays what it is when there are more ways.
  static Ways of(uint64_t seed, bool has_changes) {
    constexpr int kOptimisedPercent = 10;
    RandomSource random(~seed);
    const Tier tier = random.chance(kOptimisedPercent) ? Tier::Optimised : Tier::Fast;
    const int64_t way = random.below(has_changes ? 4 : 2);
    return {{tier}, way == 2, way == 3, way == 0, way == 1};
  }
  static Ways all(bool has_changes) { return {{Tier::Fast, Tier::Optimised}, has_changes, has_changes, true, true}; }
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

  /// `is_alone`: the script is shown, and compared in every way.
  Verdict test(uint64_t seed, bool is_alone) {
    const Trial trial = Trial::of(seed, folder_);
    if (is_alone) std::printf("%s%s%s%s", trial.source.text().data(), trial.stream.json.c_str(), trial.other.json.c_str(), trial.table.json.c_str());
    std::fflush(stdout);
    const auto query = logical_plan(trial.source, environment());
    if (!query) return rejected(seed, trial);
    reference::Rows expected;
    try {
      expected = reference::evaluate(*query, relations_of(*query, trial), &context_);
    } catch (const reference::OutOfReach& reason) {
      if (is_alone) std::printf("out of the oracle's reach: %s\n", reason.what());
      return Verdict::OutOfReach;
    }
    const bool has_changes = trial.query.shows_last_batch;
    const Ways ways = is_alone ? Ways::all(has_changes) : Ways::of(seed, has_changes);
    for (const Tier tier : ways.tiers) {
      const Verdict verdict = compare(seed, trial, ways, tier, {expected, query->root->schema});
      if (verdict != Verdict::Same) return verdict;
    }
    return Verdict::Same;
  }

 private:
  struct Expected {
    const reference::Rows& rows;
    const Schema& schema;
  };

  Environment environment() const { return make_environment(folder_.string(), "table"); }
  Jit& jit_of(Tier tier) { return tier == Tier::Fast ? fast_ : optimised_; }

  Verdict rejected(uint64_t seed, const Trial& trial) {
    const CompiledScript compiled = compile_script(trial.source, environment(), fast_);
    std::printf("seed %llu is rejected:\n", static_cast<unsigned long long>(seed));
    for (const Diagnostic& d : compiled.diagnostics) std::printf("%s", render(trial.source, d).c_str());
    return Verdict::Rejected;
  }

  Verdict compare(uint64_t seed, const Trial& trial, const Ways& ways, Tier tier, const Expected& expected) {
    const CompiledScript compiled = compile_script(trial.source, environment(), jit_of(tier));
    if (!compiled.ok) return rejected(seed, trial);
    Verdict verdict = compare_with_oracle(seed, trial, compiled, tier, expected);
    if (verdict == Verdict::Same && ways.complete) verdict = compare_changes(seed, trial, tier, expected, "COMPLETE");
    if (verdict == Verdict::Same && ways.update) verdict = compare_changes(seed, trial, tier, expected, "UPDATE");
    if (verdict == Verdict::Same && ways.update) verdict = compare_updates(seed, trial, tier, expected);
    if (verdict == Verdict::Same && ways.workers) verdict = compare_workers(seed, trial, compiled, tier);
    if (verdict == Verdict::Same && ways.runs) verdict = compare_runs(seed, trial, compiled);
    return verdict;
  }

  Verdict compare_with_oracle(uint64_t seed, const Trial& trial, const CompiledScript& compiled, Tier tier, const Expected& expected) {
    for (const int64_t batch_rows : {1, 7, 1000}) {
      QueryRun run = run_query(compiled, batch_rows);
      std::string what = run.error;
      // Without rows there is no batch, and nothing is shown of an aggregate's one row.
      if (what.empty() && (!run.batches.empty() || !trial.query.shows_last_batch)) {
        what = difference(expected.rows, result_of(trial, std::move(run)), expected.schema, trial.query.is_ordered, &context_);
      }
      if (what.empty()) continue;
      std::printf("seed %llu, %s tier, batches of %lld rows:\n%s\n%s\n", static_cast<unsigned long long>(seed), tier == Tier::Fast ? "fast" : "optimised",
                  static_cast<long long>(batch_rows), trial.query.sql.c_str(), what.c_str());
      return Verdict::Differs;
    }
    return Verdict::Same;
  }

  /// A job that is restarted after each batch, and one that is run again from its recording, give what one run gives: the same batches.
  Verdict compare_runs(uint64_t seed, const Trial& trial, const CompiledScript& compiled) {
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
  Verdict compare_updates(uint64_t seed, const Trial& trial, Tier tier, const Expected& expected) {
    const std::string shown = "EMIT COMPLETE";
    std::string text(trial.source.text());
    if (const size_t at = text.rfind(shown); at != std::string::npos) text.replace(at, shown.size(), "EMIT UPDATE");
    const SourceText source("random.sql", text);
    const CompiledScript compiled = compile_script(source, environment(), jit_of(tier));
    if (!compiled.ok || !compiled.result_keys.front()) return Verdict::Same;
    for (const int64_t batch_rows : {1, 7}) {
      const QueryRun run = run_query(compiled, batch_rows);
      std::string what = run.error;
      if (what.empty() && !run.batches.empty()) what = difference(expected.rows, last_of_keys(run.batches, *compiled.result_keys.front()), expected.schema, false, &context_);
      if (what.empty()) continue;
      std::printf("seed %llu, EMIT UPDATE replayed by key, batches of %lld rows:\n%s\n%s\n", static_cast<unsigned long long>(seed),
                  static_cast<long long>(batch_rows), trial.query.sql.c_str(), what.c_str());
      return Verdict::Differs;
    }
    return Verdict::Same;
  }

  /// What a query's changes lead to is its result.
  Verdict compare_changes(uint64_t seed, const Trial& trial, Tier tier, const Expected& expected, const std::string& mode) {
    std::string text = "SET format = 'changelog';\n" + std::string(trial.source.text());
    const std::string shown = "EMIT COMPLETE";
    if (const size_t at = text.rfind(shown); at != std::string::npos) text.replace(at, shown.size(), "EMIT " + mode);
    const SourceText source("random.sql", text);
    const CompiledScript compiled = compile_script(source, environment(), jit_of(tier));
    if (!compiled.ok) {
      for (const Diagnostic& d : compiled.diagnostics) std::printf("%s", render(source, d).c_str());
      std::printf("seed %llu: its changes are refused\n", static_cast<unsigned long long>(seed));
      return Verdict::Differs;
    }
    for (const int64_t batch_rows : {1, 7, 1000}) {
      const QueryRun run = run_query(compiled, batch_rows);
      std::string what = run.error;
      if (what.empty() && !run.batches.empty()) what = difference(expected.rows, applied(run.batches), expected.schema, false, &context_);
      if (what.empty()) continue;
      std::printf("seed %llu, changes under EMIT %s, batches of %lld rows:\n%s\n%s\n", static_cast<unsigned long long>(seed), mode.c_str(),
                  static_cast<long long>(batch_rows), trial.query.sql.c_str(), what.c_str());
      return Verdict::Differs;
    }
    return Verdict::Same;
  }

  /// Several workers give what one gives: the same batches, rows in the same order, doubles to the last digit.
  Verdict compare_workers(uint64_t seed, const Trial& trial, const CompiledScript& one, Tier tier) {
    const CompiledScript several = compile_script(trial.source, environment(), jit_of(tier), {.threads = 3});
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
