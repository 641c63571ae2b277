#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "runtime/abi/scan_spec.h"

namespace millrace::abi {

enum class EmitMode : int32_t { Append, Update, Complete };

/// Which groups an aggregate's emission shows.
enum class EmitWhat : int32_t {
  Closed,   ///< windows (or time keys) that the watermark has passed; they are then forgotten
  Touched,  ///< groups that the batch changed; closed ones are then forgotten
  All,      ///< every group; nothing is forgotten
  Inserted, ///< SELECT DISTINCT: groups first seen in the batch
};

/// Where the time of an aggregate's groups comes from.
enum class TimeKind : int32_t {
  None,    ///< no watermark bears on it: one table
  Window,  ///< panes of a tumbling or hopping window
  Key,     ///< a key is itself a time (the pane is that key's value): late and forgotten when key <= watermark
  Session, ///< sessions of each key: a SessionState keeps them
};

/// How a field of an entry or of a kept row owns memory outside of it.
enum class OwnedKind : uint8_t {
  Text,        ///< a StringRef
  KeptString,  ///< hot/aggregates/kept_string.h
  Distinct,    ///< a DistinctSet*
  Collected,   ///< a CollectState
  Values,      ///< a ValueCounts*
};

/// What a checkpoint has to write besides the bytes of an entry or row.
struct OwnedField {
  uint32_t offset = 0;
  OwnedKind kind = OwnedKind::Text;
};

struct AggregateSpec {
  uint32_t entry_size = 0;   ///< bytes, GroupEntry included; a multiple of 8
  bool has_keys = true;      ///< false: a table has one group; under TimeKind::None it exists from the start
  TimeKind time = TimeKind::None;
  bool drops_late = false;   ///< late rows are dropped and windows forgotten (APPEND and UPDATE with a watermark)
  int64_t size_us = 0;       ///< a session's gap
  int64_t slide_us = 0;
  int64_t offset_us = 0;
  int64_t pane_us = 0;       ///< width of a pane
  bool cumulates = false;    ///< windows begin every size_us and grow by steps of slide_us
  uint32_t keys_size = 0;    ///< bytes of an entry up to its states (sessions)
  std::vector<uint32_t> text_keys;  ///< offsets of the StringRefs among an entry's keys (sessions)
  bool states_own_memory = false;   ///< some aggregate keeps strings or sets (sessions)
  EmitWhat what = EmitWhat::All;
  /// Entry of the generated function that merges groups into a target table: needed when a window has several panes, when
  /// there are several grouping sets, and when sessions meet; -1 when groups are shown as they are kept.
  int32_t rollup_entry = -1;
  std::vector<OwnedField> owned;   ///< of an entry, keys and states
  uint32_t saved_size = 0;         ///< bytes of an entry that a checkpoint keeps: what belongs to workers follows
  std::string unsaved;             ///< an aggregate whose state a checkpoint cannot keep; empty: there is none
  uint32_t rollup_entry_size = 0;  ///< bytes of a group of the target table
  bool rollup_has_keys = true;
};

struct JoinSpec {
  uint32_t tuple_size = 0;  ///< bytes, JoinTuple included
};

/// What one side of a join of two streams keeps.
struct StreamJoinSpec {
  uint32_t row_size = 0;         ///< bytes, StreamJoinRow included
  uint32_t segment_bits = 0;     ///< rows that expire within 2^segment_bits microseconds share their memory and leave together
  bool shows_unmatched = false;  ///< a row without a match is shown when its time is over
  std::vector<OwnedField> owned; ///< of a row
};

enum class CellKind : uint8_t { Boolean, Int64, Double, Decimal, String };

struct SortKey {
  uint32_t offset = 0;
  uint32_t null_offset = 0;  ///< of a byte that is 1 when the value is NULL; UINT32_MAX: never NULL
  CellKind kind = CellKind::Int64;
  bool descending = false;
  bool nulls_first = true;
};

/// Rows between two pipelines: an ORDER BY, a subquery that is read twice, VALUES, a stream's rows that are kept.
struct TupleBufferSpec {
  uint32_t tuple_size = 0;
  std::vector<SortKey> sort;  ///< empty: order of arrival
  int64_t max_rows = -1;      ///< of rows that are kept from batch to batch: more end the query; -1: no limit
  std::vector<OwnedField> owned;
  bool once = false;          ///< the rows are forgotten when the first batch has read them
};

/// A window function: what a row gets from the rows around it.
enum class OverFunction : uint8_t {
  RowNumber,
  Rank,
  DenseRank,
  PercentRank,
  CumeDist,
  Ntile,      ///< `number` buckets
  Shift,      ///< the value of the row `number` rows on (lead) or, when negative, back (lag)
  Nth,        ///< the value of the `number`-th row of the frame, from 1
  Last,       ///< of the frame's last row
  Aggregate,
};

/// Where a frame begins or ends.
struct FrameBound {
  enum class Kind : uint8_t {
    Partition,  ///< at the end of the partition that lies on its side
    Rows,       ///< at the row `rows` on from the row in hand
    Peers,      ///< at the first or last of the rows that are equal in order to the row in hand
    Value,      ///< at the first or last row whose key is not beyond the value that the row in hand has in `value`
  };
  Kind kind = Kind::Partition;
  int64_t rows = 0;  ///< of Value: below 0 when the bound lies before the row, above when behind
  SortKey value{};
};
struct Frame {
  FrameBound start, end;
  SortKey key{};  ///< what Value bounds are compared with
};

/// Bytes of one field of a tuple that go to another field. Without a source they become zero.
struct FieldCopy {
  static constexpr uint32_t kNothing = UINT32_MAX;
  uint32_t from = kNothing;
  uint32_t to = 0;
  uint32_t size = 0;
};

struct OverCall {
  OverFunction function = OverFunction::RowNumber;
  int64_t number = 0;
  uint32_t frame = 0;                      ///< into OverSpec::frames; of Nth, Last and Aggregate
  uint32_t result_offset = 0;
  uint32_t result_null_offset = UINT32_MAX;
  std::vector<FieldCopy> value;            ///< the value to the result (Shift, Nth, Last); the result to itself (Aggregate)
  std::vector<FieldCopy> otherwise;        ///< of Shift: where there is no such row; empty: NULL
  // Rows that Shift, Nth and Last pass over: offsets of bytes, UINT32_MAX when there is no such test.
  uint32_t filter_offset = UINT32_MAX;      ///< not 1
  uint32_t filter_null_offset = UINT32_MAX; ///< 1
  uint32_t value_null_offset = UINT32_MAX;  ///< 1: NULLs are ignored
  // Aggregate:
  uint32_t state_size = 0;
  int32_t add_entry = -1, merge_entry = -1, finish_entry = -1;  ///< generated: see calls/over.h
  bool merges = false;       ///< parts may be aggregated apart
  bool merges_exactly = false;  ///< with the same result to the last bit
};

/// The rows over which window functions of one partitioning and order are computed.
struct OverSpec {
  uint32_t tuple_size = 0;
  std::vector<SortKey> sort;    ///< partition, then order
  uint32_t partition_keys = 0;  ///< how many of them are the partition's
  std::vector<Frame> frames;
  std::vector<OverCall> calls;
  std::vector<uint32_t> text_fields;  ///< offsets of the StringRefs that are not results
  /// Nobody looks at rows of a partition whose RowNumber, Rank or DenseRank is beyond `rank_max`: they need not be kept.
  int64_t rank_max = INT64_MAX;
  OverFunction ranked_by = OverFunction::RowNumber;
  bool shows_changed = false;  ///< a batch reads the partitions that have got rows in it, else all
};

/// A value by which a materialized view tells groups apart.
struct ViewKey {
  uint32_t offset = 0;       ///< in the tuple
  uint32_t null_offset = 0;  ///< of a byte that is 1 when the value is NULL
  CellKind kind = CellKind::Int64;
};

/// What one side of a join of changes keeps: the rows that are there now, see CountedRow.
struct CountedRowsSpec {
  uint32_t row_size = 0;         ///< bytes, CountedRow included
  bool only_adds = false;        ///< no row ever goes
  bool at_most_one = false;      ///< a row with more than one match when a batch ends fails the query
  int64_t max_rows = 0;          ///< more end the query
  std::vector<ViewKey> values;   ///< what tells rows apart
  std::vector<OwnedField> owned; ///< of a row: texts
};

/// The rows of a materialized view as they stand when the query begins.
struct ViewScanSpec {
  int64_t view = 0;  ///< ViewSpec::id
};

/// How changes of a result are written.
enum class ChangeForm : uint8_t {
  NewRows,   ///< new rows and the new values of changed ones, nothing of what has gone: EMIT UPDATE in plain formats
  Op,        ///< an operation in front of each row: +I, -U, +U, -D
  Envelope,  ///< Debezium's: the row before and after, and c, u or d
  Weights,   ///< to operators: what has gone with weight -1, what has come with weight 1, in place of the operation
  AllRows,   ///< to operators: all rows as they stand, in the order in which they have come
};

/// What makes changes of a query's results: the rows of the last one, by key.
///
/// A result row begins with 16 bytes for the operation's StringRef. A row of changes is the result row; or of Envelope two of them, one behind the
/// other, before and after: the second one's first two bytes say whether the one and the other is missing.
struct ChangesSpec {
  uint32_t row_size = 0;      ///< of a result row
  ChangeForm form = ChangeForm::NewRows;
  bool whole = false;         ///< a batch brings the whole result; else what it has of new rows takes the place of those of the same key
  bool has_keys = false;      ///< false: rows are told apart by all values, and two may be the same
  std::vector<ViewKey> keys;  ///< none, if `has_keys`: there is one row at most
  std::vector<ViewKey> values;      ///< all values of a row that are shown
  std::vector<uint32_t> texts;      ///< where StringRefs stand
  int32_t present_offset = -1;      ///< a byte that is 0 when the row's key has left the result; -1: there is none
  int32_t weight_offset = -1;       ///< of an int64_t: how often the row has come, or below 0 gone. -1: rows replace others as `whole` says
  int32_t final_time_offset = -1;   ///< of a TIMESTAMP: the row never changes once the watermark has reached it; -1: there is none
  int32_t final_time_null = -1;     ///< of its NULL byte
  int64_t max_rows = 0;             ///< a result of more ends the query
  std::vector<SortKey> sort;        ///< of AllRows: the order of rows, then by arrival
  int64_t first_rows = -1;          ///< of AllRows: only so many are shown; -1: all
  bool by_group = false;            ///< of AllRows: only rows of the groups that a batch has changed are shown, the first ones of each by `ranked_by`; see kPresentOffset
  std::vector<ViewKey> group;       ///< what makes a group
  OverFunction ranked_by = OverFunction::RowNumber;  ///< what `first_rows` counts: RowNumber, Rank or DenseRank

