#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/group_checkpoints.h"
#include "runtime/engine/query_runner.h"
#include "runtime/engine/shared_feed.h"
#include "runtime/engine/source_reader.h"
#include "runtime/engine/worker_team.h"

namespace millrace {

/// Streams and the queries that read them: receives a block, feeds it to every query of its stream, lets batches end.
/// With several workers, rows that are there in numbers are shared out among them (SharedFeed); whatever else happens, batches' ends
/// among it, happens on the group's thread. Nothing is read ahead of what the queries have taken, so that a slow query slows its senders.
///
/// Batches end by each query's trigger or, with `batch_rows` and for scripted inputs, for all queries at once when every stream has given its share.
class SourceGroup {
 public:
  struct Job {
    int64_t batch_rows = 0;
    int64_t deadline_ns = INT64_MAX;                  ///< steady clock: the job's timeout
    const std::atomic<int>* stop_requests = nullptr;  ///< not owned
    int32_t threads = 1;                              ///< workers for the rows of a query
    RunOptions::Sharing sharing;
    std::function<void(std::string_view)> notice;     ///< a line for people; may be empty
    const abi::Program* program = nullptr;            ///< not owned; for names
    MemoryBudget* budget = nullptr;                   ///< not owned; nullptr: there is no limit
    const KeptLines* kept_lines = nullptr;            ///< not owned; may be nullptr
    MemoryBudget::Share* kept_lines_memory = nullptr; ///< with a limit

    const std::string& name_of(int32_t source) const { return program->sources[static_cast<size_t>(source)].name; }
  };

  explicit SourceGroup(const Job& job) : job_(job) {}

  void add_source(int32_t source, std::unique_ptr<SourceReader> reader);
  void add_query(QueryRunner* query) { queries_.push_back(query); }

  /// Before run: where it goes on from, and makes checkpoints. nullptr: it makes none.
  void keep_checkpoints(std::unique_ptr<GroupCheckpoints> checkpoints) { checkpoints_ = std::move(checkpoints); }
  void add_checkpoint_costs(CheckpointCosts& sum) const;
  /// It stopped after a batch, to go on from its last checkpoint; its queries have not ended.
  bool is_suspended() const { return is_suspended_; }

  /// Opens the streams and runs until they or their queries have ended, or the job is to stop. Errors end up in the queries.
  void run();

 private:
  struct Input {
    int32_t source = 0;
    std::unique_ptr<SourceReader> reader;
    ChunkShelf shelf;            ///< lines left over by the workers come before those of the reader's block
    int64_t next_row = 0;        ///< of the block in hand; up to `end_row` not fed yet
    int64_t end_row = 0;
    int64_t share_rows = 0;      ///< rows of the present batch
    int64_t rows_given = 0;      ///< fed since it was opened or resumed
    MemoryBudget::Share* memory = nullptr;  ///< of the bytes and lines held; nullptr: nobody counts
    bool share_is_full = false;
    bool ended = false;
    bool gave_backlog = false;   ///< the last rows came in bulk; a pause will tell the backlog's end

    bool has_rows() const { return next_row < end_row; }
    const abi::LineBlock& block() const { return shelf.held.empty() ? reader->block() : shelf.held.front().chunk->block; }
    int64_t received_ns() const { return shelf.held.empty() ? reader->received_ns() : shelf.held.front().chunk->received_ns; }
    const std::string& origin() const { return shelf.held.empty() ? reader->origin() : shelf.held.front().chunk->origin; }
    SourceReader::Outcome next_block(int64_t timeout_us);
    void take_held_lines();
    void drop_held_lines();
  };

  bool is_over() const;
  bool should_stop() const;
  void open_sources();
  Status open_source(Input& input);
  void run_until_over();
  bool is_consistent() const;
  int64_t batches_ended() const;
  Status make_lasting() const;
  Status write_checkpoint(SnapshotWriter& writer) const;
  void checkpoint_if_due();
  void checkpoint_now();
  void end_what_has_all();
  void note_memory(const Input& input) const;
  void fail_at_limit();
  void fail_all(const Status& why);
  void note_places();
  void release_places();
  void snapshot_input(const Input& input, SnapshotWriter& writer) const;
  static Status resume_input(Input& input, SnapshotReader& saved);
  void step();
  bool take_from(Input& input, int64_t timeout_us);
  bool handle(Input& input, SourceReader::Outcome outcome);
  void give_up_line(Input& input);
  void feed(Input& input);
  void feed_arrival(Input& input);
  bool is_worth_sharing(const Input& input) const;
  bool share_out(Input& input);
  std::vector<QueryRunner*> readers_of(int32_t source) const;
  void end_input(Input& input, bool failed);
  void cut_if_shares_are_full();
  void let_idle(int32_t source);
  void run_clock();
  int64_t wait_us() const;
  void wait_for_any(int64_t timeout_us);
  size_t live_inputs() const;

  Job job_;
  std::unique_ptr<GroupCheckpoints> checkpoints_;
  bool is_suspended_ = false;
  /// Where the streams were at checkpoints that are not replaced yet, oldest first.
  struct Places {
    int64_t checkpoint = 0;
    std::vector<std::string> of_input;
  };
  std::deque<Places> places_;
  std::vector<Input> inputs_;
  std::vector<QueryRunner*> queries_;
  std::unique_ptr<WorkerTeam> team_;  ///< from the first time that rows are shared out
  bool in_lockstep_ = false;  ///< batches are cut by the inputs' shares
};

}  // namespace millrace
