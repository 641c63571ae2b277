#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/source_span.h"
#include "compiler/expr/expr.h"
#include "compiler/types/schema.h"
#include "runtime/abi/program.h"

/// The logical plan: a tree of relational operators over bound expressions. Each expression of a node is over the columns of
/// its input (joins: left columns then right columns). Nodes own their children; rules take a plan and return a plan.
namespace millrace::plan {

using expr::ExprPtr;
struct Node;
using NodePtr = std::unique_ptr<Node>;

/// Which changes a node emits: what its consumers must be ready for.
enum class Changes { Append, Upsert, Retract };

/// Reads a stream or a static table. `fields` are the declared text columns that are read, in schema order (pruned by the
/// optimizer); the node's schema is these fields. Computed columns are a Project above it.
struct Scan {
  uint32_t relation = 0;       ///< index into catalog relations: see Query::sources
  std::string name;
  bool is_stream = true;
  std::vector<uint32_t> fields;  ///< ordinals of declared columns, one for each output column
};

/// Notes the largest value of a TIMESTAMP expression over all rows of its stream: the stream's watermark moves by it at the
/// batch's end. Stands directly above the scan (and the computed columns that it needs), below every filter.
struct ObserveTime { NodePtr input; ExprPtr time; int64_t delay_us = 0; };

struct Values { std::vector<std::vector<ExprPtr>> rows; };
struct Filter { NodePtr input; ExprPtr predicate; };
struct Project { NodePtr input; std::vector<ExprPtr> exprs; };

enum class WindowKind : uint8_t {
  Sliding,     ///< of one size, a new one every slide: tumbling and hopping windows
  Cumulating,  ///< grows by steps of slide up to size, then begins anew
  Session,     ///< from the first to the last of rows of one group that are at most a gap apart, and a gap longer
};

struct WindowSpec {
  int64_t size_us = 0;    ///< a session's gap
  int64_t slide_us = 0;   ///< equal to size when tumbling, and for sessions
  int64_t offset_us = 0;
  WindowKind kind = WindowKind::Sliding;

  bool operator==(const WindowSpec&) const = default;
};

/// One output row for each window that the row's time lies in: the input's columns, then window_start and window_end
/// (TIMESTAMP, NOT NULL). A row whose time is NULL gives none. Which session a row lies in is known to the Aggregate above alone:
/// rule fuse_windows makes the two one.
struct WindowAssign { NodePtr input; ExprPtr time; WindowSpec window; };

/// Rows out of a collection: for each element of an ARRAY or entry of a MAP the input's columns, then `pos` INT if
/// `with_position`, then the element (an entry: key and value; the fields of a STRUCT if `inlines`). A NULL or empty
/// collection gives no row, or one whose generated columns are NULL if `outer`.
struct Generate {
  NodePtr input;
  ExprPtr collection;
  bool outer = false;
  bool with_position = false;
  bool inlines = false;
};

struct AggregateCall {
  const AggregateFunction* function = nullptr;
  std::vector<ExprPtr> arguments;
  bool distinct = false;
  ExprPtr filter;  ///< may be null
  SqlType type;
  bool nullable = true;
  std::string name;  ///< for printing
  SourceSpan span;
};

/// A grouping set is a word of bits.
inline constexpr size_t kMaxGroupKeys = 64;
/// The grouping set of all of `keys` keys, which are at most kMaxGroupKeys.
inline uint64_t all_keys(size_t keys) { return keys == kMaxGroupKeys ? ~uint64_t{0} : (uint64_t{1} << keys) - 1; }

/// Output columns, in this order: `window_start`, `window_end` if `window` (the optimizer has fused the WindowAssign below), the keys
/// (NULL in grouping sets that lack them), `grouping_id` BIGINT if `emits_grouping_id`, the calls.
struct Aggregate {
  NodePtr input;
  std::vector<ExprPtr> keys;
  /// A bit for each key (bit i: key i takes part); a plain GROUP BY has one set with all bits.
  std::vector<uint64_t> grouping_sets;
  bool emits_grouping_id = false;  ///< Spark's: bit (n-1-i) set when key i is rolled up
  std::vector<AggregateCall> calls;
  bool is_distinct = false;        ///< SELECT DISTINCT: keys only; under APPEND and UPDATE each group is shown once, when first seen
  /// Which key carries the stream's watermark (an event-time column, or a window_end): late rows are dropped and groups forgotten by it.
  std::optional<uint32_t> time_key;
  /// Fused window (rule fuse_windows): every grouping set has it as an implied first key.
  std::optional<WindowSpec> window;
  ExprPtr window_time;             ///< over the input; null unless `window`
  bool window_has_watermark = false;  ///< the window's time is a watermarked event time
  /// Its groups are kept, and a batch shows those that it has changed (without keys the one group, always), whatever the query's mode.
  bool is_maintained = false;
};

/// LeftMark gives every left row once, with whether it has a match; LeftSingle is a LEFT join whose query fails when a left row has two
/// matches: what EXISTS and scalar subqueries become [Neumann, Leis and Kemper, "The complete story of joins (in HyPer)", BTW 2017].
enum class JoinKind { Inner, Left, Right, Full, LeftSemi, LeftAnti, Cross, LeftMark, LeftSingle };
/// Whether a join's output has no columns of its right side.
inline bool shows_left_only(JoinKind kind) {
  return kind == JoinKind::LeftSemi || kind == JoinKind::LeftAnti || kind == JoinKind::LeftMark;
}
/// Whether columns of the right side may be NULL because a left row has no match.
inline bool pads_right(JoinKind kind) {
  return kind == JoinKind::Left || kind == JoinKind::LeftSingle || kind == JoinKind::Full;
}
/// Output: left columns, then right columns; of SEMI and ANTI joins the left columns alone, of MARK joins a BOOLEAN behind them. `right` is the build side: static, or a
/// stream when `left` is one too: then both sides are kept as long as a match can come (see join_bounds.h).
struct Join {
  JoinKind kind = JoinKind::Inner;
  NodePtr left, right;
  std::vector<ExprPtr> left_keys, right_keys;  ///< equal pairwise, each over its own side; NULL never matches
  ExprPtr condition;                           ///< over both sides' columns; may be null
  /// Both or none: the rows of the sides are changes, each with its weight, which both sides' columns go on carrying (1 beside a row without a match).
  /// A BIGINT column of its own side.
  ExprPtr left_weight = nullptr, right_weight = nullptr;
  int64_t max_rows = 0;  ///< of changes: that a side may keep

