#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/group_table.h"
#include "runtime/abi/program.h"
#include "runtime/abi/work_sharing.h"
#include "runtime/state/group_parts.h"
#include "runtime/state/group_table.h"
#include "runtime/state/update_log.h"

namespace millrace {

/// The owning side of abi::AggregateState: the tables of an aggregate by pane, and what a batch has to show of them.
///
/// Order of calls in a batch: pane_table, inserts and touches; then emit_begin, emit_unit(0 … n-1), emit_end. The watermarks are
/// taken from the PipelineContext; `next_watermark_us == INT64_MAX` says that the input has ended. One thread.
class AggregateState : public abi::AggregateState {
 public:
  /// `code` gives the rollup function, looked up anew for each batch; it outlives the state.
  AggregateState(const abi::AggregateSpec& spec, const abi::CompiledCode* code) : AggregateState(spec, code, 0, {}) {}

  /// The part of worker `number`, from 1: takes rows as the whole does, shows nothing, and is emptied into the whole. Its epoch ends when
  /// it is emptied, since its groups are gone then.
  AggregateState(const abi::AggregateSpec& spec, const abi::CompiledCode* code, int32_t number, const abi::StateSharing& sharing);

  /// Takes in what a worker did with a run of rows, in the order of the runs: makes the groups that are new, so that groups keep their
  /// order of arrival, and the additions that go by the order of the rows. `ctx` is the whole's.
  void take_run(abi::PipelineContext& ctx, AggregateState& part, const abi::StateSharing& sharing) noexcept;
  /// Merges a worker's groups, after its last run, and empties the part.
  void take_rest(abi::PipelineContext& ctx, AggregateState& part, const abi::StateSharing& sharing) noexcept;

  // Groups in parts, for aggregates without panes that have rows written down (abi::StateSharing); see GroupParts. Of the whole:

  /// From now on its groups are in parts.
  void keep_in_parts(const abi::StateSharing& sharing);
  /// Adds rows that workers wrote down and take_run has taken; any number of workers at once, beside one that takes. With `all`: every row that was taken before.
  void add_waiting(abi::PipelineContext& ctx, const abi::StateSharing& sharing, int32_t worker, bool all) noexcept;

  // Of a worker's part, after take_rest:

  /// From now on rows are written down, rather than added to groups of the worker's own.
  void write_rows_down();
  void forget_rows() noexcept;

  abi::GroupTable* pane_table(const abi::PipelineContext& ctx, int64_t pane_start_us) noexcept;

  int64_t emit_begin(abi::PipelineContext& ctx) noexcept;
  const abi::EmitUnit* emit_unit(abi::PipelineContext& ctx, int64_t i) noexcept;
  void emit_end(const abi::PipelineContext& ctx) noexcept;

  /// Forgets all groups: for aggregates that are computed anew in each batch.
  void clear() noexcept;

  /// Of the whole, at any time but during an emission.
  void snapshot(SnapshotWriter& writer) const;
  /// In place of what it has; a snapshot that does not fit fails the reader.
  void restore(SnapshotReader& reader);

  int64_t group_count() const { return shared_.group_count + (parts_ ? parts_->group_count() : 0); }
  /// Groups that the last emission showed.
  int64_t shown_count() const { return shown_count_; }
  int64_t memory_bytes() const;

 private:
  using PaneMap = std::map<int64_t, std::unique_ptr<GroupTable>>;

  /// What one unit shows: a window and, when it is one pane, that pane's table.
  struct Unit {
    int64_t start_us = 0;
    int64_t end_us = 0;
    GroupTable* only_table = nullptr;
  };
  static constexpr Unit kNothingRolledUp{INT64_MAX, INT64_MAX, nullptr};
  struct CachedPane {
    int64_t start_us = 0;
    GroupTable* table = nullptr;
  };

  bool is_windowed() const { return spec_.time == abi::TimeKind::Window; }
  bool forgets() const { return spec_.drops_late || spec_.what == abi::EmitWhat::Closed; }
  /// The table is not all of its groups.
  bool is_in_parts(const GroupTable& table) const { return parts_ && &table == lone_table_.get(); }
  bool has_rollup() const { return spec_.rollup_entry >= 0; }
  int64_t first_window_of(int64_t pane_us) const;
  int64_t last_window_of(int64_t pane_us) const;
  int64_t closes_at(int64_t pane_us) const;
  CachedPane& cache_slot(int64_t pane_us);
  GroupTable* make_pane(int64_t pane_us);
  void forget_closed(int64_t watermark_us);
  void create_lone_table();
  bool is_part() const { return worker != 0; }
  template <typename Fn>
  Fn code_at(int32_t entry) const {
    return reinterpret_cast<Fn>(code_->entry[static_cast<size_t>(entry)].load(std::memory_order_acquire));
  }
  template <typename Take>
  static void for_each_table(const GroupTable::Arrivals& arrivals, size_t from, Take take);

  GroupTable::Saved saved() const;
  void restore_table(GroupTable& table, SnapshotReader& reader);
  bool is_changed(const GroupTable& table) const;

  void plan_lone_unit(bool input_ended);
  void plan_pane_units(int64_t next_watermark_us);
  void add_units_of(GroupTable* table, int64_t closed_until_us, int64_t until_us);
  void add_cumulations_of(GroupTable* table, int64_t closed_until_us, int64_t until_us);
  void collect_changed_tables();
  bool shows_in_pieces() const { return lone_table_ && (spec_.what == abi::EmitWhat::All || spec_.what == abi::EmitWhat::Closed) && !has_rollup(); }
  void collect_piece(int64_t piece);
  void collect_shown(GroupTable& table);
  void roll_up(abi::PipelineContext& ctx, const Unit& unit);
  void merge_groups(abi::PipelineContext& ctx, const std::vector<abi::GroupEntry*>& groups, int64_t bytes_before);

  abi::AggregateSpec spec_;
  const abi::CompiledCode* code_;
  GroupTable::Shared shared_;
  std::unique_ptr<GroupTable> lone_table_;  ///< TimeKind::None
  std::unique_ptr<GroupParts> parts_;       ///< of its groups; nullptr: they are in one piece
  PaneMap panes_;
  std::array<CachedPane, 256> cache_{};     ///< panes found lately: rows out of order would otherwise search the map
  std::vector<std::unique_ptr<GroupTable>> spare_tables_;
  int64_t closed_until_us_ = INT64_MIN;     ///< windows that end at or before it have been shown and forgotten

  std::vector<Unit> units_;
  Unit rolled_up_ = kNothingRolledUp;  ///< what rollup_table_ holds
  std::vector<GroupTable*> scratch_tables_;
  std::vector<abi::GroupEntry*> merged_entries_;
  std::vector<abi::GroupEntry*> shown_entries_;
  std::unique_ptr<GroupTable> rollup_table_;
  std::optional<GroupParts::InOrder> in_order_;  ///< what is left to be shown in pieces of the parts' groups
  abi::EmitUnit unit_{};
  GroupTable::Arrivals arrivals_;  ///< of a worker's part: its groups; the first `taken_` are known to the whole
  size_t taken_ = 0;
  std::unique_ptr<UpdateLog> own_log_;
  GroupParts::Logs staged_rows_;   ///< of a worker's part that writes rows down
  std::array<abi::UpdateLog*, abi::kGroupParts> staged_logs_{};
  int64_t shown_count_ = 0;
};

}  // namespace millrace
