#pragma once

#include <cstdint>

#include "runtime/abi/decimal.h"
#include "runtime/hot/aggregates/count.h"
#include "runtime/hot/aggregates/decimal.h"
#include "runtime/hot/aggregates/sum.h"
#include "runtime/hot/mr_hot.h"

/// count and sum of rows that come `weight` times or, below 0, go: what goes takes out exactly what it has brought.
namespace millrace::abi {

MR_HOT void mr_weight_add(CountState* state, int64_t weight) noexcept { state->count += weight; }
MR_HOT void mr_weight_if_add(CountState* state, bool value, int64_t weight) noexcept { state->count += value ? weight : 0; }

MR_HOT void mr_weighted_int_add(SumIntState* state, int64_t value, int64_t weight) noexcept {
  const __int128 product = static_cast<__int128>(value) * weight;
  add_to_sum(state, static_cast<uint64_t>(product), static_cast<int64_t>(product >> 64));
  state->count += weight;
}

MR_HOT void mr_weighted_decimal_add(SumDecimalState* state, const Decimal* value, int64_t weight) noexcept {
  const __int128 low = static_cast<__int128>(static_cast<unsigned __int128>(value->low)) * weight;
  const __int128 high = static_cast<__int128>(value->high) * weight + (low >> 64);
  add_to_sum(state, static_cast<uint64_t>(low), static_cast<uint64_t>(high), static_cast<int64_t>(high >> 64));
  state->count += weight;
}

}  // namespace millrace::abi
