#pragma once

#include <cstdint>

namespace millrace::abi {

enum class OutputFormat : uint8_t { Table, Json, Csv };

/// Where a pipeline writes its result rows as text, in the sink's format; drained by the sink at the end of the batch.
/// Json and Csv: finished lines. Table: cells (see runtime/hot/output.h), laid out by the console sink.
/// Owned by the engine, one for each query; written by the query's thread only.
struct OutputBuffer {
  char* data;
  int64_t size;
  int64_t capacity;
  int64_t row_count;       ///< rows written since the batch began (or, in a buffer that is kept, ever)
  int64_t row_limit;       ///< rows from this one on are not wanted (they are only counted); -1: all. 0 or -1 but for Table
  int64_t json_max_bytes;  ///< unused by Table
  int64_t texts_replaced;  ///< STRINGs that were no UTF-8 and were written with U+FFFD; since the buffer was made
};

}  // namespace millrace::abi
