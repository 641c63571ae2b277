#include "runtime/metrics/latency_histogram.h"

#include <catch2/catch.hpp>

using millrace::LatencyHistogram;

TEST_CASE("quantiles are known to a few percent") {
  LatencyHistogram histogram;
  CHECK(histogram.quantile_ns(0.5) == 0);
  for (int64_t i = 1; i <= 100'000; ++i) histogram.add(i * 100);
  CHECK(histogram.count() == 100'000);
  CHECK(static_cast<double>(histogram.quantile_ns(0.5)) == Approx(5'000'000).epsilon(0.07));
  CHECK(static_cast<double>(histogram.quantile_ns(0.99)) == Approx(9'900'000).epsilon(0.07));
  CHECK(histogram.quantile_ns(1.0) <= 10'000'000);
  CHECK(histogram.largest_ns() == 10'000'000);
}

TEST_CASE("small and extreme durations have a place") {
  LatencyHistogram histogram;
  histogram.add(0);
  histogram.add(-5);
  histogram.add(INT64_MAX);
  CHECK(histogram.quantile_ns(0.5) == 0);
  CHECK(histogram.quantile_ns(1.0) > INT64_MAX / 2);
}
