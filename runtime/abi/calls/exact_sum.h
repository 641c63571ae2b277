#pragma once

#include <cstdint>

/// The sum of DOUBLEs that come and go, without rounding on the way. Bodies in runtime/functions/exact_sum.cpp.
namespace millrace::abi {

/// A whole number of 2^-1074, the least step between two doubles, in digits of 32 bits: two's complement, the last digit has the sign. All doubles and
/// their sums fit [Neal, "Fast exact summation using small and large superaccumulators", 2015].
struct ExactSumState {
  static constexpr int kDigits = 69;

  int64_t count;
  int64_t nans;
  int64_t infinities;           ///< positive ones
  int64_t negative_infinities;
  int64_t digits[kDigits];
};

extern "C" {

void mr_exact_sum_add(ExactSumState* state, double value, int64_t weight) noexcept;
void mr_exact_sum_merge(ExactSumState* into, const ExactSumState* from) noexcept;
/// Rounded once; false: of nothing.
bool mr_exact_sum_result(const ExactSumState* state, double* out) noexcept;
/// The sum over the count.
bool mr_exact_avg_result(const ExactSumState* state, double* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi
