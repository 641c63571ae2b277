#pragma once

#include <string>
#include <vector>

#include "compiler/codegen/sql_value.h"
#include "compiler/pipeline/pipeline.h"
#include "runtime/abi/group_table.h"

namespace millrace {

// How the groups of a worker come into the query's own state, for queries whose rows are shared out. See millrace::AggregateState for
// when each is called.

/// Emits an abi::RollupFn that finds or makes the query's own group for each of a worker's groups, and writes its address there.
void generate_adopt(ir::Emitter& e, const std::string& name, const pipeline::AggregateState& state);
/// Emits an abi::RollupFn that merges the aggregates that may be merged in any order.
void generate_merge(ir::Emitter& e, const std::string& name, const pipeline::AggregateState& state);
/// Emits the abi::ReplayFn that makes the additions that workers wrote down.
void generate_replay(ir::Emitter& e, const std::string& name, const pipeline::AggregateState& state);

/// Emits the abi::AddStagedFn that adds rows that were written down whole.
void generate_add_staged(ir::Emitter& e, const std::string& name, const pipeline::AggregateState& state);

/// Writes down what a row adds to the aggregates that go by the order of the rows. `wanted` is empty where every row is added.
struct OrderedInput {
  ir::Bool wanted;
  const std::vector<SqlValue>& arguments;
};
void write_down(ir::Emitter& e, ir::Pointer<abi::UpdateLog> log, const pipeline::UpdateLogLayout& layout,
                ir::Pointer<abi::GroupTable> table, ir::Pointer<abi::GroupEntry> group, const std::vector<OrderedInput>& inputs);

/// Writes down a whole row in the log of the part of the groups that its keys belong to; `number` goes by the order of the rows.
struct StagedRow {
  ir::Int number;
  const std::vector<SqlValue>& keys;
  const std::vector<OrderedInput>& inputs;  ///< of all aggregates
};
void stage_row(ir::Emitter& e, ir::Pointer<abi::UpdateLog* const> logs, const pipeline::StagedRowLayout& layout, const StagedRow& row);

}  // namespace millrace
