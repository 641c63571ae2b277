#pragma once

#include <cstdint>

#include "runtime/abi/program.h"
#include "runtime/engine/query_states.h"
#include "runtime/formats/bad_rows.h"
#include "runtime/state/arena.h"

namespace millrace {

/// What one worker has of a query whose rows are shared out: a context, states and an output of its own, which are handed over to the
/// query's. Computes runs of rows on the worker's thread; handed over in the order of the runs, one worker at a time. Owned by the
/// QueryRunner.
class QueryShare {
 public:
  /// Why a run could not be computed to its end.
  struct Problem {
    const abi::PipelineSpec* pipeline = nullptr;  ///< nullptr: there is none
    abi::PipelineError error = abi::PipelineError::None;
    int64_t row = 0;
  };

  /// Of worker `number`, from 1. What is referred to outlives the share. `rows_wanted`: as of the query's sink.
  QueryShare(const abi::QuerySpec& query, const abi::QuerySharing& sharing, const QueryStates& whole, SharedScans& scans,
             int32_t number, int64_t rows_wanted);
  ~QueryShare();
  QueryShare(const QueryShare&) = delete;
  QueryShare& operator=(const QueryShare&) = delete;

  /// Before the first run: takes over the batch's watermark, time and number.
  void begin(const abi::PipelineContext& whole);
  /// Computes rows [from, to); `sequence` is greater than that of any row of the runs before.
  void compute(int32_t source, const abi::LineBlock& block, int64_t from, int64_t to, int64_t sequence);
  /// Hands over what the last run gave. Returns the largest event time in it, INT64_MIN when none was seen.
  int64_t hand_over_run(abi::PipelineContext& whole, QueryStates& states);
  /// After the last run: hands over the rest.
  void hand_over_rest(abi::PipelineContext& whole, QueryStates& states) { states.take_rest(whole, states_, sharing_); }

  /// From now on rows are written down; see QueryStates.
  void write_rows_down() { states_.write_rows_down(sharing_); }
  /// Adds rows that were written down, by whom ever, to the query's groups; beside other workers that do.
  void add_waiting(QueryStates& states, bool all) { states.add_waiting(context_, sharing_, number_, all); }
  /// Of the last row that was computed; see PipelineContext.
  int64_t sequence() const { return context_.sequence; }

  const Problem& problem() const { return problem_; }
  /// What is to be handed over at the end.
  int64_t group_count() const { return states_.kept_count(); }
  int64_t memory_bytes() const { return states_.memory_bytes() + output_.capacity + scratch_.reserved_bytes(); }

 private:
  void compute_some(int32_t source, const abi::LineBlock& block, int64_t from, int64_t to);

  const abi::QuerySpec& query_;
  const abi::QuerySharing& sharing_;
  int32_t number_;
  QueryStates states_;
  abi::Arena scratch_;
  abi::OutputBuffer output_{};
  abi::PipelineContext context_{};
  abi::BadRows bad_rows_;
  int64_t max_event_time_us_ = INT64_MIN;
  Problem problem_;
};

}  // namespace millrace
