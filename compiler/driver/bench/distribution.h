#pragma once

#include <cstdint>
#include <vector>

namespace millrace {

/// Of durations, in nanoseconds.
struct Quantiles {
  int64_t p50 = 0, p95 = 0, p99 = 0, max = 0;
};

/// Durations with the number of times each was seen; exact.
class Distribution {
 public:
  void add(int64_t duration_ns, int64_t times = 1) { seen_.push_back({duration_ns, times}); }
  /// Sorts what was added.
  Quantiles quantiles();

 private:
  struct Seen {
    int64_t duration_ns;
    int64_t times;
  };
  std::vector<Seen> seen_;
};

/// The middle of several runs' figures and how far they lie apart.
struct Spread {
  double median = 0, low = 0, high = 0;
};
Spread spread_of(std::vector<double> values);

/// Medians over runs of each quantile; the largest maximum.
Quantiles median_of(const std::vector<Quantiles>& runs);

}  // namespace millrace
