#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace millrace {

/// Batches of one size, all alike: what one took, on average over a run.
struct CostSample {
  double rows = 0;
  double ns = 0;
};

/// What a batch of n rows costs: c0 + c1 · n.
struct CostFit {
  double batch_ns = 0;        ///< c0
  double batch_error_ns = 0;  ///< its standard error
  double row_ns = 0;          ///< c1
  double row_error_ns = 0;
  bool ok = false;            ///< false: fewer than two sizes, or nothing that fits

  double cost_ns(double rows) const { return batch_ns + row_ns * rows; }
};

/// Least squares of relative deviations, since sizes span six powers of ten and a clock's noise goes with what it measures; c0 and c1 are not
/// negative. Runs that something else disturbed count less: iteratively reweighted by Huber's weights (1.345 deviations), the deviation
/// estimated by the median of absolute residuals [Huber, "Robust Estimation of a Location Parameter", 1964]. Standard
/// errors are those of the weighted linear model.
CostFit fit_cost(std::span<const CostSample> samples);

/// At an arrival rate there is a shortest interval at which a batch is done before the next one is whole: c0 + c1·r·t = (1 - slack)·t.
struct StableInterval {
  double seconds = 0;
  double rows = 0;  ///< of a batch of that interval
};
/// Nothing when no interval is long enough: the rate is beyond what the query can take.
std::optional<StableInterval> stable_interval(const CostFit& fit, double rows_per_second, double slack);

}  // namespace millrace
