#include "compiler/driver/bench/cost_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace millrace {

namespace {

constexpr double kHuberBound = 1.345;     // 95 % as efficient as least squares when nothing is disturbed
constexpr double kMadToDeviation = 1.4826;  // of a normal distribution
constexpr int kRounds = 30;

/// Sums of the weighted normal equations; with relative residuals a sample's row is (1/t, n/t) and its value 1.
struct Normal {
  double aa = 0, an = 0, nn = 0, a1 = 0, n1 = 0;

  void add(const CostSample& s, double weight) {
    const double a = 1 / s.ns, n = s.rows / s.ns;
    aa += weight * a * a;
    an += weight * a * n;
    nn += weight * n * n;
    a1 += weight * a;
    n1 += weight * n;
  }
  double determinant() const { return aa * nn - an * an; }
};

void solve(const Normal& sums, CostFit& fit) {
  fit.batch_ns = (sums.a1 * sums.nn - sums.n1 * sums.an) / sums.determinant();
  fit.row_ns = (sums.n1 * sums.aa - sums.a1 * sums.an) / sums.determinant();
  if (fit.batch_ns < 0) {
    fit.batch_ns = 0;
    fit.row_ns = sums.n1 / sums.nn;
  } else if (fit.row_ns < 0) {
    fit.row_ns = 0;
    fit.batch_ns = sums.a1 / sums.aa;
  }
}

double residual(const CostFit& fit, const CostSample& s) { return fit.cost_ns(s.rows) / s.ns - 1; }

double deviation(const CostFit& fit, std::span<const CostSample> samples) {
  std::vector<double> sizes;
  for (const CostSample& s : samples) sizes.push_back(std::fabs(residual(fit, s)));
  std::nth_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2), sizes.end());
  return std::max(sizes[sizes.size() / 2] * kMadToDeviation, 1e-9);
}

double weight_of(double residual_in_deviations) {
  const double size = std::fabs(residual_in_deviations);
  return size <= kHuberBound ? 1 : kHuberBound / size;
}

bool has_two_sizes(std::span<const CostSample> samples) {
  return std::any_of(samples.begin(), samples.end(), [&](const CostSample& s) { return s.rows != samples.front().rows; });
}

}  // namespace

CostFit fit_cost(std::span<const CostSample> samples) {
  CostFit fit;
  if (samples.size() < 2 || !has_two_sizes(samples)) return fit;
  std::vector<double> weights(samples.size(), 1);
  Normal sums;
  for (int round = 0; round < kRounds; ++round) {
    sums = {};
    for (size_t i = 0; i < samples.size(); ++i) sums.add(samples[i], weights[i]);
    solve(sums, fit);
    const double scale = deviation(fit, samples);
    for (size_t i = 0; i < samples.size(); ++i) weights[i] = weight_of(residual(fit, samples[i]) / scale);
  }
  double squares = 0;
  for (size_t i = 0; i < samples.size(); ++i) squares += weights[i] * residual(fit, samples[i]) * residual(fit, samples[i]);
  const double variance = samples.size() > 2 ? squares / static_cast<double>(samples.size() - 2) : 0;
  fit.batch_error_ns = std::sqrt(variance * sums.nn / sums.determinant());
  fit.row_error_ns = std::sqrt(variance * sums.aa / sums.determinant());
  fit.ok = std::isfinite(fit.batch_ns) && std::isfinite(fit.row_ns) && fit.row_ns + fit.batch_ns > 0;
  return fit;
}

std::optional<StableInterval> stable_interval(const CostFit& fit, double rows_per_second, double slack) {
  const double idle_share = 1 - slack - fit.row_ns * 1e-9 * rows_per_second;
  if (idle_share <= 0) return std::nullopt;
  // A batch holds one row at least.
  const double seconds = std::max(fit.batch_ns * 1e-9 / idle_share, 1 / rows_per_second);
  return StableInterval{seconds, seconds * rows_per_second};
}

}  // namespace millrace
