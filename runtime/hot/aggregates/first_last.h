#pragma once

#include <cstdint>

#include "runtime/abi/sql_values.h"
#include "runtime/hot/aggregates/kept_string.h"
#include "runtime/hot/mr_hot.h"

/// first, last and any_value: by order of arrival, which survives merging. Booleans are kept as integers.
namespace millrace::abi {

struct OrderedIntState {
  int64_t value;
  int64_t order;
  int64_t present;
};
struct OrderedDoubleState {
  double value;
  int64_t order;
  int64_t present;
};
struct OrderedStringState {
  KeptString value;
  int64_t order;
};

template <class State>
inline bool is_earlier(const State& state, int64_t order) { return state.present == 0 || order < state.order; }
template <class State>
inline bool is_later(const State& state, int64_t order) { return state.present == 0 || order >= state.order; }

MR_HOT void mr_first_int_add(OrderedIntState* state, int64_t value, Sequence row) noexcept {
  if (is_earlier(*state, static_cast<int64_t>(row))) *state = {value, static_cast<int64_t>(row), 1};
}
MR_HOT void mr_last_int_add(OrderedIntState* state, int64_t value, Sequence row) noexcept {
  if (is_later(*state, static_cast<int64_t>(row))) *state = {value, static_cast<int64_t>(row), 1};
}
MR_HOT void mr_first_int_merge(OrderedIntState* into, const OrderedIntState* from) noexcept {
  if (from->present != 0 && is_earlier(*into, from->order)) *into = *from;
}
MR_HOT void mr_last_int_merge(OrderedIntState* into, const OrderedIntState* from) noexcept {
  if (from->present != 0 && is_later(*into, from->order)) *into = *from;
}
MR_HOT bool mr_ordered_int_result(const OrderedIntState* state, int64_t* out) noexcept {
  *out = state->value;
  return state->present != 0;
}

MR_HOT void mr_first_boolean_add(OrderedIntState* state, bool value, Sequence row) noexcept { mr_first_int_add(state, value, row); }
MR_HOT void mr_last_boolean_add(OrderedIntState* state, bool value, Sequence row) noexcept { mr_last_int_add(state, value, row); }
MR_HOT bool mr_ordered_boolean_result(const OrderedIntState* state, bool* out) noexcept {
  *out = state->value != 0;
  return state->present != 0;
}

MR_HOT void mr_first_double_add(OrderedDoubleState* state, double value, Sequence row) noexcept {
  if (is_earlier(*state, static_cast<int64_t>(row))) *state = {value, static_cast<int64_t>(row), 1};
}
MR_HOT void mr_last_double_add(OrderedDoubleState* state, double value, Sequence row) noexcept {
  if (is_later(*state, static_cast<int64_t>(row))) *state = {value, static_cast<int64_t>(row), 1};
}
MR_HOT void mr_first_double_merge(OrderedDoubleState* into, const OrderedDoubleState* from) noexcept {
  if (from->present != 0 && is_earlier(*into, from->order)) *into = *from;
}
MR_HOT void mr_last_double_merge(OrderedDoubleState* into, const OrderedDoubleState* from) noexcept {
  if (from->present != 0 && is_later(*into, from->order)) *into = *from;
}
MR_HOT bool mr_ordered_double_result(const OrderedDoubleState* state, double* out) noexcept {
  *out = state->value;
  return state->present != 0;
}

inline void replace_ordered(GroupTable* table, OrderedStringState* state, const char* data, int64_t size, int64_t order) {
  keep_string(table, &state->value, data, size);
  state->order = order;
}
inline bool is_earlier(const OrderedStringState& state, int64_t order) { return state.value.present == 0 || order < state.order; }
inline bool is_later(const OrderedStringState& state, int64_t order) { return state.value.present == 0 || order >= state.order; }

MR_HOT void mr_first_string_add(GroupTable* table, OrderedStringState* state, const StringRef* value, Sequence row) noexcept {
  const auto order = static_cast<int64_t>(row);
  if (is_earlier(*state, order)) replace_ordered(table, state, value->data, value->size, order);
}
MR_HOT void mr_last_string_add(GroupTable* table, OrderedStringState* state, const StringRef* value, Sequence row) noexcept {
  const auto order = static_cast<int64_t>(row);
  if (is_later(*state, order)) replace_ordered(table, state, value->data, value->size, order);
}
MR_HOT void mr_first_string_merge(GroupTable* table, OrderedStringState* into, const OrderedStringState* from) noexcept {
  const KeptString& value = from->value;
  if (value.present != 0 && is_earlier(*into, from->order)) replace_ordered(table, into, value.data, value.size, from->order);
}
MR_HOT void mr_last_string_merge(GroupTable* table, OrderedStringState* into, const OrderedStringState* from) noexcept {
  const KeptString& value = from->value;
  if (value.present != 0 && is_later(*into, from->order)) replace_ordered(table, into, value.data, value.size, from->order);
}
MR_HOT bool mr_ordered_string_result(const OrderedStringState* state, StringRef* out) noexcept {
  return kept_string_result(state->value, out);
}

}  // namespace millrace::abi
