#pragma once

#include <string>

#include "tests/fuzz/random_queries/random_source.h"

namespace millrace::fuzz {

struct RandomQuery {
  std::string sql;         ///< one SELECT
  bool is_ordered = false; ///< the order of its rows counts
  bool shows_last_batch = false;  ///< EMIT COMPLETE, or a query over tables: what the last batch shows is the result; else all batches are
  bool needs_order_of_time = false;  ///< EMIT APPEND over windows, joins bounded by time: rows must not be late
};

/// A query over the streams `s` and `r` (of the same columns) and the table `u` whose result does not depend on how the stream is cut into batches.
RandomQuery random_query(RandomSource& random);

}  // namespace millrace::fuzz
