#pragma once

#include "compiler/codegen/sql_value.h"
#include "compiler/pipeline/pipeline.h"
#include "runtime/abi/context.h"
#include "runtime/abi/group_table.h"

namespace millrace {

/// A group and how it is laid out.
struct GroupInHand {
  ir::Pointer<abi::GroupEntry> entry;
  const pipeline::AggregateLayout& layout;
};

/// Merges the state of call `index` of one group into that of another, which is in `table`. Of DISTINCT aggregates the values are merged:
/// what both have counts once.
void merge_aggregate(ir::Emitter& e, const plan::AggregateCall& call, size_t index, ir::Pointer<abi::GroupTable> table,
                     const GroupInHand& into, const GroupInHand& from);

/// The value of an aggregate from its state, which lies at `offset` of `entry`.
SqlValue aggregate_result(ir::Emitter& e, ir::Pointer<abi::PipelineContext> context, ir::Pointer<abi::GroupEntry> entry,
                          const plan::AggregateCall& call, uint32_t offset);

}  // namespace millrace
