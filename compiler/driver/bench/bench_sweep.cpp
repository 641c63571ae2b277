#include "compiler/driver/bench/bench_sweep.h"

#include <algorithm>
#include <numeric>

namespace millrace {

namespace {

/// Rows over which all sizes of batches are compared; larger batches are compared over all rows, too.
constexpr int64_t kRowsOfSmallCheck = 20'000;
constexpr int64_t kBatchesOfLargeCheck = 200;
/// Batches that have to fill within a run at a rate: one alone says nothing.
constexpr int64_t kBatchesToFill = 3;
/// How many times longer than the offered rows' time a run may take before it is ended.
constexpr int64_t kPatience = 3;
constexpr double kGoodShare = 0.9;
constexpr double kSlack = 0.2;

/// The repeated runs of one setting, by query.
struct Runs {
  BenchSetting setting;
  int64_t rows = 0;
  int64_t timeout_us = 0;
  std::vector<std::vector<RunMeasure>> by_query;
};

SettingResult summarize(const Runs& runs, size_t query) {
  SettingResult result{.setting = runs.setting, .rows_per_second = {}, .batch = {}, .record = {}};
  std::vector<double> speeds;
  std::vector<Quantiles> batch, record;
  std::vector<double> rows, batches;
  int late = 0;
  for (const RunMeasure& run : runs.by_query[query]) {
    speeds.push_back(static_cast<double>(run.rows) / run.seconds);
    batch.push_back(run.batch);
    record.push_back(run.record);
    rows.push_back(static_cast<double>(run.rows));
    batches.push_back(static_cast<double>(run.batches));
    if (!run.kept_up) ++late;
  }
  result.rows = static_cast<int64_t>(spread_of(rows).median);
  result.batches = static_cast<int64_t>(spread_of(batches).median);
  result.rows_per_second = spread_of(speeds);
  result.batch = median_of(batch);
  result.record = median_of(record);
  result.kept_up = 2 * late < static_cast<int>(speeds.size());
  return result;
}

class Sweep {
 public:
  Sweep(const BenchJob& job, const SweepOptions& options) : job_(job), options_(options) {
    for (const abi::QuerySpec& query : job.script().program.queries) queries_.push_back({.name = query.name, .check = {}, .full_speed = {}, .offered = {}, .fit = {}});
  }

  Result<std::vector<QueryBench>> run() {
    if (Status checked = check_answers(); !checked.ok()) return checked;
    job_.await_best_code();
    std::vector<Runs> all = full_speed_runs();
    const size_t paced_from = all.size();
    for (Runs& runs : paced_runs()) all.push_back(std::move(runs));
    if (Status done = run_all(all); !done.ok()) return done;
    for (size_t i = 0; i < all.size(); ++i) {
      for (size_t query = 0; query < queries_.size(); ++query) {
        QueryBench& bench = queries_[query];
        (i < paced_from ? bench.full_speed : bench.offered).push_back(summarize(all[i], query));
      }
    }
    all.resize(paced_from);
    for (size_t query = 0; query < queries_.size(); ++query) queries_[query].fit = fit(all, query);
    return std::move(queries_);
  }

 private:
  Status check_answers() {
    const int64_t all_rows = job_.rows();
    const int64_t few_rows = std::min(all_rows, kRowsOfSmallCheck);
    if (Status checked = compare_sizes(few_rows, 1); !checked.ok()) return checked;
    return all_rows > few_rows ? compare_sizes(all_rows, all_rows / kBatchesOfLargeCheck) : Status();
  }

  /// Batches of at least `smallest` rows against one batch of all.
  Status compare_sizes(int64_t rows, int64_t smallest) {
    const auto whole = job_.answers(rows, rows);
    if (!whole) return whole.error();
    for (size_t query = 0; query < queries_.size(); ++query) {
      queries_[query].check.rows_in = rows;
      queries_[query].check.rows_out = (*whole)[query].digest.rows;
    }
    for (const int64_t size : options_.batch_rows) {
      if (size < smallest || size >= rows) continue;
      const auto cut = job_.answers(size, rows);
      if (!cut) return cut.error();
      for (size_t query = 0; query < queries_.size(); ++query) compare((*whole)[query], (*cut)[query], size, query);
    }
    return {};
  }

