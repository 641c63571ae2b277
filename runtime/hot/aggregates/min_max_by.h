#pragma once

#include <cstdint>

#include "runtime/abi/sql_values.h"
#include "runtime/hot/aggregates/kept_string.h"
#include "runtime/hot/aggregates/min_max.h"
#include "runtime/hot/mr_hot.h"

/// min_by(x, y) and max_by(x, y): the x beside the least or greatest y; the earliest of equals. x is an integer kind, a time or a string; y
/// an integer kind, a time or a double. Rows where x is NULL are passed over.
namespace millrace::abi {

template <class Value, class Key>
struct ByState {
  Value value;
  Key key;
  int64_t order;
  int64_t present;
};
using IntByIntState = ByState<int64_t, int64_t>;
using IntByDoubleState = ByState<int64_t, double>;
using DoubleByIntState = ByState<double, int64_t>;
using DoubleByDoubleState = ByState<double, double>;
using StringByIntState = ByState<KeptString, int64_t>;
using StringByDoubleState = ByState<KeptString, double>;

inline bool key_less(int64_t a, int64_t b) { return a < b; }
inline bool key_less(double a, double b) { return double_less(a, b); }

enum class Extreme : int { Least, Greatest };

/// Whether a row with this key replaces what the state holds.
template <Extreme kExtreme, class State, class Key>
inline bool replaces(const State& state, Key key, int64_t order) {
  if (state.present == 0) return true;
  if (key_less(key, state.key)) return kExtreme == Extreme::Least;
  if (key_less(state.key, key)) return kExtreme == Extreme::Greatest;
  return order < state.order;
}

template <Extreme kExtreme, class State, class Value, class Key>
inline void add_by(State* state, Value value, Key key, int64_t order) {
  if (replaces<kExtreme>(*state, key, order)) *state = {value, key, order, 1};
}
template <Extreme kExtreme, class State>
inline void merge_by(State* into, const State* from) {
  if (from->present != 0 && replaces<kExtreme>(*into, from->key, from->order)) *into = *from;
}
template <Extreme kExtreme, class State, class Key>
inline void add_string_by(GroupTable* table, State* state, const char* data, int64_t size, Key key, int64_t order) {
  if (!replaces<kExtreme>(*state, key, order)) return;
  keep_string(table, &state->value, data, size);
  state->key = key;
  state->order = order;
  state->present = 1;
}
template <Extreme kExtreme, class State>
inline void merge_string_by(GroupTable* table, State* into, const State* from) {
  if (from->present != 0) add_string_by<kExtreme>(table, into, from->value.data, from->value.size, from->key, from->order);
}

MR_HOT void mr_min_int_by_int_add(IntByIntState* s, int64_t x, int64_t y, Sequence row) noexcept {
  add_by<Extreme::Least>(s, x, y, static_cast<int64_t>(row));
}
MR_HOT void mr_max_int_by_int_add(IntByIntState* s, int64_t x, int64_t y, Sequence row) noexcept {
  add_by<Extreme::Greatest>(s, x, y, static_cast<int64_t>(row));
}
MR_HOT void mr_min_int_by_int_merge(IntByIntState* into, const IntByIntState* from) noexcept { merge_by<Extreme::Least>(into, from); }
MR_HOT void mr_max_int_by_int_merge(IntByIntState* into, const IntByIntState* from) noexcept { merge_by<Extreme::Greatest>(into, from); }
MR_HOT bool mr_int_by_int_result(const IntByIntState* s, int64_t* out) noexcept {
  *out = s->value;
  return s->present != 0;
}

MR_HOT void mr_min_int_by_double_add(IntByDoubleState* s, int64_t x, double y, Sequence row) noexcept {
  add_by<Extreme::Least>(s, x, y, static_cast<int64_t>(row));
}
MR_HOT void mr_max_int_by_double_add(IntByDoubleState* s, int64_t x, double y, Sequence row) noexcept {
  add_by<Extreme::Greatest>(s, x, y, static_cast<int64_t>(row));
}
MR_HOT void mr_min_int_by_double_merge(IntByDoubleState* into, const IntByDoubleState* from) noexcept {
  merge_by<Extreme::Least>(into, from);
}
MR_HOT void mr_max_int_by_double_merge(IntByDoubleState* into, const IntByDoubleState* from) noexcept {
  merge_by<Extreme::Greatest>(into, from);
}
MR_HOT bool mr_int_by_double_result(const IntByDoubleState* s, int64_t* out) noexcept {
  *out = s->value;
  return s->present != 0;
}

MR_HOT void mr_min_double_by_int_add(DoubleByIntState* s, double x, int64_t y, Sequence row) noexcept {
  add_by<Extreme::Least>(s, x, y, static_cast<int64_t>(row));
}
MR_HOT void mr_max_double_by_int_add(DoubleByIntState* s, double x, int64_t y, Sequence row) noexcept {
  add_by<Extreme::Greatest>(s, x, y, static_cast<int64_t>(row));
}
MR_HOT void mr_min_double_by_int_merge(DoubleByIntState* into, const DoubleByIntState* from) noexcept {
  merge_by<Extreme::Least>(into, from);
}
MR_HOT void mr_max_double_by_int_merge(DoubleByIntState* into, const DoubleByIntState* from) noexcept {
  merge_by<Extreme::Greatest>(into, from);
}
MR_HOT bool mr_double_by_int_result(const DoubleByIntState* s, double* out) noexcept {
  *out = s->value;
  return s->present != 0;
}

MR_HOT void mr_min_double_by_double_add(DoubleByDoubleState* s, double x, double y, Sequence row) noexcept {
  add_by<Extreme::Least>(s, x, y, static_cast<int64_t>(row));
}
MR_HOT void mr_max_double_by_double_add(DoubleByDoubleState* s, double x, double y, Sequence row) noexcept {
  add_by<Extreme::Greatest>(s, x, y, static_cast<int64_t>(row));
}
MR_HOT void mr_min_double_by_double_merge(DoubleByDoubleState* into, const DoubleByDoubleState* from) noexcept {
  merge_by<Extreme::Least>(into, from);
}
MR_HOT void mr_max_double_by_double_merge(DoubleByDoubleState* into, const DoubleByDoubleState* from) noexcept {
  merge_by<Extreme::Greatest>(into, from);
}
MR_HOT bool mr_double_by_double_result(const DoubleByDoubleState* s, double* out) noexcept {
  *out = s->value;
  return s->present != 0;
}

MR_HOT void mr_min_string_by_int_add(GroupTable* table, StringByIntState* s, const StringRef* x, int64_t y, Sequence row) noexcept {
  add_string_by<Extreme::Least>(table, s, x->data, x->size, y, static_cast<int64_t>(row));
}
MR_HOT void mr_max_string_by_int_add(GroupTable* table, StringByIntState* s, const StringRef* x, int64_t y, Sequence row) noexcept {
  add_string_by<Extreme::Greatest>(table, s, x->data, x->size, y, static_cast<int64_t>(row));
}
MR_HOT void mr_min_string_by_int_merge(GroupTable* table, StringByIntState* into, const StringByIntState* from) noexcept {
  merge_string_by<Extreme::Least>(table, into, from);
}
MR_HOT void mr_max_string_by_int_merge(GroupTable* table, StringByIntState* into, const StringByIntState* from) noexcept {
  merge_string_by<Extreme::Greatest>(table, into, from);
}
MR_HOT bool mr_string_by_int_result(const StringByIntState* s, StringRef* out) noexcept { return kept_string_result(s->value, out); }

MR_HOT void mr_min_string_by_double_add(GroupTable* table, StringByDoubleState* s, const StringRef* x, double y, Sequence row) noexcept {
  add_string_by<Extreme::Least>(table, s, x->data, x->size, y, static_cast<int64_t>(row));
}
MR_HOT void mr_max_string_by_double_add(GroupTable* table, StringByDoubleState* s, const StringRef* x, double y, Sequence row) noexcept {
  add_string_by<Extreme::Greatest>(table, s, x->data, x->size, y, static_cast<int64_t>(row));
}
MR_HOT void mr_min_string_by_double_merge(GroupTable* table, StringByDoubleState* into, const StringByDoubleState* from) noexcept {
  merge_string_by<Extreme::Least>(table, into, from);
}
MR_HOT void mr_max_string_by_double_merge(GroupTable* table, StringByDoubleState* into, const StringByDoubleState* from) noexcept {
  merge_string_by<Extreme::Greatest>(table, into, from);
}
MR_HOT bool mr_string_by_double_result(const StringByDoubleState* s, StringRef* out) noexcept {
  return kept_string_result(s->value, out);
}

}  // namespace millrace::abi
