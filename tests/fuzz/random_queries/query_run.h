#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/compile_query.h"
#include "compiler/plan/plan.h"
#include "tests/reference/reference_rows.h"

namespace millrace::fuzz {

/// A cell as the console would print it; nullopt is NULL.
using Cell = std::optional<std::string>;
using Cells = std::vector<std::vector<Cell>>;

/// What one run of a query gave: the cells of each batch's rows, in order.
struct QueryRun {
  std::vector<Cells> batches;
  std::string error;  ///< empty when it ran to its end
};

/// Runs the only query of a compiled script, `batch_rows` of its stream at a time. Several workers share already a few rows.
QueryRun run_query(const CompiledScript& compiled, int64_t batch_rows);
/// The same, with the state going through a checkpoint in `folder` into a fresh engine after each batch.
QueryRun run_query_restarted(const CompiledScript& compiled, int64_t batch_rows, const std::string& folder);
/// The same, recorded in `file`; and run again from there alone.
QueryRun run_query_recorded(const CompiledScript& compiled, int64_t batch_rows, const std::string& file);
QueryRun run_query_again(const CompiledScript& compiled, const std::string& file);

/// The plan as analysis makes it, before any rule: what the oracle evaluates. nullopt with errors.
std::optional<plan::Query> logical_plan(const SourceText& source, Environment environment);

}  // namespace millrace::fuzz
