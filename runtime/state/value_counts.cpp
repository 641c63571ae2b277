#include "runtime/abi/calls/value_counts.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "runtime/state/group_table.h"
#include "runtime/state/owned_memory.h"

namespace millrace::abi {

namespace {

/// A text, or with data == nullptr a number: `high` and `low` are the halves of 128 bits in whose order values stand.
struct Value {
  const char* data;
  int64_t high;  ///< a text's bytes
  uint64_t low;
};

struct ValueNode {
  Value value;
  int64_t count;
  int64_t capacity;  ///< bytes at value.data
  uint64_t priority;
  ValueNode* left;
  ValueNode* right;
};

}  // namespace

/// A search tree that random priorities keep flat [Seidel and Aragon, "Randomized search trees", 1996]. Nodes that have left serve again. Its memory is
/// the group table's arena, so that it needs no destructor.
struct ValueCounts {
  ValueNode* root;
  ValueNode* spare;  ///< linked by `left`
  int64_t count;     ///< of different values
  uint64_t random;
};

namespace {

Arena& arena_of(GroupTable* table) { return static_cast<millrace::GroupTable*>(table)->arena(); }

int compare(const Value& a, const Value& b) {
  if (a.data == nullptr) return a.high != b.high ? (a.high < b.high ? -1 : 1) : a.low != b.low ? (a.low < b.low ? -1 : 1) : 0;
  const auto shared = static_cast<size_t>(std::min(a.high, b.high));
  const int order = shared == 0 ? 0 : std::memcmp(a.data, b.data, shared);
  return order != 0 ? order : a.high < b.high ? -1 : a.high > b.high ? 1 : 0;
}

Value of_int(int64_t value) { return {nullptr, value >> 63, static_cast<uint64_t>(value)}; }

/// Doubles in the order of their numbers: of those below 0 all bits but the sign are turned round.
int64_t ordered(double value) {
  if (std::isnan(value)) return INT64_MAX;
  if (value == 0.0) value = 0.0;
  const auto bits = std::bit_cast<int64_t>(value);
  return bits < 0 ? bits ^ INT64_MAX : bits;
}

double double_of(const Value& value) {
  const auto bits = static_cast<int64_t>(value.low);
  return std::bit_cast<double>(bits < 0 ? bits ^ INT64_MAX : bits);
}

uint64_t next_random(ValueCounts& values) {
  values.random ^= values.random << 13;
  values.random ^= values.random >> 7;
  values.random ^= values.random << 17;
  return values.random;
}

/// Everything of `a` is below everything of `b`.
ValueNode* joined(ValueNode* a, ValueNode* b) {
  ValueNode* root = nullptr;
  ValueNode** link = &root;
  while (a != nullptr && b != nullptr) {
    if (a->priority >= b->priority) {
      *link = a;
      link = &a->right;
      a = a->right;
    } else {
      *link = b;
      link = &b->left;
      b = b->left;
    }
  }
  *link = a != nullptr ? a : b;
  return root;
}

void split(ValueNode* node, const Value& at, ValueNode** below, ValueNode** above) {
  while (node != nullptr) {
    if (compare(node->value, at) < 0) {
      *below = node;
      below = &node->right;
      node = node->right;
    } else {
      *above = node;
      above = &node->left;
      node = node->left;
    }
  }
  *below = *above = nullptr;
}

ValueNode* new_node(Arena& arena, ValueCounts& values, const Value& value, int64_t weight) {
  ValueNode* node = values.spare;
  if (node != nullptr) {
    values.spare = node->left;
  } else {
    node = reinterpret_cast<ValueNode*>(arena.take(sizeof(ValueNode)));
    node->capacity = 0;
  }
  const char* room = node->capacity > 0 ? node->value.data : nullptr;
  node->value = value;
  node->count = weight;
  node->priority = next_random(values);
  if (value.data == nullptr) return node;
  if (value.high > node->capacity || room == nullptr) {
    node->capacity = std::max<int64_t>(value.high, 1);
    room = arena.take(node->capacity);
  }
  if (value.high > 0) std::memcpy(const_cast<char*>(room), value.data, static_cast<size_t>(value.high));
  node->value.data = room;
  return node;
}

/// Where the value is, or nullptr.
ValueNode** find(ValueCounts& values, const Value& value) {
  for (ValueNode** link = &values.root; *link != nullptr;) {
    const int order = compare(value, (*link)->value);
    if (order == 0) return link;
    link = order < 0 ? &(*link)->left : &(*link)->right;
  }
  return nullptr;
}

void add(GroupTable* table, ValueCountsState* state, const Value& value, int64_t weight) {
  if (weight == 0) return;
  Arena& arena = arena_of(table);
  if (state->values == nullptr) {
    state->values = reinterpret_cast<ValueCounts*>(arena.take(sizeof(ValueCounts)));
    *state->values = {nullptr, nullptr, 0, 0x9E3779B97F4A7C15u};
  }
  ValueCounts& values = *state->values;
  if (ValueNode** link = find(values, value)) {
    ValueNode* node = *link;
    node->count += weight;
    if (node->count != 0) return;
    *link = joined(node->left, node->right);
    node->left = values.spare;
    values.spare = node;
    --values.count;
    return;
  }
  ValueNode* node = new_node(arena, values, value, weight);
  ValueNode** link = &values.root;
  while (*link != nullptr && (*link)->priority >= node->priority) link = compare(value, (*link)->value) < 0 ? &(*link)->left : &(*link)->right;
  split(*link, node->value, &node->left, &node->right);
  *link = node;
  ++values.count;
}

template <class Visit>
void for_each(const ValueNode* node, const Visit& visit) {
  for (; node != nullptr; node = node->right) {
    for_each(node->left, visit);
    visit(*node);
  }
}

const Value* least(const ValueCountsState* state) {
  const ValueNode* node = state->values == nullptr ? nullptr : state->values->root;
  while (node != nullptr && node->left != nullptr) node = node->left;
  return node == nullptr ? nullptr : &node->value;
}

const Value* greatest(const ValueCountsState* state) {
  const ValueNode* node = state->values == nullptr ? nullptr : state->values->root;
  while (node != nullptr && node->right != nullptr) node = node->right;
  return node == nullptr ? nullptr : &node->value;
}

bool give(const Value* value, int64_t* out) {
  *out = value == nullptr ? 0 : static_cast<int64_t>(value->low);
  return value != nullptr;
}
bool give(const Value* value, bool* out) {
  *out = value != nullptr && value->low != 0;
  return value != nullptr;
}
bool give(const Value* value, double* out) {
  *out = value == nullptr ? 0 : double_of(*value);
  return value != nullptr;
}
bool give(const Value* value, Decimal* out) {
  *out = value == nullptr ? Decimal{0, 0} : Decimal{value->low, value->high};
  return value != nullptr;
}
bool give(const Value* value, StringRef* out) {
  *out = value == nullptr ? StringRef{"", 0} : StringRef{value->data, value->high};
  return value != nullptr;
}

}  // namespace

void write_values(SnapshotWriter& writer, const ValueCounts* values) {
  writer.put(values == nullptr ? int64_t{0} : values->count);
  if (values == nullptr) return;
  for_each(values->root, [&](const ValueNode& node) {
    writer.put(static_cast<uint8_t>(node.value.data != nullptr));
    writer.put(node.count);
    writer.put(node.value.high);
    writer.put(node.value.low);
    if (node.value.data != nullptr) writer.write(node.value.data, static_cast<size_t>(node.value.high));
  });
}

ValueCounts* read_values(SnapshotReader& reader, GroupTable* table, std::string& scratch) {
  ValueCountsState state{nullptr};
  const auto count = static_cast<int64_t>(reader.get_count(sizeof(uint8_t) + 2 * sizeof(int64_t) + sizeof(uint64_t)));
  for (int64_t i = 0; i < count && reader.ok(); ++i) {
    const bool is_text = reader.get_flag();
    const auto weight = reader.get<int64_t>();
    Value value{nullptr, reader.get<int64_t>(), reader.get<uint64_t>()};
    if (is_text) {
      if (value.high < 0 || !reader.has(static_cast<uint64_t>(value.high))) return reader.fail("the snapshot ends too early"), nullptr;
      scratch.resize(static_cast<size_t>(value.high));
      if (!reader.read(scratch.data(), scratch.size())) return nullptr;
      value.data = scratch.data();
    }
    add(table, &state, value, weight);
  }
  return state.values;
}

extern "C" {

void mr_values_add_int(GroupTable* table, ValueCountsState* state, int64_t value, int64_t weight) noexcept {
  add(table, state, of_int(value), weight);
}
void mr_values_add_boolean(GroupTable* table, ValueCountsState* state, bool value, int64_t weight) noexcept {
  add(table, state, of_int(value ? 1 : 0), weight);
}
void mr_values_add_double(GroupTable* table, ValueCountsState* state, double value, int64_t weight) noexcept {
  add(table, state, of_int(ordered(value)), weight);
}
void mr_values_add_decimal(GroupTable* table, ValueCountsState* state, const Decimal* value, int64_t weight) noexcept {
  add(table, state, {nullptr, value->high, value->low}, weight);
}
void mr_values_add_string(GroupTable* table, ValueCountsState* state, const StringRef* value, int64_t weight) noexcept {
  add(table, state, {value->data == nullptr ? "" : value->data, value->size, 0}, weight);
}
void mr_values_merge(GroupTable* table, ValueCountsState* into, const ValueCountsState* from) noexcept {
  if (from->values == nullptr) return;
  for_each(from->values->root, [&](const ValueNode& node) { add(table, into, node.value, node.count); });
}

bool mr_values_min_int(const ValueCountsState* state, int64_t* out) noexcept { return give(least(state), out); }
bool mr_values_max_int(const ValueCountsState* state, int64_t* out) noexcept { return give(greatest(state), out); }
bool mr_values_min_boolean(const ValueCountsState* state, bool* out) noexcept { return give(least(state), out); }
bool mr_values_max_boolean(const ValueCountsState* state, bool* out) noexcept { return give(greatest(state), out); }
bool mr_values_min_double(const ValueCountsState* state, double* out) noexcept { return give(least(state), out); }
bool mr_values_max_double(const ValueCountsState* state, double* out) noexcept { return give(greatest(state), out); }
bool mr_values_min_decimal(const ValueCountsState* state, Decimal* out) noexcept { return give(least(state), out); }
bool mr_values_max_decimal(const ValueCountsState* state, Decimal* out) noexcept { return give(greatest(state), out); }
bool mr_values_min_string(const ValueCountsState* state, StringRef* out) noexcept { return give(least(state), out); }
bool mr_values_max_string(const ValueCountsState* state, StringRef* out) noexcept { return give(greatest(state), out); }

int64_t mr_values_count(const ValueCountsState* state) noexcept { return state->values == nullptr ? 0 : state->values->count; }

}  // extern "C"

}  // namespace millrace::abi
