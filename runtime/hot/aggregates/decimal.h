#pragma once

#include <cstdint>

#include "runtime/abi/decimal.h"
#include "runtime/abi/sql_values.h"
#include "runtime/hot/decimal.h"
#include "runtime/hot/aggregates/approx_count_distinct.h"
#include "runtime/hot/mr_hot.h"

/// sum, min, max, first, last and approx_count_distinct of DECIMALs, which come by address.
namespace millrace::abi {

/// Added in 192 bits, so that only the final value decides about overflow (which is NULL), in whatever order the values come.
struct SumDecimalState {
  uint64_t low;
  uint64_t middle;
  int64_t high;
  int64_t count;
};

inline void add_to_sum(SumDecimalState* state, uint64_t low, uint64_t middle, int64_t high) {
  const unsigned __int128 first = static_cast<unsigned __int128>(state->low) + low;
  const unsigned __int128 second = static_cast<unsigned __int128>(state->middle) + middle + static_cast<uint64_t>(first >> 64);
  state->low = static_cast<uint64_t>(first);
  state->middle = static_cast<uint64_t>(second);
  state->high = static_cast<int64_t>(static_cast<uint64_t>(state->high) + static_cast<uint64_t>(high) + static_cast<uint64_t>(second >> 64));
}

MR_HOT void mr_sum_decimal_add(SumDecimalState* state, const Decimal* value) noexcept {
  add_to_sum(state, value->low, static_cast<uint64_t>(value->high), value->high >> 63);
  ++state->count;
}
MR_HOT void mr_sum_decimal_merge(SumDecimalState* into, const SumDecimalState* from) noexcept {
  add_to_sum(into, from->low, from->middle, from->high);
  into->count += from->count;
}
/// The result has up to 38 digits: a sum of narrower values cannot reach the bound of its own type.
MR_HOT bool mr_sum_decimal_result(const SumDecimalState* state, Decimal* out) noexcept {
  *out = {state->low, static_cast<int64_t>(state->middle)};
  const bool in_words = state->high == static_cast<int64_t>(state->middle) >> 63;
  return state->count != 0 && in_words && fits_precision(wide_of(*out), kDecimalMaxDigits);
}

struct ExtremeDecimalState {
  Decimal value;
  int64_t present;
};

MR_HOT void mr_min_decimal_add(ExtremeDecimalState* state, const Decimal* value) noexcept {
  if (state->present == 0 || *value < state->value) *state = {*value, 1};
}
MR_HOT void mr_max_decimal_add(ExtremeDecimalState* state, const Decimal* value) noexcept {
  if (state->present == 0 || state->value < *value) *state = {*value, 1};
}
MR_HOT void mr_min_decimal_merge(ExtremeDecimalState* into, const ExtremeDecimalState* from) noexcept {
  if (from->present != 0) mr_min_decimal_add(into, &from->value);
}
MR_HOT void mr_max_decimal_merge(ExtremeDecimalState* into, const ExtremeDecimalState* from) noexcept {
  if (from->present != 0) mr_max_decimal_add(into, &from->value);
}
MR_HOT bool mr_extreme_decimal_result(const ExtremeDecimalState* state, Decimal* out) noexcept {
  *out = state->value;
  return state->present != 0;
}

struct OrderedDecimalState {
  Decimal value;
  int64_t order;
  int64_t present;
};

MR_HOT void mr_first_decimal_add(OrderedDecimalState* state, const Decimal* value, Sequence row) noexcept {
  const auto order = static_cast<int64_t>(row);
  if (state->present == 0 || order < state->order) *state = {*value, order, 1};
}
MR_HOT void mr_last_decimal_add(OrderedDecimalState* state, const Decimal* value, Sequence row) noexcept {
  const auto order = static_cast<int64_t>(row);
  if (state->present == 0 || order >= state->order) *state = {*value, order, 1};
}
MR_HOT void mr_first_decimal_merge(OrderedDecimalState* into, const OrderedDecimalState* from) noexcept {
  if (from->present != 0) mr_first_decimal_add(into, &from->value, Sequence{from->order});
}
MR_HOT void mr_last_decimal_merge(OrderedDecimalState* into, const OrderedDecimalState* from) noexcept {
  if (from->present != 0) mr_last_decimal_add(into, &from->value, Sequence{from->order});
}
MR_HOT bool mr_ordered_decimal_result(const OrderedDecimalState* state, Decimal* out) noexcept {
  *out = state->value;
  return state->present != 0;
}

MR_HOT void mr_approx_decimal_add(SketchState* state, const Decimal* value) noexcept { add_hash(state, mr_hash_decimal(0, value)); }

}  // namespace millrace::abi
