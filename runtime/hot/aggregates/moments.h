#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/hot/mr_hot.h"

/// Variances, skewness and kurtosis from running central moments, which do not cancel as sums of powers do: Welford, "Note on a method for
/// calculating corrected sums of squares and products", Technometrics 1962; merged after Chan, Golub, LeVeque (1979); third and
/// fourth moments after Pébay, SAND2008-6212. What would divide by zero is NULL, as in Spark.
namespace millrace::abi {

struct VarianceState {
  int64_t count;
  double mean;
  double m2;  ///< sum of squared distances from the mean
};

MR_HOT void mr_variance_add(VarianceState* state, double value) noexcept {
  ++state->count;
  const double distance = value - state->mean;
  state->mean += distance / static_cast<double>(state->count);
  state->m2 += distance * (value - state->mean);
}
MR_HOT void mr_variance_merge(VarianceState* into, const VarianceState* from) noexcept {
  if (from->count == 0) return;
  if (into->count == 0) {
    *into = *from;
    return;
  }
  const auto a = static_cast<double>(into->count);
  const auto b = static_cast<double>(from->count);
  const double distance = from->mean - into->mean;
  into->mean += distance * b / (a + b);
  into->m2 += from->m2 + distance * distance * a * b / (a + b);
  into->count += from->count;
}

/// The variance with `count - less` degrees of freedom.
inline bool variance_of(const VarianceState& state, int64_t less, double* out) {
  *out = state.m2 / static_cast<double>(state.count - less);
  return state.count > less;
}
MR_HOT bool mr_var_pop_result(const VarianceState* state, double* out) noexcept { return variance_of(*state, 0, out); }
MR_HOT bool mr_var_samp_result(const VarianceState* state, double* out) noexcept { return variance_of(*state, 1, out); }
MR_HOT bool mr_stddev_pop_result(const VarianceState* state, double* out) noexcept {
  const bool valid = variance_of(*state, 0, out);
  *out = std::sqrt(*out);
  return valid;
}
MR_HOT bool mr_stddev_samp_result(const VarianceState* state, double* out) noexcept {
  const bool valid = variance_of(*state, 1, out);
  *out = std::sqrt(*out);
  return valid;
}

struct MomentsState {
  int64_t count;
  double mean;
  double m2;
  double m3;
  double m4;
};

MR_HOT void mr_moments_merge(MomentsState* into, const MomentsState* from) noexcept {
  if (from->count == 0) return;
  const auto a = static_cast<double>(into->count);
  const auto b = static_cast<double>(from->count);
  const double n = a + b;
  const double d = from->mean - into->mean;
  const double d_n = d / n;
  const double m2 = into->m2 + from->m2 + d * d_n * a * b;
  const double m3 = into->m3 + from->m3 + d * d_n * d_n * a * b * (a - b) + 3 * d_n * (a * from->m2 - b * into->m2);
  into->m4 += from->m4 + d * d_n * d_n * d_n * a * b * (a * a - a * b + b * b) +
              6 * d_n * d_n * (a * a * from->m2 + b * b * into->m2) + 4 * d_n * (a * from->m3 - b * into->m3);
  into->m2 = m2;
  into->m3 = m3;
  into->mean += d_n * b;
  into->count += from->count;
}
MR_HOT void mr_moments_add(MomentsState* state, double value) noexcept {
  const MomentsState one{1, value, 0, 0, 0};
  mr_moments_merge(state, &one);
}
MR_HOT bool mr_skewness_result(const MomentsState* state, double* out) noexcept {
  *out = std::sqrt(static_cast<double>(state->count)) * state->m3 / std::sqrt(state->m2 * state->m2 * state->m2);
  return state->count != 0 && state->m2 != 0;
}
/// Excess kurtosis: 0 for a normal distribution.
MR_HOT bool mr_kurtosis_result(const MomentsState* state, double* out) noexcept {
  *out = static_cast<double>(state->count) * state->m4 / (state->m2 * state->m2) - 3;
  return state->count != 0 && state->m2 != 0;
}

}  // namespace millrace::abi
