#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/abi/work_sharing.h"
#include "runtime/checkpoint/coordinator.h"
#include "runtime/connectors/connector.h"

namespace millrace {

/// Where and when a job keeps its state to go on from.
struct CheckpointOptions {
  std::string folder;               ///< empty: no checkpoints
  std::optional<CheckpointPace> pace;
  int64_t retry_for_us = 5'000'000; ///< how long one that a job cannot do without is tried again: its first and its last
  bool reset = false;               ///< forget those that are there
  bool suspend_after_batch = false; ///< tests: after a batch of each group the job ends, to be gone on with by another engine
};

class KeptLines;
class MaterializedViews;
class ReplayedJob;
class RunRecorder;
struct BatchReport;

enum class ProgressMode : uint8_t {
  None,
  Line,  ///< one live line, rewritten in place: for terminals
  Json,  ///< an object for each batch, named as Spark's StreamingQueryProgress
};

/// How a job is to run. Queries say the rest.
struct RunOptions {
  int64_t batch_rows = 0;                   ///< > 0: batch k holds rows kN … kN+N-1 of each source, whatever the triggers say
  std::optional<abi::TriggerSpec> trigger;  ///< instead of the queries' own
  int64_t max_batches = -1;                 ///< of each query; -1: no end
  int64_t timeout_us = -1;                  ///< of the whole job; -1: no end
  int64_t memory_limit_bytes = 0;           ///< in place of the program's own; 0: what that says
  ProgressMode progress = ProgressMode::None;
  bool summary = false;                     ///< a line for each query at the end
  int output_fd = 1;                        ///< where console sinks write
  int message_fd = 2;                       ///< progress, notices, summary
  bool handle_signals = true;               ///< the first SIGINT or SIGTERM ends the job cleanly, the second at once
  std::atomic<int>* stop_requests = nullptr;  ///< not owned; another thread ends the job by adding 1
  MaterializedViews* views = nullptr;         ///< not owned; the job's own when there are none
  KeptLines* kept_lines = nullptr;            ///< not owned; the job's own when there are none
  /// What is worth a line while the job runs, e.g. that a connection was lost; any thread. Empty: to message_fd.
  std::function<void(std::string_view)> notice;
  /// Told of each batch, on its query's thread; may be empty.
  std::function<void(const BatchReport&)> batch_observer;
  CheckpointOptions checkpoint;
  const abi::WorkSharing* work = nullptr;   ///< not owned; how several workers share the program's queries; nullptr: there is one
  /// When workers share the rows of a source: tests make them do so with a few rows already.
  struct Sharing {
    int64_t rows_min = 20'000;      ///< batches of fewer rows are computed by one worker
    size_t chunk_bytes = 256 << 10; ///< what a worker takes at a time
    int64_t rows_to_judge = 32 << 10; ///< of a worker's rows, after which so many groups may turn out to be new that sharing costs more than it brings
  };
  Sharing sharing;
  RunRecorder* recorder = nullptr;  ///< not owned; keeps what the job is given, to run it again
  ReplayedJob* replayed = nullptr;  ///< not owned; the job is run again: it reads nothing else, and its batches are cut as they were
  double replay_speed = 0;          ///< times the speed at which it was recorded; 0: as fast as it goes
  bool dead_letters = true;   ///< false: lines that cannot be decoded are only counted, whatever the sources say
  /// For tests: a source or a sink in place of the one that the program names; nullptr from it means the latter.
  std::function<std::unique_ptr<Source>(const abi::SourceSpec&)> source_factory;
  std::function<std::unique_ptr<Sink>(const abi::QuerySpec&)> sink_factory;
};

/// What a query has done, when it ended.
struct QuerySummary {
  std::string name;
  int64_t batches = 0;
  int64_t rows_in = 0;
  int64_t rows_out = 0;
  int64_t rows_late = 0;
  int64_t rows_bad = 0;
  int64_t texts_replaced = 0;   ///< STRINGs of results that were no UTF-8 and were written with U+FFFD, in this run
  int64_t join_rows_most = 0;   ///< the most rows that its joins of streams kept at a time
  int64_t join_bytes_most = 0;  ///< memory of that, about
  double seconds = 0;       ///< from its first row to its last batch
  double compile_ms = 0;
  int tier = 1;             ///< 2: optimised code took over while it ran
  int64_t latency_p50_ns = 0;
  int64_t latency_p99_ns = 0;
  bool reader_gone = false; ///< ended because nobody read its rows any more
  std::string error;        ///< empty when it did not fail
};

struct RunSummary {
  std::vector<QuerySummary> queries;
  bool suspended = false;  ///< see CheckpointOptions::suspend_after_batch
  CheckpointCosts checkpoints;  ///< of the streams' queries
  bool failed() const {
    for (const QuerySummary& query : queries) {
      if (!query.error.empty()) return true;
    }
    return false;
  }
};

}  // namespace millrace
