#include "compiler/driver/bench/distribution.h"

#include <algorithm>
#include <cmath>

namespace millrace {

Quantiles Distribution::quantiles() {
  Quantiles found;
  if (seen_.empty()) return found;
  std::ranges::sort(seen_, {}, &Seen::duration_ns);
  int64_t total = 0;
  for (const Seen& seen : seen_) total += seen.times;
  const auto at = [&](double share) {
    auto wanted = static_cast<int64_t>(std::ceil(share * static_cast<double>(total)));
    for (const Seen& seen : seen_) {
      wanted -= seen.times;
      if (wanted <= 0) return seen.duration_ns;
    }
    return seen_.back().duration_ns;
  };
  found = {at(0.5), at(0.95), at(0.99), seen_.back().duration_ns};
  return found;
}

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

Quantiles median_of(const std::vector<Quantiles>& runs) {
  const auto middle = [&](int64_t Quantiles::*member) {
    std::vector<double> values;
    for (const Quantiles& run : runs) values.push_back(static_cast<double>(run.*member));
    return static_cast<int64_t>(spread_of(std::move(values)).median);
  };
  Quantiles result{middle(&Quantiles::p50), middle(&Quantiles::p95), middle(&Quantiles::p99), 0};
  for (const Quantiles& run : runs) result.max = std::max(result.max, run.max);
  return result;
}

}  // namespace millrace
