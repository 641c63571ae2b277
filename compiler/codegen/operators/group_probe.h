#pragma once

#include <functional>
#include <vector>

#include "compiler/codegen/sql_value.h"
#include "compiler/pipeline/pipeline.h"
#include "runtime/abi/group_table.h"

namespace millrace {

/// floor((t - offset) / width) * width + offset, for a constant width > 0.
ir::Int floor_to(ir::Emitter& e, ir::Int t, int64_t width, int64_t offset);

/// Emits the probe of a group table: the group with these keys, inserted if it is not there yet. `on_insert` is emitted where
/// a new group is made, after its keys are written.
ir::Pointer<abi::GroupEntry> find_or_insert_group(ir::Emitter& e, ir::Pointer<abi::GroupTable> table,
                                                  const std::vector<SqlValue>& keys, const pipeline::AggregateLayout& layout,
                                                  const std::function<void(ir::Pointer<abi::GroupEntry>)>& on_insert);

/// Marks a group as changed in this batch, once.
void touch_group(ir::Emitter& e, ir::Pointer<abi::AggregateState> state, ir::Pointer<abi::GroupTable> table,
                 ir::Pointer<abi::GroupEntry> entry);

/// Whether the group was changed in this batch.
ir::Bool is_touched(ir::Emitter& e, ir::Pointer<abi::AggregateState> state, ir::Pointer<abi::GroupEntry> entry);

/// Adds values to one aggregate's state in a group; with DISTINCT only when they are new to the group.
void add_to_aggregate(ir::Emitter& e, ir::Pointer<abi::GroupTable> table, ir::Pointer<abi::GroupEntry> entry,
                      const plan::AggregateCall& call, const pipeline::AggregateLayout& layout, size_t index,
                      const std::vector<SqlValue>& arguments, ir::Int sequence);

}  // namespace millrace