  void compare(const BenchJob::Answer& whole, const BenchJob::Answer& cut, int64_t size, size_t query) {
    AnswerCheck& check = queries_[query].check;
    const abi::QuerySpec& spec = job_.script().program.queries[query];
    if (spec.view || (spec.mode == abi::EmitMode::Update && !job_.script().result_keys[query])) {
      check.outcome = AnswerCheck::Outcome::NotComparable;
      check.why = spec.view ? "its rows stay in memory" : "its rows do not tell which group they belong to";
    } else if (!(whole.digest == cut.digest) && check.outcome == AnswerCheck::Outcome::Same) {
      const bool late = whole.rows_late != cut.rows_late;
      check.outcome = late ? AnswerCheck::Outcome::LateRows : AnswerCheck::Outcome::Differs;
      check.why = "batches of " + std::to_string(size) + " rows give " + std::to_string(cut.digest.rows) + " rows and drop " +
                  std::to_string(cut.rows_late) + " late ones, one batch of all gives " + std::to_string(whole.digest.rows) + " and drops " +
                  std::to_string(whole.rows_late);
    }
  }

  std::vector<Runs> full_speed_runs() const {
    std::vector<Runs> all;
    for (const int64_t size : options_.batch_rows) {
      if (size <= job_.rows()) all.push_back(runs_of({.batch_rows = size}, job_.rows(), options_.run_us));
    }
    return all;
  }

  std::vector<Runs> paced_runs() const {
    std::vector<Runs> all;
    for (const double rate : options_.rates) {
      const auto wanted = static_cast<int64_t>(rate * static_cast<double>(options_.paced_run_us) / 1e6);
      const int64_t rows = std::clamp<int64_t>(wanted, 1, job_.rows());
      const int64_t timeout_us = kPatience * std::max(options_.paced_run_us, static_cast<int64_t>(static_cast<double>(rows) / rate * 1e6));
      for (const int64_t size : options_.batch_rows) {
        if (size * kBatchesToFill <= rows) all.push_back(runs_of({.batch_rows = size, .rate = rate}, rows, timeout_us));
      }
      all.push_back(runs_of({.batch_rows = 0, .rate = rate}, rows, timeout_us));
    }
    return all;
  }

  Runs runs_of(const BenchSetting& setting, int64_t rows, int64_t timeout_us) const {
    return {setting, rows, timeout_us, std::vector<std::vector<RunMeasure>>(queries_.size())};
  }

  Status run_all(std::vector<Runs>& all) const {
    std::vector<size_t> order(all.size());
    std::iota(order.begin(), order.end(), size_t{0});
    int done = 0;
    const int total = static_cast<int>(all.size()) * options_.repeats;
    for (int repeat = 0; repeat < options_.repeats; ++repeat) {
      for (const size_t i : order) {
        auto measured = job_.measure(all[i].setting, all[i].rows, all[i].timeout_us);
        if (!measured) return measured.error();
        for (size_t query = 0; query < queries_.size(); ++query) {
          if ((*measured)[query].batches > 0) all[i].by_query[query].push_back((*measured)[query]);
        }
        if (options_.progress) options_.progress(++done, total);
      }
      std::ranges::reverse(order);
    }
    return {};
  }

  static CostFit fit(const std::vector<Runs>& all, size_t query) {
    std::vector<CostSample> samples;
    for (const Runs& runs : all) {
      for (const RunMeasure& run : runs.by_query[query]) {
        const auto batches = static_cast<double>(run.batches);
        samples.push_back({static_cast<double>(run.rows) / batches, run.seconds * 1e9 / batches});
      }
    }
    return fit_cost(samples);
  }

  const BenchJob& job_;
  const SweepOptions& options_;
  std::vector<QueryBench> queries_;
};

}  // namespace

const SettingResult* QueryBench::recommended() const {
  double best = 0;
  for (const SettingResult& result : full_speed) best = std::max(best, result.rows_per_second.median);
  for (const SettingResult& result : full_speed) {
    if (result.rows_per_second.median >= kGoodShare * best && best > 0) return &result;
  }
  return nullptr;
}

RateAdvice QueryBench::advice(double rate) const {
  RateAdvice advice{.rate = rate, .shortest = {}, .with_slack = {}};
  if (fit.ok) {
    advice.shortest = stable_interval(fit, rate, 0);
    advice.with_slack = stable_interval(fit, rate, kSlack);
  }
  for (const SettingResult& result : offered) {
    if (result.setting.rate != rate || !result.kept_up || result.batches == 0) continue;
    if (advice.best == nullptr || result.record.p99 < advice.best->record.p99) advice.best = &result;
  }
  return advice;
}

Result<std::vector<QueryBench>> run_sweep(const BenchJob& job, const SweepOptions& options) { return Sweep(job, options).run(); }

}  // namespace millrace
