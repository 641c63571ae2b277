#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/abi/state_spec.h"
#include "runtime/state/arena.h"
#include "runtime/state/group_table.h"

namespace millrace {
class SnapshotReader;
class SnapshotWriter;
}  // namespace millrace

namespace millrace::abi {

/// Rows under window functions of one partitioning and order: kept as they come, put in order and computed when they are asked for. Rows that
/// come later are added to those that are there. Owned by a query's states; one thread.
struct OverState {
 public:
  /// `code` gives the aggregates' functions, looked up anew for each evaluation; it outlives the state.
  OverState(const OverSpec& spec, const CompiledCode* code);

  char* append() noexcept;
  /// Sorts the rows (equal ones stay in order of arrival) and computes all functions.
  void evaluate(PipelineContext& ctx) noexcept;
  void clear() noexcept;

  /// The rows; results are computed anew.
  void snapshot(SnapshotWriter& writer) const;
  /// In place of the present rows; a snapshot that does not fit fails the reader.
  void restore(SnapshotReader& reader);

  /// What is shown: all rows, or those of the partitions that have got rows since the evaluation before.
  int64_t count() const { return static_cast<int64_t>(spec_.shows_changed ? shown_.size() : rows_.size()); }
  char* const* rows() const { return spec_.shows_changed ? shown_.data() : rows_.data(); }
  Arena& arena() { return *arena_; }
  Arena& results() { return results_; }
  int64_t memory_bytes() const;

 private:
  void sort_new_rows();
  void forget_low_ranks();
  void move_rows();
  size_t end_of_partition(size_t begin) const;
  size_t end_of_ranks(size_t begin, size_t end) const;
  void evaluate_changed(PipelineContext& ctx);
  std::vector<char*> changed_partitions();

  OverSpec spec_;
  const CompiledCode* code_;
  std::vector<char*> rows_;
  size_t sorted_ = 0;      ///< the first rows, which are in order
  size_t forget_at_ = 0;   ///< number of rows at which low ranks are forgotten
  bool evaluated_ = false; ///< no row has come since
  std::vector<char*> shown_;  ///< of changed partitions, unless all rows are shown
  size_t forgotten_ = 0;      ///< rows that have been since memory was last renewed, of changed partitions
  std::unique_ptr<Arena> arena_ = std::make_unique<Arena>();
  Arena results_;
  millrace::GroupTable memory_;  ///< what the aggregates' states keep
};

}  // namespace millrace::abi
