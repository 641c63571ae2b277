#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/group_table.h"
#include "runtime/abi/nested.h"
#include "runtime/abi/sql_values.h"

/// Aggregates that collect values of any type into an array. Bodies in runtime/functions/collect.cpp.
namespace millrace::abi {

struct Collected {
  int64_t order;  ///< of the row's arrival
  NestedItem item;
};

/// `used` values of `capacity` follow.
struct CollectedBlock {
  CollectedBlock* next = nullptr;
  int64_t used = 0;
  int64_t capacity = 0;

  Collected* items() { return reinterpret_cast<Collected*>(this + 1); }
  const Collected* items() const { return reinterpret_cast<const Collected*>(this + 1); }
};

/// The values so far, in blocks in the group table's arena, each with the order of arrival of its row; so that the array is the same however
/// the states were merged.
struct CollectState {
  CollectedBlock* first;
  CollectedBlock* last;
  int64_t count;
};

extern "C" {

/// Copies the value's bytes.
void mr_collect_add(GroupTable* table, CollectState* state, const NestedItem* value, Sequence row) noexcept;
void mr_collect_merge(GroupTable* table, CollectState* into, const CollectState* from) noexcept;
/// The array, in the context's scratch; false (NULL) when it would be too large.
bool mr_collect_result(PipelineContext* ctx, const CollectState* state, NestedItem* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi
