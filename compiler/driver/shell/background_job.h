#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "runtime/abi/program.h"
#include "runtime/engine/run_options.h"

namespace millrace {

/// How a streaming query of the shell stands.
struct JobReport {
  enum class State { Running, Ended, Stopped, Failed };
  State state = State::Running;
  int64_t batches = 0;
  int64_t rows_in = 0;
  int64_t rows_out = 0;
  double rows_per_second = 0;       ///< in the last seconds while it runs, then over its whole time
  int64_t watermark_us = INT64_MIN; ///< INT64_MIN: there is none yet
  std::string error;
};

/// One streaming query with an engine and a thread of its own. Made, asked and destroyed by the shell's thread.
class BackgroundJob {
 public:
  /// Told once, on the job's thread, when it has ended.
  using OnEnd = std::function<void(const BackgroundJob&, const JobReport&)>;

  /// Starts it. What `options` refers to outlives it.
  BackgroundJob(std::string name, abi::Program program, RunOptions options, OnEnd on_end);
  /// Stops it and waits for the batch in hand.
  ~BackgroundJob();
  BackgroundJob(const BackgroundJob&) = delete;
  BackgroundJob& operator=(const BackgroundJob&) = delete;

  const std::string& name() const { return name_; }
  /// 0 unless it keeps a materialized view.
  int64_t view_id() const { return view_id_; }
  /// Ends it after the batch in hand; returns at once.
  void request_stop() { stop_requests_.fetch_add(1); }
  /// Waits up to `timeout_ms`; true when it has ended.
  bool wait(int64_t timeout_ms);
  JobReport report() const;

 private:
  void run(const RunOptions& options, const OnEnd& on_end);
  void note(const BatchReport& batch);

  /// Rows by then: rates are taken between two such points.
  struct Point {
    int64_t time_ns = 0;
    int64_t rows_in = 0;
  };

  const std::string name_;
  const abi::Program program_;
  int64_t view_id_ = 0;
  std::atomic<int> stop_requests_ = 0;
  mutable std::mutex mutex_;  ///< of what follows
  std::condition_variable ended_;
  JobReport report_;
  Point start_, older_, newer_;
  std::thread thread_;
};

}  // namespace millrace
