#pragma once

#include "compiler/codegen/query_module.h"

namespace millrace::bench {

/// `void run(const int64_t* columns, char* table, int64_t from, int64_t to)`: a row loop shaped like that of a fused aggregation.
/// For each of `fragments`, a row is filtered, computed with, hashed, looked up in a table, and added by a hot function. About 40
/// instructions a fragment.
QueryModule aggregate_loop_module(int fragments);

}  // namespace millrace::bench
