#pragma once

#include <cstdint>

#include "runtime/hot/mr_hot.h"

/// count(*), count(x), count_if(x).
namespace millrace::abi {

struct CountState {
  int64_t count;
};

MR_HOT void mr_count_add(CountState* state) noexcept { ++state->count; }
MR_HOT void mr_count_if_add(CountState* state, bool value) noexcept { state->count += value; }
MR_HOT void mr_count_merge(CountState* into, const CountState* from) noexcept { into->count += from->count; }
MR_HOT int64_t mr_count_result(const CountState* state) noexcept { return state->count; }

}  // namespace millrace::abi