  static constexpr uint32_t kOpOffset = 0;
  static constexpr uint32_t kWeightOffset = 0;  ///< of Weights: an int64_t
  static constexpr uint32_t kPresentOffset = 0; ///< by group: a byte, 0 in the row that stands for a group that has none any more
  static constexpr uint32_t kHeaderBytes = 16;
};

enum class ViewKeeping : uint8_t {
  Accumulate,  ///< every batch's rows stay
  Replace,     ///< a batch's rows are all there is
  Upsert,      ///< a batch's rows take the place of those of the same key
};

/// What a materialized view keeps of its query's rows.
struct ViewSpec {
  int64_t id = 0;            ///< names may come again, this does not
  std::string name;
  ViewKeeping keeping = ViewKeeping::Accumulate;
  int64_t max_rows = 0;      ///< a batch that would leave more fails
  std::vector<ViewKey> keys; ///< of Upsert; none: there is one group
  int32_t present_offset = -1;  ///< of Upsert: a byte that is 0 when the row's group has left the result; -1: none does
  int32_t result_slot = -1;  ///< the tuple buffer that a batch's rows come in
  int32_t copy_slot = -1;    ///< of Upsert: an empty tuple buffer; the Copy pipeline copies its rows into the result slot
};

/// What a pipeline has learned about its input's shape (json) or its column positions (csv).
struct ScanStateSpec {
  ScanSpec scan;
  int32_t shared = -1;  ///< into Program::shared_scans, which then stands for `scan`
};

using StateSpec = std::variant<AggregateSpec, JoinSpec, StreamJoinSpec, CountedRowsSpec, TupleBufferSpec, OverSpec, ScanStateSpec, ViewScanSpec, ChangesSpec>;

}  // namespace millrace::abi
