#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/engine/query_runner.h"
#include "runtime/engine/run_options.h"

namespace millrace {

/// Tells people and programs how a job goes, on the message descriptor. Any query's thread may report.
class Progress {
 public:
  Progress(ProgressMode mode, int fd);

  void report(const BatchReport& batch);
  /// A line by itself, e.g. that a connection was lost.
  void notice(std::string_view text);
  /// Ends the live line, then a line for each query if `summary`.
  void finish(const RunSummary& run, bool summary);

 private:
  std::string live_line(const BatchReport& batch);
  void erase_live_line(std::string& text);
  void write(const std::string& text);

  ProgressMode mode_;
  int fd_;
  std::mutex mutex_;
  std::string run_id_;
  bool live_line_shown_ = false;
  int64_t last_line_ns_ = 0;
};

/// One batch as a line of JSON, with the names of Spark's StreamingQueryProgress.
std::string progress_json(const BatchReport& batch, const std::string& run_id);

/// One query as a line of text.
std::string summary_line(const QuerySummary& query);

/// What checkpoints cost, as a line of text; empty when there were none.
std::string checkpoint_line(const CheckpointCosts& costs);

}  // namespace millrace
