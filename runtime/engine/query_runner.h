#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/random_state.h"
#include "runtime/abi/program.h"
#include "runtime/connectors/connector.h"
#include "runtime/engine/batch_pacer.h"
#include "runtime/engine/memory_budget.h"
#include "runtime/engine/query_share.h"
#include "runtime/engine/query_states.h"
#include "runtime/engine/run_options.h"
#include "runtime/formats/bad_rows.h"
#include "runtime/metrics/latency_histogram.h"
#include "runtime/state/materialized_view.h"
#include "runtime/state/arena.h"
#include "runtime/time/watermark.h"

namespace millrace {

class QueryRunner;
class SharedScans;
class SnapshotReader;
class SnapshotWriter;
class SourceReader;

/// A stream's part in a batch.
struct SourceShare {
  std::string_view name;
  int64_t rows = 0;
};

/// Some rows of a block of a source: [from, to).
struct RowRun {
  int32_t source = 0;
  const abi::LineBlock& block;
  int64_t from = 0;
  int64_t to = 0;
};

/// Keeps the lines that any of the queries, which were all fed the same rows of a block just now, could not decode. What cannot be written ends
/// those that are still at work. Also keeps the lines whose rows were late for a query.
void keep_bad_rows(const SourceReader& reader, int32_t source, const abi::LineBlock& block, const std::string& origin, const std::vector<QueryRunner*>& readers);
/// Whether that is worth a call.
bool notes_rows(const SourceReader& reader, const std::vector<QueryRunner*>& queries);

/// Told of each batch, on the query's thread.
struct BatchReport {
  const QueryRunner& query;
  int64_t batch_id = 0;
  int64_t rows_in = 0;
  int64_t rows_out = 0;
  int64_t started_ns = 0;   ///< steady clock: first row fed
  int64_t fed_ns = 0;       ///< last row fed
  int64_t computed_ns = 0;  ///< Emit pipelines done
  int64_t written_ns = 0;   ///< sink done
  std::vector<SourceShare> sources;
};
using BatchObserver = std::function<void(const BatchReport&)>;

/// One streaming or static query at work: its context, states, output and sink, and the cutting of its input into batches.
///
/// A batch that is full ends when its next row comes or the group calls `idle`: only then is it known whether the input ends with it.
/// Order of calls: set_up; then feed, idle and source_ended as the group sees fit; stop at the latest. One thread.
class QueryRunner {
 public:
  /// What is referred to outlives the runner.
  QueryRunner(const abi::Program& program, const abi::QuerySpec& query, const RunOptions& options, std::unique_ptr<Sink> sink,
              const abi::TimeZone* time_zone, SharedScans& scans);
  ~QueryRunner();
  QueryRunner(const QueryRunner&) = delete;
  QueryRunner& operator=(const QueryRunner&) = delete;

  /// Lets it end itself once the job's queries hold more than they may. Not owned.
  void limit_memory(MemoryBudget* budget);
  /// Its streams' group makes checkpoints: a query that finds too much memory used waits for one before it fails.
  void wait_for_checkpoint_at_limit() { may_wait_for_checkpoint_ = true; }
  bool waits_for_checkpoint() const { return !pending_failure_.empty() && !finished_; }
  void fail_after_checkpoint();
  void observe_batches(BatchObserver observer) { observer_ = std::move(observer); }

  /// Opens the sink and runs the Setup pipelines; `open_table` opens the file of a table.
  using OpenTable = std::function<Status(int32_t source, std::unique_ptr<SourceReader>*)>;
  /// `views` has every view that the query reads. `saved`: what `snapshot` wrote of the query, nullptr to begin anew.
  void set_up(const OpenTable& open_table, const MaterializedViews& views, SnapshotReader* saved = nullptr);
  /// A query over tables alone: its one batch.
  void run_static();

  /// Rows [from, to) of a block of `source`, which may be part of several batches. Returns how many it took: fewer when it ended before.
  int64_t feed(int32_t source, const abi::LineBlock& block, int64_t from, int64_t to, int64_t received_ns);

  // Rows shared out among workers, in place of `feed`: make_room, begin_shares; then, any number of times, compute_share by any worker
  // and, in the order of the rows and one at a time, take_share by the same; add_shares as any worker likes; then end_shares.

