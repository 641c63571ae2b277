#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/bench/bench_job.h"
#include "compiler/driver/bench/cost_fit.h"

namespace millrace {

struct SweepOptions {
  std::vector<int64_t> batch_rows;  ///< ascending
  std::vector<double> rates;        ///< rows a second; may be empty
  int repeats = 5;
  int64_t run_us = 500'000;         ///< a run at full speed ends after this, however many rows are left
  int64_t paced_run_us = 1'000'000; ///< rows of so much time are offered at each rate
  std::function<void(int done, int all)> progress;  ///< after each run; may be empty
};

/// Figures of one setting over its repeated runs.
struct SettingResult {
  BenchSetting setting;
  int64_t rows = 0;     ///< of the run in the middle, as the next two
  int64_t batches = 0;
  Spread rows_per_second;
  Quantiles batch;
  Quantiles record;
  bool kept_up = true;  ///< in more than half of the runs
};

/// Whether the final result was the same whatever the size of batches.
struct AnswerCheck {
  enum class Outcome : uint8_t {
    Same,
    Differs,
    LateRows,       ///< it differs, and so does the number of rows that came late, which is by batches' ends
    NotComparable,  ///< the rows do not tell what takes what's place
  };
  Outcome outcome = Outcome::Same;
  int64_t rows_in = 0;   ///< of each stream
  int64_t rows_out = 0;  ///< of the final result
  std::string why;       ///< unless Same
};

/// What the lab's rule makes of a rate: the batch whose processing takes four fifths of the time in which its rows arrive.
struct RateAdvice {
  double rate = 0;
  std::optional<StableInterval> shortest;    ///< without any slack; nothing: the query cannot take the rate
  std::optional<StableInterval> with_slack;
  const SettingResult* best = nullptr;       ///< measured: kept up, with the least p99 of a record; nullptr: none was measured or kept up
};

struct QueryBench {
  std::string name;
  AnswerCheck check;
  std::vector<SettingResult> full_speed;
  std::vector<SettingResult> offered;
  CostFit fit;

  /// The smallest batch with at least nine tenths of the best throughput; nullptr when nothing was measured.
  const SettingResult* recommended() const;
  RateAdvice advice(double rate) const;
};

/// Checks the answers, then runs every setting `repeats` times, turn and turn about, there and back.
Result<std::vector<QueryBench>> run_sweep(const BenchJob& job, const SweepOptions& options);

}  // namespace millrace
