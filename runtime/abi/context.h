#pragma once

#include <cstdint>

#include "runtime/abi/output_buffer.h"
#include "runtime/abi/string_ref.h"

namespace millrace::abi {

struct Arena;     ///< runtime/state/arena.h: bump allocation
struct TimeZone;  ///< runtime/time/time_zone.h: the session's zone
struct RandomState;  ///< runtime/abi/random_state.h: a generator of random numbers
struct BadRows;   ///< runtime/formats/bad_rows.h: error rows whose lines are to be kept

/// What went wrong inside a pipeline; read once after each call.
enum class PipelineError : int32_t { None = 0, BadRecord = 1, OutOfMemory = 2, Limit = 3, SeveralRows = 4 };

/// Everything that generated code may touch besides its input block. One for each query, owned by the engine's
/// QueryRunner, used by one thread. Standard layout: generated code reads its members by offset.
struct PipelineContext {
  void** states;             ///< the query's state slots, in the order of its StateSpecs
  Arena* scratch;            ///< strings made while a row is computed; reset after each block
  OutputBuffer* output;
  const TimeZone* time_zone;
  int64_t watermark_us;      ///< as it stood when the batch began; INT64_MIN while there is none
  int64_t next_watermark_us; ///< as it stands at the batch's end: set by the engine before the Emit pipelines run
  int64_t batch_time_us;     ///< what current_timestamp gives: the batch's start
  int64_t batch_id;
  int64_t sequence;          ///< number of rows aggregated so far: gives first() and last() their order
  int64_t max_event_time_us; ///< the largest event time of the source now read; INT64_MIN when none was seen in this batch
  int64_t rows_late;         ///< dropped because late, since the job began
  int64_t rows_bad;          ///< error rows, since the job began
  int64_t rows_limit_left;   ///< LIMIT of an append query: rows that may still go out
  PipelineError error;
  int32_t restarts_random;   ///< the pipeline in hand computes its rows anew in each batch
  int64_t error_row;         ///< BadRecord: row of the block
  RandomState* random;       ///< of each call with a seed, by its number
  BadRows* bad_rows;         ///< of scans that note their error rows
  int64_t merged_bytes_max;  ///< what groups that are merged for a result may take more than before; beyond it OutOfMemory. 0: whatever they take
};

}  // namespace millrace::abi
