#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/pipeline/tuple_layout.h"
#include "compiler/plan/join_bounds.h"
#include "compiler/plan/plan.h"
#include "runtime/abi/program.h"
#include "runtime/abi/work_sharing.h"

/// The physical plan: pipelines cut at breakers, each of which becomes one generated function. Points into the plan::Query
/// that it was built from, which must outlive it.
namespace millrace::pipeline {

/// How the groups of an Aggregate are kept: keys and states of an entry.
struct AggregateLayout {
  TupleLayout keys;                      ///< behind the GroupEntry header; `size` is where the states begin
  std::vector<uint32_t> distinct_offset; ///< for each call: of its DistinctSet*, 0 when it has none
  std::vector<uint32_t> state_offset;    ///< for each call
  uint32_t entry_size = 0;
  uint32_t whole_offset = 0;             ///< in a worker's group: of a pointer to the query's own group; 0: rows are not shared out
};

/// What workers write down of a row, for aggregates whose additions have to be made in the order of the rows: the worker's group, its
/// table, then the arguments.
struct UpdateLogLayout {
  struct Call {
    size_t index = 0;         ///< of the aggregate's calls
    size_t first_field = 0;   ///< of its arguments
    size_t wanted_field = 0;  ///< whether the row is added at all
  };
  static constexpr uint32_t kGroupOffset = 0;
  static constexpr uint32_t kTableOffset = 8;
  static constexpr uint32_t kHeaderBytes = 16;

  TupleLayout fields;
  std::vector<Call> calls;  ///< empty: there is no log
};

/// What workers write down of a whole row where most rows are groups of their own: the hash of its keys, its number in the order of the rows, the keys, the arguments.
struct StagedRowLayout {
  struct Call {
    size_t first_field = 0;             ///< of its arguments
    std::optional<size_t> wanted_field; ///< whether the row is added at all; without one every row is
  };
  static constexpr uint32_t kHashOffset = 0;
  static constexpr uint32_t kNumberOffset = 8;
  static constexpr uint32_t kHeaderBytes = 16;

  TupleLayout fields;       ///< the keys first
  std::vector<Call> calls;  ///< of all of the aggregate's
  bool is_used = false;
};

struct AggregateState {
  const plan::Aggregate* node = nullptr;
  const plan::Node* plan_node = nullptr;
  AggregateLayout kept;     ///< of the groups that rows update: the finest grouping
  AggregateLayout shown;    ///< of the rolled-up groups (with the grouping id as first key when there are several sets)
  bool rolls_up = false;    ///< `shown` differs from `kept`: several grouping sets, or windows of several panes
  abi::AggregateSpec spec;
  UpdateLogLayout log;      ///< of queries whose rows are shared out
  StagedRowLayout staged;
};

inline constexpr uint32_t kRememberedGroupBytes = 16;

struct JoinState {
  const plan::Join* node = nullptr;
  TupleLayout layout;       ///< right columns behind the JoinTuple header
  bool has_keys = false;
  /// Of a GroupEntry* that a row remembers for the aggregate behind the join; 0: it does not. Where rows are shared out, of a pair
  /// for each abi::AggregateState::worker: the GroupEntry* and the epoch of the state in which it is right.
  uint32_t group_offset = 0;
  uint32_t matched_offset = 0;  ///< FULL: of a byte that is 1 once the row has had a match; else 0
};

/// What one side of a join of two streams keeps.
struct StreamJoinState {
  const plan::Join* node = nullptr;
  bool is_left = true;
  TupleLayout layout;                  ///< the side's columns behind the StreamJoinRow header
  std::vector<plan::TimeBound> bounds; ///< a row is kept until the watermark reaches the first of them
  abi::StreamJoinSpec spec;

  const plan::Node& side() const { return is_left ? *node->left : *node->right; }
  const std::vector<plan::ExprPtr>& keys() const { return is_left ? node->left_keys : node->right_keys; }
};

/// What one side of a join of changes keeps.
struct CountedRowsState {
  const plan::Join* node = nullptr;
  bool is_left = true;
  TupleLayout layout;          ///< the side's columns behind the CountedRow header
  uint32_t weight_column = 0;  ///< of the side; its field is not used
  abi::CountedRowsSpec spec;

  const plan::Node& side() const { return is_left ? *node->left : *node->right; }
  const std::vector<plan::ExprPtr>& keys() const { return is_left ? node->left_keys : node->right_keys; }
};

struct TupleState {
  TupleLayout layout;
  Schema columns;
  std::vector<abi::SortKey> sort;
  uint32_t visible = 0;     ///< the first columns are the node's output; the rest are sort keys
  std::optional<int64_t> view;  ///< the rows are those of this materialized view
  int64_t max_rows = -1;        ///< of rows kept from batch to batch; -1: they are not
  bool once = false;            ///< rows of a table, for the first batch
  bool passes_changes = false;  ///< a batch's changes, on their way from one operator to the next
  std::optional<abi::ChangesSpec> changes;  ///< a result's rows go in, what has changed comes out
  std::vector<FieldLayout> read;            ///< of `changes`: the columns that come out; else empty: the first `visible` ones
};

/// In front of the state of a frame's DISTINCT aggregate: the pointer to its set.
inline constexpr uint32_t kDistinctSetBytes = 8;

/// Rows under window functions. A row's fields: the input's columns, the results, then what is computed of the row for sorting and as arguments.
struct OverState {
  /// The fields of an aggregate's arguments, and of its FILTER.
  struct Inputs {
    std::vector<size_t> arguments;
    std::optional<size_t> filter;
  };

