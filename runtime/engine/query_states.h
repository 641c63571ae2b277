#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/abi/work_sharing.h"
#include "runtime/state/aggregate_state.h"
#include "runtime/state/change_log.h"
#include "runtime/state/counted_rows.h"
#include "runtime/state/join_table.h"
#include "runtime/state/over_state.h"
#include "runtime/state/session_state.h"
#include "runtime/state/stream_join_table.h"
#include "runtime/state/tuple_buffer.h"

namespace millrace {

class SharedScans;
class SnapshotReader;
class SnapshotWriter;

/// The state slots of one query: makes them from their specifications, owns them, clears and finishes them between pipelines. Used by
/// the query's thread.
class QueryStates {
 public:
  /// `scans`: those of the job, which outlive it.
  QueryStates(const abi::QuerySpec& query, SharedScans& scans);
  /// Those of worker `number`, from 1: aggregates and what scans learn are its own, tables to join with are those of `whole`, which outlives it.
  QueryStates(const abi::QuerySpec& query, const abi::QuerySharing& sharing, const QueryStates& whole, SharedScans& scans, int32_t number);
  ~QueryStates();
  QueryStates(const QueryStates&) = delete;
  QueryStates& operator=(const QueryStates&) = delete;

  /// What PipelineContext::states points at.
  void** slots() { return slots_.data(); }

  void clear(int32_t slot);
  void finish(int32_t slot);
  /// The rows between pipelines, or of a view, in a slot that is for them.
  abi::TupleBuffer& tuples(int32_t slot);

  /// Fails once some state keeps more rows than it may.
  Status limit() const;

  /// After the Emit pipelines: joins of streams forget what can match no more.
  void end_batch(int64_t watermark_us);
  /// Some join of streams keeps rows that it may show without a row's arriving.
  bool may_show_kept_rows() const;

  /// What a worker's aggregates have to hand over after a run of rows, and at the end; see AggregateState.
  void take_run(abi::PipelineContext& ctx, QueryStates& part, const abi::QuerySharing& sharing);
  void take_rest(abi::PipelineContext& ctx, QueryStates& part, const abi::QuerySharing& sharing);

  /// Where most rows are groups of their own: whether the groups of all aggregates that workers share can be kept in parts.
  static bool can_keep_in_parts(const abi::QuerySharing& sharing);
  void keep_in_parts(const abi::QuerySharing& sharing);
  /// Of a worker.
  void write_rows_down(const abi::QuerySharing& sharing);
  void forget_rows(const abi::QuerySharing& sharing);
  /// Adds rows that workers wrote down; see AggregateState.
  void add_waiting(abi::PipelineContext& ctx, const abi::QuerySharing& sharing, int32_t worker, bool all);

  /// What has to be kept from one batch to the next. At any time but during a batch's end.
  void snapshot(SnapshotWriter& writer) const;
  /// After the Setup pipelines, in place of what they left; a snapshot that does not fit fails the reader.
  void restore(SnapshotReader& reader);

  /// Groups and rows kept by all aggregates and joins of streams, and groups that the last emission showed.
  int64_t kept_count() const;
  int64_t shown_count() const;
  /// The most rows that joins of streams kept at a time, and about what they took.
  int64_t join_rows_most() const;
  int64_t join_bytes_most() const;
  int64_t memory_bytes() const;
  /// Which states hold how much, the largest first: "groups of GROUP BY k 480 MB, …". `names`: one for each state.
  std::string memory_text(const std::vector<std::string>& names) const;
  /// Gives all memory back; nothing may be asked of the states afterwards but numbers.
  void release();

 private:
  struct ScanState;
  struct Slot;
  struct Keeper;

  using Owned = std::variant<std::unique_ptr<AggregateState>, std::unique_ptr<SessionState>, std::unique_ptr<JoinTable>,
                             std::unique_ptr<StreamJoinTable>, std::unique_ptr<CountedRows>, std::unique_ptr<abi::TupleBuffer>, std::unique_ptr<ChangeLog>,
                             std::unique_ptr<abi::OverState>, std::unique_ptr<ScanState>>;

  bool is_saved(size_t slot) const;
  template <typename Visit>
  void for_each_shared(const abi::QuerySharing& sharing, Visit visit);

  const abi::QuerySpec& query_;
  std::vector<Owned> states_;
  std::vector<void*> slots_;
};

}  // namespace millrace
