#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/engine/query_runner.h"
#include "runtime/engine/source_reader.h"
#include "runtime/recording/replayed_job.h"

namespace millrace {

/// In place of all groups of streams: does what the events of a recording say, one after the other, on one thread. Each query reads a stream's bytes for itself,
/// as much at a time as it was fed, so that it does not depend on how the queries' turns came. Used once.
class ReplayLoop {
 public:
  struct Options {
    double speed = 0;                            ///< of the recording; 0: as fast as it goes
    std::function<bool()> should_stop;
  };
  using MakeReader = std::function<std::unique_ptr<SourceReader>(int32_t source, std::unique_ptr<Source> bytes)>;

  /// Of the streaming queries that are at work. What is referred to outlives it.
  ReplayLoop(ReplayedJob& replayed, std::vector<QueryRunner*> queries, const MakeReader& make_reader, Options options);

  /// Until the streams' part of the recording is over.
  void run();

 private:
  /// A stream as one query reads it.
  struct Feed {
    QueryRunner* query = nullptr;
    int32_t source = 0;
    PushedSource* pushed = nullptr;  ///< owned by the reader
    std::unique_ptr<SourceReader> reader;
    int64_t next_row = 0;            ///< of the reader's block; up to `end_row` not fed yet
    int64_t end_row = 0;
  };

  void wait_until(int64_t at_ns) const;
  void play(const RecordedEvent& event);
  void push(const RecordedEvent& event);
  void feed(const RecordedEvent& event);
  static bool read_on(Feed& feed);
  QueryRunner* query_of(const RecordedEvent& event) const;

  ReplayedJob& replayed_;
  std::vector<QueryRunner*> queries_;
  std::deque<Feed> feeds_;
  Options options_;
  int64_t started_ns_ = 0;
  int64_t began_at_ns_ = -1;  ///< of the recording: where this loop began
};

}  // namespace millrace