  /// Whether workers may compute its rows side by side.
  /// The same from begin_shares to end_shares.
  bool shares_rows() const { return sharing_ != nullptr && sharing_->shares_rows && !sharing_costs_; }
  /// From take_share to end_shares: so many of the rows are groups of their own that they are better shared out in another way from now on (in_parts_), or computed one after
  /// the other.
  bool wants_no_more_shares() const { return finds_sharing_costly_; }
  /// Whether the streams that it reads must not be shared at all.
  bool needs_one_worker() const { return sharing_ != nullptr && sharing_->needs_one_worker; }
  /// Ends a full batch, so there has to be a row; returns how many rows the batch in hand may still hold.
  int64_t make_room();
  /// The same without ending anything.
  int64_t room() const { return batch_is_full_ ? batch_row_limit_ : batch_row_limit_ - rows_in_batch_; }
  void begin_shares(int32_t workers, int64_t received_ns);
  /// `number` of the run, from 0; touches nothing but the worker's share.
  void compute_share(int32_t worker, const RowRun& run, int64_t number);
  void take_share(int32_t worker, const RowRun& run);
  /// Beside the other workers: adds to the groups what of shares was taken and waits for that; `all` of it before end_shares.
  void add_shares(int32_t worker, bool all);
  void end_shares();

  /// Of the rows that were fed, or taken over, last: those of a source with dead letters that could not be decoded.
  const std::vector<int64_t>& bad_rows() const { return bad_rows_.rows; }

  /// The same of late rows: keeps their lines; of a query over several streams with the stream's name.
  bool notes_late_rows() const { return !query_.late_table.empty(); }
  void keep_late_rows(int32_t source, const abi::LineBlock& block) const;

  /// A line of one of its streams was begun and will not come to its end.
  void count_cut_line() { ++context_.rows_bad; }
  /// No more rows are there for the moment.
  void idle();
  /// Whether it ends with what is there now.
  bool wants_one_batch() const { return trigger_.kind == abi::TriggerKind::Once && !finished_; }
  /// Its streams have given all that is there. If that is nothing it ends without a batch.
  void all_was_given();
  /// The steady clock has moved on: ends a batch whose interval is over.
  void tick(int64_t now_ns);
  /// The group cuts all its queries' batches here (`batch_rows`, a script); a trigger that counts rows or wants one batch only goes on.
  void end_batch_now();
  /// As a recording has it: the batch ends, and of these streams nothing will come any more.
  void end_batch_again(std::span<const int32_t> ended);
  /// As a recording has it: the query ends without another batch.
  void finish_again();
  /// Its place in the program.
  int32_t number() const { return static_cast<int32_t>(&query_ - program_.queries.data()); }
  /// Nothing will come from `source` any more; after the last one the query's last batch runs.
  void source_ended(int32_t source);
  /// The job is asked to end. The batch in hand ends with it; or, if a checkpoint is about to be made, is left as it is for a run that goes on,
  /// unless a clock would end it: cut short it would be another one than that of a job which nobody stopped, and later rows might be late.
  void stop(bool checkpoint_follows = false);
  void fail(std::string why);

  /// All that the query is, between two calls of feed; also in the middle of a batch. After the end only as much as a restart has to know.
  void snapshot(SnapshotWriter& writer) const;
  /// What it has written outlasts a failure of the machine.
  Status make_lasting() const { return sink_->make_lasting(); }
  /// Nothing that may come could change its results: its streams have ended, or it has all the rows that it wants.
  bool is_complete() const { return is_complete_; }
  /// Rows of a stream that it has taken.
  int64_t rows_taken(int32_t source) const;

  bool reads(int32_t source) const;
  bool finished() const { return finished_; }
  const std::string& failure() const { return error_; }
  int64_t rows_in() const { return rows_in_; }
  int64_t batches() const { return batches_; }
  int64_t first_row_ns() const { return first_row_ns_; }
  /// Steady clock at the next interval's end; INT64_MAX when the query has no interval or no rows.
  int64_t next_tick_ns() const;
  bool waits_for_clock() const { return trigger_.kind == abi::TriggerKind::Interval || (pacer_ && pacer_->wait_us() > 0); }
  /// Of AUTO with a latency target.
  const std::optional<BatchPacer>& pacer() const { return pacer_; }

  const abi::QuerySpec& spec() const { return query_; }
  const abi::PipelineContext& context() const { return context_; }
  const QueryStates& states() const { return states_; }
  const LatencyHistogram& latency() const { return latency_; }
  QuerySummary summary() const;

 private:
  struct Input {
    int32_t source = 0;
    bool has_watermark = false;
    Watermark watermark{0};
    int64_t batch_max_time_us = INT64_MIN;
    int64_t batch_rows = 0;
    int64_t rows_taken = 0;
    bool ended = false;
  };

