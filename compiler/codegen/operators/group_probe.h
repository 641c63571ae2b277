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

/// The same with the hash that `hash_of_keys` gives.
ir::Pointer<abi::GroupEntry> find_or_insert_group(ir::Emitter& e, ir::Pointer<abi::GroupTable> table, ir::Word hash, const std::vector<SqlValue>& keys,
                                                  const pipeline::AggregateLayout& layout,
                                                  const std::function<void(ir::Pointer<abi::GroupEntry>)>& on_insert);

/// Tables of fewer slots lie in the second-level cache, with what they point to: it does not pay to ask for their groups ahead.
inline constexpr int64_t kLargeTableSlots = 1 << 15;

/// The slot that probably is the group's with this hash; else an empty or any other one.
ir::Word likely_slot(ir::Emitter& e, ir::Pointer<abi::GroupTable> table, ir::Word hash);
/// Asks for the entry, of so many bytes, that a slot leads to.
void ask_for_entry(ir::Emitter& e, ir::Word slot, int64_t entry_bytes);

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
