#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "compiler/catalog/catalog.h"
#include "compiler/driver/script_file.h"
#include "runtime/abi/program.h"
#include "runtime/connectors/connector.h"
#include "runtime/recording/replayed_job.h"
#include "runtime/recording/run_recorder.h"

namespace millrace {

/// Begins a recording of a script that is about to be compiled. Throws UsageError when its file cannot be written.
std::unique_ptr<RunRecorder> open_recorder(const std::string& path, const Script& script, const std::string& format);

/// Lets a recorder know what columns are found in tables' files, and a replay take them from there.
void record_schemas(Environment& environment, RunRecorder& recorder);
void replay_schemas(Environment& environment, ReplayedJob& replayed);

/// Where the rows of a job that is run again go: bare queries print; a sink's rows go to a file of its name below a folder, or nowhere. What the job's own
/// sinks wrote is never touched. Outlives the job.
class ReplaySinks {
 public:
  /// `folder`: empty for nowhere.
  explicit ReplaySinks(std::string folder) : folder_(std::move(folder)) {}

  /// nullptr: the query's own will do.
  std::unique_ptr<Sink> make(const abi::QuerySpec& query);
  /// The names of the sinks that got nothing.
  const std::string& left_out() const { return left_out_; }

 private:
  std::string folder_;
  std::string left_out_;
  std::deque<abi::QuerySpec> queries_;  ///< as the sinks know them
};

}  // namespace millrace