  void snapshot_progress(SnapshotWriter& writer) const;
  void restore_progress(SnapshotReader& saved);
  void restore_view(SnapshotReader& saved);
  Status open_sink(SnapshotReader* saved);
  void choose_trigger();
  void read_views(const MaterializedViews& views);
  void copy_rows(const std::vector<char*>& rows);
  int64_t result_rows() const;
  void run_setup_pipeline(const abi::PipelineSpec& pipeline, const OpenTable& open_table);
  void run_pipeline(const abi::PipelineSpec& pipeline, const abi::LineBlock* block, int64_t from, int64_t to);
  void fail_by(const abi::PipelineSpec& pipeline, abi::PipelineError error, const abi::LineBlock* block, int64_t row);
  void judge_sharing(int32_t worker, int64_t rows);
  void request_better_code();
  void keep_in_parts();
  void run_in_parts(Input& input, const RowRun& run);
  void run_over_block(int32_t source, const abi::LineBlock& block, int64_t from, int64_t to);
  int64_t clock_us() const;
  void begin_batch(int64_t received_ns, int64_t at_us);
  std::unique_lock<std::mutex> record_end(int64_t at_us) const;
  void end_batch();
  void advance_watermarks();
  int64_t least_watermark() const;
  bool all_inputs_ended() const;
  void run_emit_pipelines();
  void write_batch();
  int64_t clock_for_report() const;
  void report_batch(int64_t batch_id, int64_t rows_out, int64_t fed_ns, int64_t computed_ns) const;
  void count_batch(int64_t rows_out, int64_t fed_ns, int64_t computed_ns);
  int64_t output_size_max() const;
  void check_memory();
  std::string memory_problem();
  void fail_for_output();
  void fail_for_memory(std::string why);
  void release_if_over_budget();
  void finish();
  Input* input_of(int32_t source);

  const abi::Program& program_;
  const abi::QuerySpec& query_;
  const RunOptions& options_;
  abi::TriggerSpec trigger_;
  std::optional<BatchPacer> pacer_;
  std::unique_ptr<Sink> sink_;
  SharedScans& scans_;
  QueryStates states_;
  abi::TupleBuffer* tuples_ = nullptr;  ///< of a materialized view: a batch's rows, in place of output_
  abi::Arena scratch_;
  abi::OutputBuffer output_{};
  abi::PipelineContext context_{};
  abi::BadRows bad_rows_;
  std::vector<Input> inputs_;
  std::map<int64_t, std::shared_ptr<const ViewSnapshot>> snapshots_;  ///< of the views that it reads, by number
  const abi::QuerySharing* sharing_ = nullptr;       ///< nullptr: there is one worker
  std::vector<std::unique_ptr<QueryShare>> shares_;  ///< one for each worker, from when rows are first shared out
  int64_t shares_begun_ns_ = 0;
  std::vector<int64_t> share_rows_;                  ///< by worker, since begin_shares
  bool finds_sharing_costly_ = false;
  bool sharing_costs_ = false;
  bool in_parts_ = false;  ///< workers write rows down and add them to groups of which each has a part at a time
  int64_t shared_runs_ = 0;                          ///< handed over since begin_shares
  MemoryBudget* budget_ = nullptr;
  MemoryBudget::Share* budget_share_ = nullptr;
  std::vector<int64_t> share_bytes_;  ///< of each worker's share, when it last handed over
  bool is_over_budget_ = false;       ///< it failed for want of memory, and has not given its own back
  bool may_wait_for_checkpoint_ = false;
  std::string pending_failure_;  ///< to be told once a checkpoint is made
  BatchObserver observer_;
  LatencyHistogram latency_;

  std::vector<abi::RandomState> random_;             ///< PipelineContext::random

  int64_t batch_row_limit_ = INT64_MAX;  ///< rows that end a batch
  bool batch_is_full_ = false;
  int64_t rows_in_batch_ = 0;
  int64_t batch_received_ns_ = 0;  ///< steady clock: the batch's first bytes came
  int64_t batch_started_ns_ = 0;
  int64_t interval_end_us_ = INT64_MAX;  ///< wall clock, as it was when the batch began: it waits for more rows until then
  int64_t interval_end_ns_ = INT64_MAX;  ///< the same by the steady clock, as somebody may set the other one meanwhile
  int64_t busy_ns_ = 0;                  ///< what the batch in hand took so far; only with a pacer
  int64_t batches_ = 0;
  int64_t batches_before_ = 0;  ///< of runs before, which a checkpoint has told of
  int64_t rows_in_ = 0;
  int64_t rows_out_ = 0;
  int64_t rows_shown_before_ = 0;  ///< of an output that is kept
  int64_t first_row_ns_ = 0;
  int64_t last_batch_ns_ = 0;
  bool sink_is_open_ = false;
  bool finished_ = false;
  bool is_complete_ = false;
  std::optional<std::string> final_position_;  ///< of the sink, when it was closed
  bool reader_gone_ = false;
  std::string error_;
  bool asked_for_better_code_ = false;
};

}  // namespace millrace
