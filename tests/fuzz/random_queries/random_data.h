#pragma once

#include <string>

#include "tests/fuzz/random_queries/random_source.h"
#include "tests/reference/reference_rows.h"

namespace millrace::fuzz {

/// Rows as the oracle takes them, and the same as JSON lines: in any order of keys, with blanks, escapes, keys that are missing, values of
/// another type and lines that are no objects.
struct RandomData {
  reference::Rows rows;
  std::string json;
};

/// Columns of the streams `s` and `r`: a BIGINT, b INT, d DOUBLE, s STRING, p BOOLEAN, t TIMESTAMP. With `in_order` t never falls.
RandomData random_stream(RandomSource& random, bool in_order);
/// Columns of the table `u`: k BIGINT, name STRING, w DOUBLE.
RandomData random_table(RandomSource& random);

}  // namespace millrace::fuzz