  const plan::Over* node = nullptr;
  TupleLayout layout;
  std::vector<const expr::Expr*> computed;  ///< one for each field behind the results
  std::vector<Inputs> inputs;               ///< one for each call
  abi::OverSpec spec;

  size_t input_width() const { return node->input->schema.size(); }
  size_t visible() const { return input_width() + node->calls.size(); }
};

/// A scan that several pipelines have together.
struct SharedScan {
  int32_t number = 0;            ///< of Program::shared_scans
  abi::ScanSpec scan;            ///< the fields of all of them
  std::vector<uint32_t> places;  ///< for each of the pipeline's own fields, which of those it is
  int32_t pipelines = 0;
};

struct ScanState {
  abi::ScanSpec scan;
  std::optional<SharedScan> shared;
};

using State = std::variant<AggregateState, JoinState, StreamJoinState, CountedRowsState, TupleState, OverState, ScanState>;

// ---- where a pipeline's rows come from ----
struct ScanSource { const plan::Scan* scan = nullptr; int32_t source = 0; int32_t slot = 0; };
struct AggregateSource { int32_t slot = 0; };
struct TupleSource { int32_t slot = 0; };
struct OverSource { int32_t slot = 0; };
/// The rows of a FULL join's build side that nothing has matched.
struct UnmatchedSource { int32_t slot = 0; };
/// The rows of one side of a join of streams whose time has ended without a match.
struct ExpiredSource { int32_t slot = 0; };
struct ValuesSource { const plan::Values* values = nullptr; };

// ---- what happens to them ----
struct FilterOp { const plan::Filter* node; };
struct ProjectOp { const plan::Project* node; };
struct ObserveOp { const plan::ObserveTime* node; };
struct WindowOp { const plan::WindowAssign* node; };
struct GenerateOp { const plan::Generate* node; };
struct ProbeOp { const plan::Join* node; int32_t slot; };
/// A row of one side of a join of streams: meets the other side's kept rows, then is kept by its own.
struct StreamJoinOp { const plan::Join* node; int32_t own_slot; int32_t other_slot; };
/// A change of one side of a join of changes: meets the other side's rows, then is counted in its own.
struct CountedJoinOp { const plan::Join* node; int32_t own_slot; int32_t other_slot; };
/// `per_query`: counts over the whole job through PipelineContext::rows_limit_left; else over one run of the pipeline.
struct LimitOp { int64_t count; int64_t offset; bool per_query; };

// ---- where they end ----
/// `join_slot`: the join whose matched row decides (and remembers) the group; -1: none.
struct AggregateTarget { int32_t slot = 0; int32_t join_slot = -1; };
struct JoinTarget { int32_t slot = 0; };
/// Evaluates sort keys beside the columns when the node is a Sort.
struct TupleTarget { int32_t slot = 0; const plan::Sort* sort = nullptr; };
struct OverTarget { int32_t slot = 0; };
struct OutputTarget {};

struct Pipeline {
  abi::Phase phase = abi::Phase::Stream;
  std::variant<ScanSource, AggregateSource, TupleSource, OverSource, UnmatchedSource, ExpiredSource, ValuesSource> source;
  std::vector<std::variant<FilterOp, ProjectOp, ObserveOp, WindowOp, GenerateOp, ProbeOp, StreamJoinOp, CountedJoinOp, LimitOp>> ops;
  std::variant<AggregateTarget, JoinTarget, TupleTarget, OverTarget, OutputTarget> target = OutputTarget{};
  std::vector<int32_t> clear_slots;
  std::vector<int32_t> finish_slots;
};

struct PhysicalQuery {
  const plan::Query* query = nullptr;
  std::vector<State> states;
  std::vector<Pipeline> pipelines;   ///< in the order in which they run within their phase
  bool keeps_output = false;
  int64_t row_limit = -1;
  std::vector<Diagnostic> warnings;
  std::optional<abi::ViewSpec> view; ///< where the rows stay
  bool shares_rows = false;          ///< workers compute its rows side by side
  bool needs_one_worker = false;     ///< nor take turns: the order of its rows depends on the blocks in which they are read
  std::string takes_turns_because;   ///< why they do not, though there are several
};

/// Cuts a plan at its breakers. Throws SqlError for plans that cannot run yet.
PhysicalQuery build_pipelines(const plan::Query& query);

/// One line a pipeline, then its states: `explain --stage physical`.
std::string print(const PhysicalQuery& query);
/// `scan iot -> filter -> aggregate #1`
std::string describe(const PhysicalQuery& query, const Pipeline& pipeline);
/// The same, a text for the source, each operator and the target.
std::vector<std::string> describe_steps(const PhysicalQuery& query, const Pipeline& pipeline);
/// A state: `groups: 1 keys, …`
std::string describe(const PhysicalQuery& query, size_t slot);

/// The pipeline's and states' part of what the engine runs; entry i is pipeline i, rollups follow.
void fill_program(const PhysicalQuery& physical, abi::QuerySpec& spec, abi::QuerySharing& sharing);

}  // namespace millrace::pipeline
