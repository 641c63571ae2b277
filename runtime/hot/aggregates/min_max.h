#pragma once

#include <cstdint>

#include "runtime/hot/aggregates/kept_string.h"
#include "runtime/hot/hash.h"
#include "runtime/hot/mr_hot.h"

/// min and max of integers (and DATE, TIMESTAMP), doubles, booleans and strings. NaN is larger than every number.
namespace millrace::abi {

struct ExtremeIntState {
  int64_t value;
  int64_t present;
};

inline void keep_int(ExtremeIntState* state, int64_t value, bool better) {
  state->value = ((state->present == 0) | better) ? value : state->value;
  state->present = 1;
}

MR_HOT void mr_min_int_add(ExtremeIntState* state, int64_t value) noexcept { keep_int(state, value, value < state->value); }
MR_HOT void mr_max_int_add(ExtremeIntState* state, int64_t value) noexcept { keep_int(state, value, value > state->value); }
MR_HOT void mr_min_int_merge(ExtremeIntState* into, const ExtremeIntState* from) noexcept {
  if (from->present != 0) mr_min_int_add(into, from->value);
}
MR_HOT void mr_max_int_merge(ExtremeIntState* into, const ExtremeIntState* from) noexcept {
  if (from->present != 0) mr_max_int_add(into, from->value);
}
MR_HOT bool mr_extreme_int_result(const ExtremeIntState* state, int64_t* out) noexcept {
  *out = state->value;
  return state->present != 0;
}

struct ExtremeDoubleState {
  double value;
  int64_t present;
};

inline bool double_less(double a, double b) { return a < b || (b != b && a == a); }

inline void keep_double(ExtremeDoubleState* state, double value, bool better) {
  state->value = ((state->present == 0) | better) ? value : state->value;
  state->present = 1;
}

MR_HOT void mr_min_double_add(ExtremeDoubleState* state, double value) noexcept {
  keep_double(state, value, double_less(value, state->value));
}
MR_HOT void mr_max_double_add(ExtremeDoubleState* state, double value) noexcept {
  keep_double(state, value, double_less(state->value, value));
}
MR_HOT void mr_min_double_merge(ExtremeDoubleState* into, const ExtremeDoubleState* from) noexcept {
  if (from->present != 0) mr_min_double_add(into, from->value);
}
MR_HOT void mr_max_double_merge(ExtremeDoubleState* into, const ExtremeDoubleState* from) noexcept {
  if (from->present != 0) mr_max_double_add(into, from->value);
}
MR_HOT bool mr_extreme_double_result(const ExtremeDoubleState* state, double* out) noexcept {
  *out = state->value;
  return state->present != 0;
}

/// min and max of booleans are `every` and `some`.
MR_HOT void mr_every_add(ExtremeIntState* state, bool value) noexcept { mr_min_int_add(state, value); }
MR_HOT void mr_some_add(ExtremeIntState* state, bool value) noexcept { mr_max_int_add(state, value); }
MR_HOT bool mr_boolean_result(const ExtremeIntState* state, bool* out) noexcept {
  *out = state->value != 0;
  return state->present != 0;
}

MR_HOT void mr_min_string_add(GroupTable* table, KeptString* state, const StringRef* value) noexcept {
  if (state->present != 0 && mr_string_compare(value->data, value->size, state->data, state->size) >= 0) return;
  keep_string(table, state, value->data, value->size);
}
MR_HOT void mr_max_string_add(GroupTable* table, KeptString* state, const StringRef* value) noexcept {
  if (state->present != 0 && mr_string_compare(value->data, value->size, state->data, state->size) <= 0) return;
  keep_string(table, state, value->data, value->size);
}
MR_HOT void mr_min_string_merge(GroupTable* table, KeptString* into, const KeptString* from) noexcept {
  const StringRef value{from->data, from->size};
  if (from->present != 0) mr_min_string_add(table, into, &value);
}
MR_HOT void mr_max_string_merge(GroupTable* table, KeptString* into, const KeptString* from) noexcept {
  const StringRef value{from->data, from->size};
  if (from->present != 0) mr_max_string_add(table, into, &value);
}
MR_HOT bool mr_extreme_string_result(const KeptString* state, StringRef* out) noexcept { return kept_string_result(*state, out); }

}  // namespace millrace::abi
