#pragma once

#include <cstdint>

#include "runtime/hot/mr_hot.h"

/// bit_and, bit_or, bit_xor.
namespace millrace::abi {

struct BitsState {
  int64_t bits;
  int64_t present;
};

MR_HOT void mr_bit_and_add(BitsState* state, int64_t value) noexcept {
  *state = {state->present == 0 ? value : state->bits & value, 1};
}
MR_HOT void mr_bit_or_add(BitsState* state, int64_t value) noexcept { *state = {state->bits | value, 1}; }
MR_HOT void mr_bit_xor_add(BitsState* state, int64_t value) noexcept { *state = {state->bits ^ value, 1}; }
MR_HOT void mr_bit_and_merge(BitsState* into, const BitsState* from) noexcept {
  if (from->present != 0) mr_bit_and_add(into, from->bits);
}
MR_HOT void mr_bit_or_merge(BitsState* into, const BitsState* from) noexcept {
  if (from->present != 0) mr_bit_or_add(into, from->bits);
}
MR_HOT void mr_bit_xor_merge(BitsState* into, const BitsState* from) noexcept {
  if (from->present != 0) mr_bit_xor_add(into, from->bits);
}
MR_HOT bool mr_bits_result(const BitsState* state, int64_t* out) noexcept {
  *out = state->bits;
  return state->present != 0;
}

}  // namespace millrace::abi
