#pragma once

#include <cstdint>

#include "runtime/hot/mr_hot.h"

/// sum. Integers are added in 128 bits, so that only the final value decides about overflow (which is NULL).
namespace millrace::abi {

struct SumIntState {
  uint64_t low;
  int64_t high;  ///< two halves rather than an __int128: states are 8-aligned
  int64_t count;
};

inline void add_to_sum(SumIntState* state, uint64_t low, int64_t high) {
  const uint64_t sum = state->low + low;
  state->high += high + static_cast<int64_t>(sum < low);
  state->low = sum;
}

MR_HOT void mr_sum_int_add(SumIntState* state, int64_t value) noexcept {
  add_to_sum(state, static_cast<uint64_t>(value), value >> 63);
  ++state->count;
}
MR_HOT void mr_sum_int_merge(SumIntState* into, const SumIntState* from) noexcept {
  add_to_sum(into, from->low, from->high);
  into->count += from->count;
}
MR_HOT bool mr_sum_int_result(const SumIntState* state, int64_t* out) noexcept {
  *out = static_cast<int64_t>(state->low);
  return state->count != 0 && state->high == *out >> 63;
}

/// Of INTERVALs of months, which are an INT.
MR_HOT bool mr_sum_months_result(const SumIntState* state, int64_t* out) noexcept {
  return mr_sum_int_result(state, out) && *out >= INT32_MIN && *out <= INT32_MAX;
}

struct SumDoubleState {
  double sum;
  int64_t count;
};

MR_HOT void mr_sum_double_add(SumDoubleState* state, double value) noexcept {
  state->sum += value;
  ++state->count;
}
MR_HOT void mr_sum_double_merge(SumDoubleState* into, const SumDoubleState* from) noexcept {
  into->sum += from->sum;
  into->count += from->count;
}
MR_HOT bool mr_sum_double_result(const SumDoubleState* state, double* out) noexcept {
  *out = state->sum;
  return state->count != 0;
}

/// avg: a double sum over the count, of integers too (Spark's definition).
MR_HOT bool mr_avg_result(const SumDoubleState* state, double* out) noexcept {
  *out = state->sum / static_cast<double>(state->count);
  return state->count != 0;
}

}  // namespace millrace::abi
