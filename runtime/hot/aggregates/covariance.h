#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/hot/mr_hot.h"

/// Two columns together: covariance, correlation and the regression of y on x (of the pairs where both are known). Running moments as in moments.h.
namespace millrace::abi {

struct CovarianceState {
  int64_t count;
  double mean_x;
  double mean_y;
  double xy;  ///< sum of products of the distances from the means
  double xx;
  double yy;
};

MR_HOT void mr_covariance_add(CovarianceState* state, double x, double y) noexcept {
  ++state->count;
  const auto n = static_cast<double>(state->count);
  const double dx = x - state->mean_x;
  const double dy = y - state->mean_y;
  state->mean_x += dx / n;
  state->mean_y += dy / n;
  state->xy += dx * (y - state->mean_y);
  state->xx += dx * (x - state->mean_x);
  state->yy += dy * (y - state->mean_y);
}
/// The dependent column comes first, as in regr_slope(y, x).
MR_HOT void mr_regression_add(CovarianceState* state, double y, double x) noexcept { mr_covariance_add(state, x, y); }

MR_HOT void mr_covariance_merge(CovarianceState* into, const CovarianceState* from) noexcept {
  if (from->count == 0) return;
  const auto a = static_cast<double>(into->count);
  const auto b = static_cast<double>(from->count);
  const double dx = from->mean_x - into->mean_x;
  const double dy = from->mean_y - into->mean_y;
  const double weight = a * b / (a + b);
  into->mean_x += dx * b / (a + b);
  into->mean_y += dy * b / (a + b);
  into->xy += from->xy + dx * dy * weight;
  into->xx += from->xx + dx * dx * weight;
  into->yy += from->yy + dy * dy * weight;
  into->count += from->count;
}

inline bool quotient(double dividend, double divisor, double* out) {
  *out = dividend / divisor;
  return divisor != 0;
}

MR_HOT bool mr_covar_pop_result(const CovarianceState* state, double* out) noexcept {
  return quotient(state->xy, static_cast<double>(state->count), out);
}
MR_HOT bool mr_covar_samp_result(const CovarianceState* state, double* out) noexcept {
  *out = state->xy / static_cast<double>(state->count - 1);
  return state->count > 1;
}
MR_HOT bool mr_corr_result(const CovarianceState* state, double* out) noexcept {
  return quotient(state->xy, std::sqrt(state->xx * state->yy), out) && state->count > 1;
}

MR_HOT int64_t mr_regr_count_result(const CovarianceState* state) noexcept { return state->count; }
MR_HOT bool mr_regr_avgx_result(const CovarianceState* state, double* out) noexcept {
  *out = state->mean_x;
  return state->count != 0;
}
MR_HOT bool mr_regr_avgy_result(const CovarianceState* state, double* out) noexcept {
  *out = state->mean_y;
  return state->count != 0;
}
MR_HOT bool mr_regr_sxx_result(const CovarianceState* state, double* out) noexcept {
  *out = state->xx;
  return state->count != 0;
}
MR_HOT bool mr_regr_syy_result(const CovarianceState* state, double* out) noexcept {
  *out = state->yy;
  return state->count != 0;
}
MR_HOT bool mr_regr_sxy_result(const CovarianceState* state, double* out) noexcept {
  *out = state->xy;
  return state->count != 0;
}
MR_HOT bool mr_regr_slope_result(const CovarianceState* state, double* out) noexcept { return quotient(state->xy, state->xx, out); }
MR_HOT bool mr_regr_intercept_result(const CovarianceState* state, double* out) noexcept {
  const bool valid = quotient(state->xy, state->xx, out);
  *out = state->mean_y - *out * state->mean_x;
  return valid;
}
/// 1 when y never changes, NULL when x never does.
MR_HOT bool mr_regr_r2_result(const CovarianceState* state, double* out) noexcept {
  *out = state->yy == 0 ? 1 : state->xy * state->xy / (state->xx * state->yy);
  return state->xx != 0;
}

}  // namespace millrace::abi