  bool joins_changes() const { return left_weight != nullptr; }
};

struct Union { std::vector<NodePtr> inputs; };

struct SortItem { ExprPtr expr; bool descending = false; bool nulls_first = true; };
struct Sort { NodePtr input; std::vector<SortItem> items; };

/// Where the frame of a window function begins or ends; see abi::FrameBound. Both ends belong to the frame.
struct FrameBound {
  abi::FrameBound::Kind kind = abi::FrameBound::Kind::Partition;
  int64_t rows = 0;  ///< of Rows: from the row in hand, below 0 in front of it; of Value: the sign alone
  ExprPtr value;     ///< of Value: the bound of the row in hand, over the input
};
struct Frame {
  FrameBound start, end;
  ExprPtr key;       ///< what Value bounds are compared with: the only sort key, of the bounds' type; else null
};
/// A window function. `call` has its arguments, FILTER, type and name; its `function` is null unless it is an aggregate. Of Shift the arguments are
/// the value and, if there is one, what stands for a row that is not there.
struct OverCall {
  abi::OverFunction function = abi::OverFunction::RowNumber;
  AggregateCall call;
  int64_t number = 0;         ///< see abi::OverFunction
  bool ignore_nulls = false;
  Frame frame;                ///< of Nth, Last and Aggregate
};
/// Window functions of one partitioning and order. Output: the input's columns, then one for each call; rows by partition and order.
struct Over {
  NodePtr input;
  std::vector<ExprPtr> partition;
  std::vector<SortItem> order;
  std::vector<OverCall> calls;
  /// Of each partition only the rows up to this number by `ranked_by` (RowNumber, Rank or DenseRank) need come out.
  int64_t rank_max = INT64_MAX;
  abi::OverFunction ranked_by = abi::OverFunction::RowNumber;
  bool is_maintained = false;  ///< over rows that only come, which it keeps: a batch brings the rows of the partitions that it has added to
};
struct Limit { NodePtr input; int64_t count = -1; int64_t offset = 0; };  ///< count -1: no limit

/// The boundary above which a streaming query is evaluated anew in each batch, as over tables. Below it are rows that are only ever added, which are
/// kept, or an aggregate over such rows, whose groups are kept anyway. Nothing above it is a stream. A table below it is kept, too, because what
/// stands above wants its rows in each batch.
/// With `once` the rows of a table come in the first batch alone: as changes.
struct Keep { NodePtr input; int64_t max_rows = 0; bool once = false; };

/// Makes changes of rows that replace others: the input's first `visible` columns and a BIGINT weight, 1 of a row that has come, -1 of one that has gone
/// [Budiu, Chajed, McSherry, Ryzhyk and Tannen, "DBSP: automatic incremental view maintenance for rich query languages", VLDB 2023]. The changes of
/// a batch come at its end, of each row what the batch has changed in all.
struct Differentiate {
  NodePtr input;
  bool whole = false;                ///< a batch brings all rows; else the rows of the keys that it changed
  bool has_keys = false;             ///< there is one row at most for each value of `keys`; else rows are told apart by all that they hold
  std::vector<uint32_t> keys;
  std::optional<uint32_t> present;   ///< a BOOLEAN column, FALSE when the key has no row any more
  uint32_t visible = 0;
  int64_t max_rows = 0;
};

/// The opposite: the rows that changes have left, all of them in each batch. The input's last column is the weight. What stands above is evaluated anew.
/// With `group` only the rows of those groups come that a batch has changed, with a BOOLEAN behind them, TRUE; and for a group that has no rows any more
/// one that has gone, with FALSE. What stands above is evaluated anew for these groups alone.
struct Integrate {
  /// A column that rows are ordered by.
  struct Order {
    uint32_t column = 0;
    bool descending = false;
    bool nulls_first = true;

