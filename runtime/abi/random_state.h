#pragma once

#include <cstdint>

namespace millrace::abi {

/// Where a generator of random numbers with a seed is: one for each such call of a query, zero before its first number. Part of checkpoints.
struct RandomState {
  uint64_t bits;        ///< of Marsaglia's xorshift; a counter's number
  int64_t batch_id;     ///< in which it last gave a number
  double next_normal;   ///< normally distributed numbers come in pairs
  int32_t has_normal;
  int32_t begun;
};

}  // namespace millrace::abi
