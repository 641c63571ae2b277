#include <bit>
#include <cmath>
#include <cstring>

#include "runtime/abi/calls/state.h"
#include "runtime/state/group_table.h"
#include "runtime/state/owned_memory.h"

namespace millrace::abi {

/// Values in order of arrival with an index over them once there are more than a few. Its memory is the group table's arena, so that
/// it needs no destructor; what growing leaves behind is at most as much again. Zero bytes are not a valid set.
struct DistinctSet {
  StringRef* values;  ///< an int or a double lies in `size`, its `data` is nullptr
  uint32_t* slots;    ///< number of the value plus 1, 0 when empty; nullptr while values are few
  int64_t count;
  int64_t capacity;   ///< of values; twice as many slots
};

namespace {

constexpr int64_t kFewValues = 8;

Arena& arena_of(GroupTable* table) { return static_cast<millrace::GroupTable*>(table)->arena(); }

uint64_t mixed(uint64_t word) {
  word *= 0x9E3779B97F4A7C15u;
  return word ^ (word >> 32);
}

uint64_t hash_of(const StringRef& value) {
  if (value.data == nullptr) return mixed(static_cast<uint64_t>(value.size));
  uint64_t hash = mixed(static_cast<uint64_t>(value.size) + 1);
  const char* at = value.data;
  int64_t left = value.size;
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t word = 0;
    std::memcpy(&word, at, 8);
    hash = mixed(hash ^ word);
  }
  uint64_t tail = 0;
  std::memcpy(&tail, at, static_cast<size_t>(left));
  return mixed(hash ^ tail);
}

bool same(const StringRef& a, const StringRef& b) {
  if (a.size != b.size) return false;
  if (a.data == nullptr || b.data == nullptr) return a.data == b.data;
  return std::memcmp(a.data, b.data, static_cast<size_t>(a.size)) == 0;
}

/// Where the value's number is or belongs.
uint32_t* find_slot(const DistinctSet& set, const StringRef& value) {
  auto mask = static_cast<uint64_t>(set.capacity) * 2 - 1;
  for (uint64_t at = hash_of(value) & mask;; at = (at + 1) & mask) {
    uint32_t number = set.slots[at];
    if (number == 0 || same(set.values[number - 1], value)) return &set.slots[at];
  }
}

bool contains(const DistinctSet& set, const StringRef& value) {
  if (set.slots != nullptr) return *find_slot(set, value) != 0;
  for (int64_t i = 0; i < set.count; ++i) {
    if (same(set.values[i], value)) return true;
  }
  return false;
}

void grow(Arena& arena, DistinctSet& set) {
  int64_t capacity = set.capacity == 0 ? kFewValues : set.capacity * 2;
  auto* values = reinterpret_cast<StringRef*>(arena.take(capacity * static_cast<int64_t>(sizeof(StringRef))));
  if (set.count > 0) std::memcpy(values, set.values, static_cast<size_t>(set.count) * sizeof(StringRef));
  set.values = values;
  set.capacity = capacity;
  if (capacity <= kFewValues) return;
  int64_t slot_bytes = capacity * 2 * static_cast<int64_t>(sizeof(uint32_t));
  set.slots = reinterpret_cast<uint32_t*>(arena.take(slot_bytes));
  std::memset(set.slots, 0, static_cast<size_t>(slot_bytes));
  for (int64_t i = 0; i < set.count; ++i) *find_slot(set, set.values[i]) = static_cast<uint32_t>(i + 1);
}

bool add(GroupTable* table, DistinctSet** place, StringRef value) {
  Arena& arena = arena_of(table);
  if (*place == nullptr) {
    *place = reinterpret_cast<DistinctSet*>(arena.take(sizeof(DistinctSet)));
    **place = {};
  }
  DistinctSet& set = **place;
  if (contains(set, value)) return false;
  if (set.count == set.capacity) grow(arena, set);
  if (value.data != nullptr) value.data = arena.copy(value.data, value.size);
  set.values[set.count] = value;
  ++set.count;
  if (set.slots != nullptr) *find_slot(set, value) = static_cast<uint32_t>(set.count);
  return true;
}

}  // namespace

void write_distinct(SnapshotWriter& writer, const DistinctSet* set) {
  const int64_t count = set == nullptr ? 0 : set->count;
  writer.put(count);
  for (int64_t i = 0; i < count; ++i) {
    const StringRef& value = set->values[i];
    writer.put(static_cast<uint8_t>(value.data != nullptr));
    writer.put(value.size);
    if (value.data != nullptr) writer.write(value.data, static_cast<size_t>(value.size));
  }
}

/// Values come in order of arrival, so that adding them gives the set as it was.
DistinctSet* read_distinct(SnapshotReader& reader, GroupTable* table, std::string& scratch) {
  DistinctSet* set = nullptr;
  const auto count = static_cast<int64_t>(reader.get_count(sizeof(uint8_t) + sizeof(int64_t)));
  for (int64_t i = 0; i < count && reader.ok(); ++i) {
    const bool is_text = reader.get_flag();
    StringRef value{nullptr, reader.get<int64_t>()};
    if (is_text) {
      if (value.size < 0 || !reader.has(static_cast<uint64_t>(value.size))) return reader.fail("the snapshot ends too early"), nullptr;
      scratch.resize(static_cast<size_t>(value.size));
      if (!reader.read(scratch.data(), scratch.size())) return nullptr;
      value.data = scratch.data();
    }
    add(table, &set, value);
  }
  return set;
}

extern "C" {

bool mr_distinct_add_int(GroupTable* table, DistinctSet** set, int64_t value) noexcept {
  return add(table, set, {nullptr, value});
}

bool mr_distinct_add_double(GroupTable* table, DistinctSet** set, double value) noexcept {
  if (std::isnan(value)) value = std::bit_cast<double>(uint64_t{0x7FF8000000000000u});
  if (value == 0.0) value = 0.0;  // also when it is -0.0
  return add(table, set, {nullptr, std::bit_cast<int64_t>(value)});
}

bool mr_distinct_add_string(GroupTable* table, DistinctSet** set, const StringRef* value) noexcept {
  return add(table, set, {value->data == nullptr ? "" : value->data, value->size});
}

int64_t mr_distinct_count(const DistinctSet* set) noexcept { return set == nullptr ? 0 : set->count; }

int64_t mr_distinct_int(const DistinctSet* set, int64_t i) noexcept { return set->values[i].size; }

double mr_distinct_double(const DistinctSet* set, int64_t i) noexcept { return std::bit_cast<double>(set->values[i].size); }

void mr_distinct_string(const DistinctSet* set, int64_t i, StringRef* out) noexcept { *out = set->values[i]; }

}  // extern "C"

}  // namespace millrace::abi