    bool operator==(const Order&) const = default;
  };

  NodePtr input;
  bool has_keys = false;
  std::vector<uint32_t> keys;
  int64_t max_rows = 0;
  std::vector<Order> order;  ///< then by arrival
  int64_t first = -1;        ///< only so many rows in this order are wanted; -1: all
  std::optional<std::vector<uint32_t>> group = {};  ///< `first` then counts in each group, by `ranked_by` (RowNumber, Rank or DenseRank)
  abi::OverFunction ranked_by = abi::OverFunction::RowNumber;
};

/// The root of a query whose rows go out as changes: what a batch has added to its result, taken back and replaced. Its columns
/// are those of the input that the query shows, by `form` with an operation in front or twice, before and after.
struct ShowChanges {
  NodePtr input;
  abi::ChangeForm form = abi::ChangeForm::NewRows;
  bool whole = false;                 ///< a batch brings the whole result; else the rows of the groups that it changed
  bool has_keys = false;              ///< the result has one row at most for each value of `keys`; else rows are told apart by all that they hold
  std::vector<uint32_t> keys;
  std::optional<uint32_t> present;    ///< unless `whole`: a BOOLEAN column, FALSE when the row's group has left the result
  std::optional<uint32_t> weight;     ///< the input's rows are changes with this weight, and bring what a batch has changed; then not `whole`
  std::optional<uint32_t> final_time; ///< unless `whole`: a TIMESTAMP column; a row never changes once the watermark has reached it
  uint32_t visible = 0;               ///< the input's first columns are shown; those behind them only tell rows apart
  int64_t max_rows = 0;
};

struct Node {
  using Op = std::variant<Scan, ObserveTime, Values, Filter, Project, WindowAssign, Generate, Aggregate, Join, Union, Sort, Over, Limit, Keep, Differentiate, Integrate,
                          ShowChanges>;
  Op op;
  Schema schema;                        ///< of the output
  Changes changes = Changes::Append;
  std::optional<uint32_t> watermark_column;  ///< output column that carries the event time under the stream's watermark
  bool is_stream = false;               ///< reads a stream somewhere below
  SourceSpan span;
};

/// A relation that scans read: what the engine must open, or a materialized view.
struct Source {
  abi::SourceSpec spec;
  Schema columns;   ///< the declared (or inferred) text columns; a view's, those that are not shown among them
  SourceSpan span;
  std::optional<int64_t> view;  ///< the number of a materialized view, whose rows are read as they stand; `spec` has its name only
};

/// What becomes of the rows of a materialized view's query: see abi::ViewSpec.
struct ViewTarget {
  int64_t id = 0;
  int64_t max_rows = 0;
  abi::ViewKeeping keeping = abi::ViewKeeping::Accumulate;
  std::vector<uint32_t> keys;        ///< of Upsert: columns of the root
  std::optional<uint32_t> present;   ///< of Upsert: a BOOLEAN column, FALSE when the row's group has left the result
};

/// A query as it will run.
struct Query {
  NodePtr root;
  NodePtr meaning;                ///< of a root that maintains changes: the same as a query over all rows; else null. For tests
  std::string name;               ///< sink's or view's name, or "query N"
  std::vector<Source> sources;    ///< Scan::relation indexes these
  bool streaming = true;          ///< reads a stream
  abi::EmitMode mode = abi::EmitMode::Append;
  std::string late_table;         ///< under which its late rows are kept; empty: nothing reads them
  bool evaluates_anew = false;    ///< there is a Keep, or changes are maintained: aggregates of streams show and keep all groups, whatever the mode
  int32_t generators = 0;         ///< of random numbers with a seed: as many of its calls have one
  abi::TriggerSpec trigger;
  abi::SinkSpec sink;
  std::optional<ViewTarget> view;  ///< in place of a sink
  SourceSpan span;
};

}  // namespace millrace::plan
