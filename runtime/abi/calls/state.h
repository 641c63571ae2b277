#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/group_table.h"
#include "runtime/abi/state_spec.h"

/// State operations that generated code calls. Bodies in runtime/state. None throws; memory that cannot be had ends the process
/// with a message.
namespace millrace::abi {

struct TupleBuffer;
struct DistinctSet;

extern "C" {

/// Adds a group whose key is not in the table yet: returns it with hash set and everything else zero; the caller writes the
/// keys. nullptr: the table grows, and what may be the group has just been moved to where it is looked for, so that the caller looks again;
/// table->slots is the same then. May replace table->slots otherwise. For a table without keys sets only_entry.
GroupEntry* mr_group_insert(GroupTable* table, uint64_t hash) noexcept;
/// Appends a group to the list of those changed in this batch; the caller has set entry->touched.
void mr_group_touch(GroupTable* table, GroupEntry* entry) noexcept;
/// Copies bytes into the table's own arena: for string keys and string states; lives as long as the table's groups.
const char* mr_group_keep(GroupTable* table, const char* bytes, int64_t size) noexcept;

/// The table of the pane that starts at `pane_start_us` (for TimeKind::Key: the key's value), made if need be; also becomes
/// state->current. nullptr when all of the pane's windows have ended at or before ctx->watermark_us and the aggregate
/// drops late rows: the caller counts the row in ctx->rows_late and leaves it.
GroupTable* mr_pane_table(PipelineContext* ctx, AggregateState* state, int64_t pane_start_us) noexcept;

/// Prepares what the batch has to show; returns the number of units, in order of window start.
int64_t mr_aggregate_emit_begin(PipelineContext* ctx, AggregateState* state) noexcept;
/// The i-th unit, 0 <= i < count, asked for in order; valid until the next one is asked for. Runs the rollup if there is one.
const EmitUnit* mr_aggregate_emit_unit(PipelineContext* ctx, AggregateState* state, int64_t i) noexcept;
/// Forgets what has been closed, clears the list of changed groups, begins a new epoch.
void mr_aggregate_emit_end(PipelineContext* ctx, AggregateState* state) noexcept;

/// A set of values for one group of a DISTINCT aggregate; owned by the table. `*set` is nullptr until the first value.
/// Returns true when the value is new. Strings are copied. NaN equals NaN, -0.0 equals 0.0.
bool mr_distinct_add_int(GroupTable* table, DistinctSet** set, int64_t value) noexcept;
bool mr_distinct_add_double(GroupTable* table, DistinctSet** set, double value) noexcept;
bool mr_distinct_add_string(GroupTable* table, DistinctSet** set, const StringRef* value) noexcept;
/// Number of values; 0 for nullptr.
int64_t mr_distinct_count(const DistinctSet* set) noexcept;
/// The values in order of arrival, to merge one set into another: i in [0, count).
int64_t mr_distinct_int(const DistinctSet* set, int64_t i) noexcept;
double mr_distinct_double(const DistinctSet* set, int64_t i) noexcept;
void mr_distinct_string(const DistinctSet* set, int64_t i, StringRef* out) noexcept;

/// Room for a record of `size` bytes at the end of a log that has none left.
char* mr_log_grow(UpdateLog* log, int64_t size) noexcept;
/// Copies bytes for a record: they live until the log's records have been used.
const char* mr_log_keep(UpdateLog* log, const char* bytes, int64_t size) noexcept;

/// A new row of the build side, its fields zero; the caller writes them.
JoinTuple* mr_join_insert(JoinTable* table, uint64_t hash) noexcept;
const char* mr_join_keep(JoinTable* table, const char* bytes, int64_t size) noexcept;
/// All rows in order of arrival; JoinTable::count of them.
JoinTuple* const* mr_join_rows(const JoinTable* table) noexcept;

/// A new row of a tuple buffer, zero; the caller writes its fields.
char* mr_tuple_append(TupleBuffer* buffer) noexcept;
const char* mr_tuple_keep(TupleBuffer* buffer, const char* bytes, int64_t size) noexcept;
/// The rows in their order (sorted ones after the buffer was finished).
int64_t mr_tuple_count(const TupleBuffer* buffer) noexcept;
char* const* mr_tuple_rows(const TupleBuffer* buffer) noexcept;

/// Scratch memory until the end of the block. Never fails, never returns nullptr.
char* mr_scratch(PipelineContext* ctx, int64_t size) noexcept;

}  // extern "C"

/// Makes the additions of `count` records of an update log to the groups of the query's own state: generated code.
using ReplayFn = void (*)(PipelineContext* ctx, AggregateState* whole, const char* records, int64_t count);

/// Adds rows that workers wrote down, `count` records, to the groups of one part: generated code.
using AddStagedFn = void (*)(PipelineContext* ctx, AggregateState* whole, GroupTable* part, const char* records, int64_t count);

/// Merges source groups into `target`, once for each grouping set: generated code. Groups whose `touched` equals the state's
/// epoch make their target groups touched.
using RollupFn = void (*)(PipelineContext* ctx, AggregateState* state, GroupTable* target, GroupEntry* const* entries,
                          int64_t count);

}  // namespace millrace::abi
