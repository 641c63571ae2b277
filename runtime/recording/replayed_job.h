#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connectors/connector.h"
#include "runtime/recording/recording_file.h"
#include "runtime/recording/run_recorder.h"

namespace millrace {

/// A recording while it is played: who runs the job again takes its events one after the other and does what they say. One thread.
class ReplayedJob {
 public:
  /// Reads what the job is made of.
  static Result<std::unique_ptr<ReplayedJob>> open(const std::string& path);
  static Result<std::unique_ptr<ReplayedJob>> of(std::unique_ptr<RecordingFile> file);

  const RecordedJob& job() const { return job_; }
  /// The columns of the next table that declared none, as RunRecorder::schema was given them.
  Result<std::vector<std::string>> take_schema(const std::string& table);
  /// Fails when it is not this program that was recorded: another version may have made another one of the script.
  Status expect_program(const abi::Program& program);

  /// The next event; nullptr at the end.
  const RecordedEvent* peek();
  /// Goes to the one behind it. What is computed for an event draws the random numbers that it drew when it was recorded.
  void take();
  /// Takes `kind` of `query`, which has to come next but for news of queries that have ended.
  Status expect(RecordedEvent::Kind kind, int32_t query);

  /// Whether `kind` comes next, but for news of queries that have ended, which are passed over.
  bool goes_on_with(RecordedEvent::Kind kind);

  /// What current_timestamp gives in the query's batch.
  int64_t wall_us(int32_t query) const;

  /// A table's bytes: the events that come next. It outlives the source.
  std::unique_ptr<Source> table_source(int32_t source);

  /// Why it ends before its end; empty when it does not.
  const std::string& flaw() const { return file_->flaw(); }
  bool is_damaged() const { return file_->is_damaged(); }

 private:
  explicit ReplayedJob(std::unique_ptr<RecordingFile> file) : file_(std::move(file)) {}
  Status read_job();
  Status unexpected(const std::string& wanted);

  std::unique_ptr<RecordingFile> file_;
  RecordedJob job_;
  std::optional<RecordedEvent> next_;
  bool has_looked_ = false;
  uint64_t events_ = 0;             ///< taken
  std::vector<int64_t> wall_us_;    ///< by query
};

/// Bytes of a stream as they come out of a recording: hands on what was pushed, in the same pieces. One thread.
class PushedSource final : public Source {
 public:
  Status open() override { return {}; }
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return true; }
  /// A Received event, whose recording outlives it.
  void push(const RecordedEvent& event) { waiting_.push_back(event); }

 private:
  std::deque<RecordedEvent> waiting_;
};

}  // namespace millrace
