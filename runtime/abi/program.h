#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/abi/context.h"
#include "runtime/abi/line_block.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/abi/state_spec.h"

/// What the compiler hands to the engine: plain data and pointers to compiled functions.
namespace millrace::abi {

/// Runs a pipeline over rows [from, to) of a block. Pipelines that read states get block == nullptr, from == to == 0.
using PipelineFn = void (*)(PipelineContext* ctx, const LineBlock* block, int64_t from, int64_t to);

/// The machine code of one query. An entry may be replaced by a better tier at any time between two calls: load it anew
/// for each batch. Owned by the Program; what it points into is kept alive by `keep_alive`.
struct CompiledCode {
  explicit CompiledCode(size_t entries) : entry(entries) {}
  std::vector<std::atomic<void*>> entry;
  std::shared_ptr<void> keep_alive;  // shared with the background compile thread, which may outlive the job
  /// Asks for the optimised tier and returns at once. The engine calls it when a query has had enough rows for that to pay, from
  /// any thread, any number of times. Empty when there is no further tier.
  std::function<void()> request_optimised;
  std::atomic<int64_t> fast_us = 0;       ///< what compiling the first tier took; 0 when the query began optimised
  std::atomic<int64_t> optimised_us = 0;  ///< the same for the optimised tier; 0 until its code runs
};

/// The connector of the tables `stream$errors` and `query$late`: lines that the job has kept in memory.
inline constexpr const char* kKeptLinesConnector = "kept lines";

using Options = std::map<std::string, std::string>;  ///< checked and completed with defaults; keys lower-case

/// A text source: a stream, or a static table's file.
struct SourceSpec {
  std::string name;       ///< of the stream or table
  std::string connector;  ///< 'socket', 'file', 'stdin', 'generator'
  Options options;        ///< connector and format options; paths made absolute
  Format format = Format::Json;
  bool is_table = false;  ///< read once, to its end, by Setup pipelines
  bool bounded = false;
  std::optional<int64_t> watermark_delay_us;  ///< the stream declares a watermark
};

enum class Phase : uint8_t {
  Setup,   ///< once, before the first batch, in order
  Stream,  ///< for each block of its source
  Emit,    ///< at the end of each batch, in order
  Copy,    ///< when a materialized view wants its rows in fresh memory
};

struct PipelineSpec {
  std::string name;         ///< e.g. "q0.p1 scan iot -> filter -> aggregate": shown by explain
  Phase phase = Phase::Stream;
  int32_t entry = 0;        ///< into CompiledCode::entry
  int32_t source = -1;      ///< into Program::sources; -1: reads states only
  bool observes_time = false;         ///< sets ctx->max_event_time_us
  std::vector<int32_t> clear_slots;   ///< states emptied before it runs (tuple buffers, aggregates recomputed in each batch)
  std::vector<int32_t> finish_slots;  ///< states finished after it ran over all of its input (join tables, sorted buffers)
};

enum class TriggerKind : uint8_t { Auto, Interval, Rows, Once };

struct TriggerSpec {
  TriggerKind kind = TriggerKind::Auto;
  int64_t interval_us = 0;  ///< Interval: multiples since the epoch
  int64_t rows = 0;         ///< Rows: a batch's rows; PER RECORD is 1
  int64_t latency_us = 0;   ///< Auto: the target, 0 when none is stated
};

/// A result column as sinks name it.
struct OutputColumn {
  std::string name;
  std::string type;       ///< SQL spelling
  bool right_aligned = true;
};

struct SinkSpec {
  std::string name;       ///< of CREATE SINK, empty for a bare SELECT (console)
  std::string connector;  ///< 'console', 'file', 'blackhole'
  Options options;
  OutputFormat format = OutputFormat::Table;
  ChangeForm changes = ChangeForm::NewRows;  ///< other than NewRows: formats 'changelog' and 'debezium'
};

struct QuerySpec {
  std::string name;                 ///< the sink's or view's name, else "query N"
  bool streaming = true;            ///< false: over tables alone, runs once
  EmitMode mode = EmitMode::Append;
  TriggerSpec trigger;
  SinkSpec sink;
  std::vector<OutputColumn> columns;
  std::vector<StateSpec> states;    ///< the slots of PipelineContext::states
  std::vector<std::string> state_names;  ///< one for each: what keeps it, for messages, e.g. "the groups of GROUP BY gt (line 3)"
  std::vector<PipelineSpec> pipelines;
  std::vector<int32_t> sources;     ///< streams that it reads
  std::optional<ViewSpec> view;     ///< the rows stay in memory: a materialized view's query
  bool reads_views = false;         ///< a query over materialized views or kept lines: runs once, when the streams have ended
  std::string late_table;           ///< under which the lines of its late rows are kept; empty: they are only counted
  bool keeps_output = false;        ///< COMPLETE without aggregation: rows accumulate and are shown again
  int64_t row_limit = -1;           ///< LIMIT under APPEND, over the job
  int32_t generators = 0;           ///< of random numbers with a seed
  double compile_ms = 0;            ///< SQL text to native code
  std::string shape;                ///< the plan and what it keeps, a line each thing: what a checkpoint of another query has differently
  std::shared_ptr<CompiledCode> code;  // shared with the background compile thread
};

struct Program {
  std::vector<SourceSpec> sources;
  std::vector<ScanSpec> shared_scans;  ///< the fields that several pipelines read of a source, found once for all of them
  std::vector<QuerySpec> queries;   ///< in the order of the file; static ones run when they are reached
  std::string time_zone = "UTC";
  int64_t max_kept_lines = 10'000;  ///< of each table of bad or late lines; the latest are kept
  int64_t memory_limit_bytes = 0;   ///< of all queries' states and buffers together; 0: none
};

}  // namespace millrace::abi
