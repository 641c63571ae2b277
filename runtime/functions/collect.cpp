#include "runtime/abi/calls/collect.h"

#include <algorithm>
#include <vector>

#include "runtime/abi/calls/nested.h"
#include "runtime/abi/calls/state.h"

namespace millrace::abi {

namespace {

constexpr int64_t kFirstBlock = 4;   // groups are many and most of them small
constexpr int64_t kLaterBlock = 64;

template <int64_t kCapacity>
CollectedBlock* new_block(GroupTable* table) {
  struct {
    CollectedBlock head;
    char items[kCapacity * sizeof(Collected)] = {};
  } empty;
  empty.head.capacity = kCapacity;
  return reinterpret_cast<CollectedBlock*>(
      const_cast<char*>(mr_group_keep(table, reinterpret_cast<const char*>(&empty), sizeof empty)));
}

void append(GroupTable* table, CollectState* state, Collected value) {
  if (state->first == nullptr) {
    state->first = state->last = new_block<kFirstBlock>(table);
  } else if (state->last->used == state->last->capacity) {
    state->last->next = new_block<kLaterBlock>(table);
    state->last = state->last->next;
  }
  NestedItem& item = value.item;
  const bool has_bytes = item.kind == NestedItem::Kind::Bytes || item.kind == NestedItem::Kind::Run;
  if (has_bytes) item.data = mr_group_keep(table, item.data, item.word);
  state->last->items()[state->last->used++] = value;
  ++state->count;
}

}  // namespace

extern "C" {

void mr_collect_add(GroupTable* table, CollectState* state, const NestedItem* value, Sequence row) noexcept {
  append(table, state, {static_cast<int64_t>(row), *value});
}

void mr_collect_merge(GroupTable* table, CollectState* into, const CollectState* from) noexcept {
  for (const CollectedBlock* block = from->first; block != nullptr; block = block->next) {
    for (int64_t i = 0; i < block->used; ++i) append(table, into, block->items()[i]);
  }
}

bool mr_collect_result(PipelineContext* ctx, const CollectState* state, NestedItem* out) noexcept {
  thread_local std::vector<Collected> values;  // reused from call to call
  thread_local std::vector<NestedItem> items;
  values.clear();
  items.clear();
  for (const CollectedBlock* block = state->first; block != nullptr; block = block->next) {
    values.insert(values.end(), block->items(), block->items() + block->used);
  }
  const auto earlier = [](const Collected& a, const Collected& b) { return a.order < b.order; };
  if (!std::is_sorted(values.begin(), values.end(), earlier)) std::stable_sort(values.begin(), values.end(), earlier);
  for (const Collected& value : values) items.push_back(value.item);
  StringRef run;
  if (!mr_nested_make(ctx, items.data(), static_cast<int64_t>(items.size()), &run)) return false;
  *out = {NestedItem::Kind::Run, run.size, run.data};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
