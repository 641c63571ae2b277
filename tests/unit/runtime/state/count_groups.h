#pragma once

#include <cstdint>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/group_table.h"

/// Groups that count rows by a number.
namespace millrace {

struct CountEntry {
  abi::GroupEntry head;
  int64_t key;
  int64_t count;
};

inline uint64_t hash_of(int64_t key) {
  auto hash = static_cast<uint64_t>(key) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

/// What generated code does with a row.
inline CountEntry* find_or_insert(abi::GroupTable* table, int64_t key) {
  uint64_t hash = hash_of(key);
  for (uint64_t at = hash & table->mask;; at = (at + 1) & table->mask) {
    uint64_t slot = table->slots[at];
    if (slot == 0) break;
    auto* entry = reinterpret_cast<CountEntry*>(slot & abi::kSlotAddressMask);
    if (slot >> abi::kSlotTagShift == hash >> abi::kSlotTagShift && entry->key == key) return entry;
  }
  auto* entry = reinterpret_cast<CountEntry*>(abi::mr_group_insert(table, hash));
  if (entry == nullptr) return find_or_insert(table, key);  // the table grows: it is where it is looked for now
  entry->key = key;
  return entry;
}

}  // namespace millrace
