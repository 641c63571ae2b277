#include "compiler/driver/bench/analyze.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/bench/bench_report.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/environment.h"
#include "runtime/base/clock.h"
#include "runtime/metrics/code_sampler.h"
#include "runtime/metrics/hardware_counters.h"

namespace millrace {

namespace {

constexpr int64_t kSampleEveryUs = 400;
constexpr int64_t kWatchNs = 1'500'000'000;
constexpr int kMostRuns = 200;
constexpr int64_t kLongestRunUs = 20'000'000;
/// Steps with a smaller share of the time and no rows are left out.
constexpr double kLeastShare = 0.0005;

using Probes = std::vector<std::unique_ptr<QueryProbes>>;

/// A script whose code is watched.
struct WatchedScript {
  Jit jit{{.first = Tier::Optimised, .optimise_in_background = false}};
  Probes probes;
  CompiledScript compiled;

  WatchedScript(const Script& script, const std::vector<std::string>& allowed_folders, bool counts_rows) {
    compiled = compile_script(script.source, make_environment(script.base_directory, "json", allowed_folders), jit,
                              {.threads = 1, .probes = &probes, .counts_rows = counts_rows});
  }
};

/// A step's rows and its part of the time.
struct StepFigures {
  std::string what;
  int64_t rows = 0;
  int64_t samples = 0;
  int64_t callee_samples = 0;
};

/// Where the buckets of a query begin in the sampler's.
std::vector<size_t> first_buckets(const Probes& probes, size_t* all) {
  std::vector<size_t> first;
  *all = 0;
  for (const auto& query : probes) {
    first.push_back(*all);
    size_t entries = query->pipelines.size();
    for (const CodeLine& line : query->lines) entries = std::max<size_t>(entries, line.entry + size_t{1});
    *all += entries * CodeProbes::kStepsAnEntry;
  }
  return first;
}

std::vector<CodeSampler::Range> ranges_of(const Probes& probes, const std::vector<size_t>& first) {
  std::vector<CodeSampler::Range> ranges;
  for (size_t query = 0; query < probes.size(); ++query) {
    for (const CodeLine& line : probes[query]->lines) {
      // What belongs to no line is the beginning of its function: the source's.
      const size_t step = line.line == 0 ? CodeProbes::step(line.entry, 0) : line.line - 1;
      const size_t function = first[query] / CodeProbes::kStepsAnEntry + line.entry;
      ranges.push_back({line.begin, line.end, static_cast<uint32_t>(first[query] + step), static_cast<uint32_t>(function)});
    }
  }
  return ranges;
}

/// A condition on a hundred columns need not be read whole.
std::string shortened(const std::string& text) {
  constexpr size_t kMostBytes = 120;
  if (text.size() <= kMostBytes) return text;
  size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

class TimeAnalysis {
 public:
  TimeAnalysis(const WatchedScript& counted, const WatchedScript& watched, const BenchJob::Recordings& recordings)
      : counted_(counted), watched_(watched), recordings_(recordings), first_bucket_(first_buckets(watched.probes, &buckets_)) {}

  Result<std::string> run() {
    const BenchJob counting(counted_.compiled, recordings_), job(watched_.compiled, recordings_);
    auto once = counting.measure({}, counting.rows(), kLongestRunUs);
    if (!once) return once.error();
    auto warm = job.measure({}, job.rows(), kLongestRunUs);
    if (!warm) return warm.error();
    best_ = std::move(*warm);
    if (Status watched = watch(job); !watched.ok()) return watched;
    std::string text = heading();
    for (size_t query = 0; query < watched_.probes.size(); ++query) text += query_text(query);
    return text + footing();
  }

 private:
  Status watch(const BenchJob& job) {
    CodeSampler sampler(ranges_of(watched_.probes, first_bucket_), buckets_);
    if (!sampler.start(kSampleEveryUs)) return Status::error("there is no timer to look at the code with");
    const int64_t begun_ns = steady_clock_ns();
    for (runs_ = 0; runs_ < kMostRuns && steady_clock_ns() - begun_ns < kWatchNs; ++runs_) {
      hardware_.start();
      auto measured = job.measure({}, job.rows(), kLongestRunUs);
      hardware_.stop();
      if (!measured) return measured.error();
      if (runs_ == 0) hardware_counts_ = hardware_.counts();
      for (size_t query = 0; query < best_.size(); ++query) {
        if ((*measured)[query].seconds < best_[query].seconds) best_[query] = (*measured)[query];
      }
    }
    sampler.stop();
    samples_ = sampler.counts();
    return {};
  }

  double share(int64_t samples) const { return samples_.total == 0 ? 0 : static_cast<double>(samples) / static_cast<double>(samples_.total); }
  /// Of the job: a row of its longest stream.
  double ns_a_row() const {
    double seconds = 0;
    for (const RunMeasure& m : best_) seconds = std::max(seconds, m.seconds);
    return seconds * 1e9 / static_cast<double>(std::max<int64_t>(rows(), 1));
  }
  int64_t rows() const {
    int64_t most = 0;
    for (const auto& [name, recording] : recordings_) most = std::max(most, recording->rows());
    return most;
  }

  std::string line(const StepFigures& figures, const char* indent) const {
    const double of_time = share(figures.samples);
    const std::string called = figures.samples > 0 && figures.callee_samples > 0
                                   ? fmt::format("{:.0f} %", 100.0 * static_cast<double>(figures.callee_samples) / static_cast<double>(figures.samples)) : "";
    return fmt::format("{:>6.1f} % {:>9.2f} {:>8}  {:>12}  {}{}\n", 100 * of_time, of_time * ns_a_row(), called, figures.rows < 0 ? "" : std::to_string(figures.rows), indent,
                       shortened(figures.what));
  }

  std::string heading() const {
    std::string text;
    for (const auto& [name, recording] : recordings_) text += input_words(*recording) + "\n";
    text += fmt::format("the best of {} runs: {} a row, {} rows/s, one thread\n\n", runs_ + 1, duration_words(ns_a_row()), count_words(1e9 / ns_a_row()));
    text += fmt::format("{:>8} {:>9} {:>8}  {:>12}\n", "time", "ns a row", "in calls", "rows in");
    const auto work = [&](EngineWork w) { return samples_.work[static_cast<size_t>(w)]; };
    text += line({"read: the bytes are copied from memory", -1, work(EngineWork::Read), 0}, "");
    text += line({"the engine: find and index lines, cut batches", -1, work(EngineWork::Other), 0}, "");
    if (samples_.unknown > 0) text += line({"in generated code, at no known step", -1, samples_.unknown, 0}, "");
    return text;
  }

  std::string query_text(size_t query) const {
    const QueryProbes& probes = *watched_.probes[query];
    const abi::QuerySpec& spec = watched_.compiled.program.queries[query];
    const RunMeasure& m = best_[query];
    std::string text = fmt::format("{}: {} rows in, {} out in {} batch{}, {} bytes of results\n", spec.name, m.rows, m.rows_out, m.batches, m.batches == 1 ? "" : "es", m.bytes_out);
    for (size_t entry = 0; entry < probes.pipelines.size(); ++entry) {
      text += fmt::format("{:>42}  pipeline {} [{}]\n", "", entry, phase_word(probes.pipelines[entry].phase));
      for (size_t step = 0; step < probes.pipelines[entry].steps.size(); ++step) text += line(figures(query, entry, step), "  ");
    }
    StepFigures rest{"roll groups up, merge and copy", -1, 0, 0};
    const size_t end = query + 1 < first_bucket_.size() ? first_bucket_[query + 1] : buckets_;
    for (size_t bucket = first_bucket_[query] + probes.pipelines.size() * CodeProbes::kStepsAnEntry; bucket < end; ++bucket) {
      rest.samples += samples_.code[bucket] + samples_.callees[bucket];
      rest.callee_samples += samples_.callees[bucket];
    }
    if (rest.samples > 0) text += line(rest, "");
    for (size_t slot = 0; slot < probes.states.size(); ++slot) {
      if (!probes.states[slot].empty()) text += fmt::format("{:>42}  state #{} {}\n", "", slot, probes.states[slot]);
    }
    if (m.kept_most > 0) text += fmt::format("{:>42}  at most {} groups and rows kept, {} bytes\n", "", m.kept_most, m.state_bytes_most);
    return text;
  }

  StepFigures figures(size_t query, size_t entry, size_t step) const {
    const QueryProbes& probes = *watched_.probes[query];
    const size_t number = CodeProbes::step(entry, step), bucket = first_bucket_[query] + number;
    StepFigures figures{probes.pipelines[entry].steps[step], -1, samples_.code[bucket] + samples_.callees[bucket], samples_.callees[bucket]};
    // What a source gives is what comes to the first step behind it.
    if (step > 0) figures.rows = static_cast<int64_t>(counted_.probes[query]->row_counts[number]);
    return figures;
  }

  static const char* phase_word(abi::Phase phase) {
    switch (phase) {
      case abi::Phase::Setup: return "setup";
      case abi::Phase::Stream: return "stream";
      case abi::Phase::Emit: return "emit";
      case abi::Phase::Copy: break;
    }
    return "copy";
  }

  std::string footing() const {
    std::string text = fmt::format("\nseen {} times, so a share of 10 % is right within {:.1f} %; a field is parsed at the step that first uses it\n", samples_.total,
                                   samples_.total == 0 ? 0.0 : 196 * std::sqrt(0.09 / static_cast<double>(samples_.total)));
    if (!hardware_.problem().empty()) return text + "cycles and misses: this machine does not count them (" + hardware_.problem() + ")\n";
    for (const HardwareCounters::Count& count : hardware_counts_) {
      text += fmt::format("{}{}: {:.2f} a row", &count == &hardware_counts_.front() ? "" : ", ", count.name, static_cast<double>(count.value) / static_cast<double>(std::max<int64_t>(rows(), 1)));
    }
    return text + "\n";
  }

  const WatchedScript& counted_;
  const WatchedScript& watched_;
  const BenchJob::Recordings& recordings_;
  size_t buckets_ = 0;
  std::vector<size_t> first_bucket_;
  std::vector<RunMeasure> best_;
  CodeSampler::Counts samples_;
  HardwareCounters hardware_;
  std::vector<HardwareCounters::Count> hardware_counts_;
  int runs_ = 0;
};

}  // namespace

std::optional<Result<std::string>> analyze_script(const Script& script, const std::vector<std::string>& allowed_folders,
                                                  const std::function<BenchJob::Recordings(const abi::Program&)>& record) {
  const WatchedScript watched(script, allowed_folders, false);
  report(script.source, watched.compiled.diagnostics);
  if (!watched.compiled.ok) return std::nullopt;
  const BenchJob::Recordings recordings = record(watched.compiled.program);
  const WatchedScript counted(script, allowed_folders, true);
  return TimeAnalysis(counted, watched, recordings).run();
}

}  // namespace millrace
