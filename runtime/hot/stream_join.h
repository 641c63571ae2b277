#pragma once

#include <cstdint>

#include "runtime/hot/mr_hot.h"

namespace millrace::abi {

/// The instant at which a row's time in a join of streams is over: saturating, as times may be anything.
MR_HOT int64_t mr_expiry(int64_t time_us, int64_t shift_us) noexcept {
  int64_t sum = 0;
  if (!__builtin_add_overflow(time_us, shift_us, &sum)) return sum;
  return shift_us > 0 ? INT64_MAX : INT64_MIN;
}

}  // namespace millrace::abi
