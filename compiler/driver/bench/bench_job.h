#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/driver/bench/answer_digest.h"
#include "compiler/driver/bench/distribution.h"
#include "compiler/driver/bench/recording.h"
#include "compiler/driver/compile_query.h"
#include "runtime/engine/run_options.h"

namespace millrace {

/// How a job's input comes and is cut into batches.
struct BenchSetting {
  int64_t batch_rows = 0;  ///< of each stream; 0: AUTO, what is there makes a batch
  double rate = 0;         ///< rows a second of each stream; 0: as fast as the query takes them
};

/// What a query did in one run.
struct RunMeasure {
  int64_t rows = 0;
  int64_t batches = 0;
  double seconds = 0;     ///< from the first row read to the last batch written
  Quantiles batch;        ///< from one batch's end to the next one's at full speed; at a rate, from a batch's first row fed to its rows written
  Quantiles record;       ///< from when a row was there (at a rate: due) until the rows of its batch were written
  int64_t rows_out = 0;
  int64_t bytes_out = 0;   ///< of the text of its results
  int64_t kept_most = 0;   ///< groups and rows of its states, and their memory: the most after a batch
  int64_t state_bytes_most = 0;
  bool kept_up = true;    ///< at a rate: was done with the rows soon after the last one was due
};

/// A compiled script that is run again and again over recorded input, its output made but written nowhere.
class BenchJob {
 public:
  using Recordings = std::map<std::string, std::shared_ptr<const Recording>>;  ///< by stream name, lower-case

  /// `script` outlives it.
  BenchJob(const CompiledScript& script, Recordings recordings) : script_(script), recordings_(std::move(recordings)) {}

  /// Runs over `rows` rows of each stream, for `timeout_us` at most. One measure for each query of the program.
  Result<std::vector<RunMeasure>> measure(const BenchSetting& setting, int64_t rows, int64_t timeout_us) const;

  /// The answers to the first `rows` rows, and how many rows came late.
  struct Answer {
    AnswerDigest digest;
    int64_t rows_late = 0;
  };
  Result<std::vector<Answer>> answers(int64_t batch_rows, int64_t rows) const;

  /// Waits until the code of the second tier runs.
  void await_best_code() const;

  int64_t rows() const;
  const CompiledScript& script() const { return script_; }
  const Recordings& recordings() const { return recordings_; }

 private:
  RunOptions options(int64_t batch_rows) const;

  const CompiledScript& script_;
  Recordings recordings_;
};

}  // namespace millrace
