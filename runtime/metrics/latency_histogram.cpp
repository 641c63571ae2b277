#include "runtime/metrics/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace millrace {

size_t LatencyHistogram::bucket_of(int64_t duration_ns) {
  auto value = static_cast<uint64_t>(std::max<int64_t>(duration_ns, 0));
  if (value < (1u << kStepBits)) return value;
  int power = std::bit_width(value) - 1 - kStepBits;  // the value has kStepBits + 1 digits above 2^power
  return (static_cast<size_t>(power) << kStepBits) + static_cast<size_t>(value >> power);
}

int64_t LatencyHistogram::middle_of(size_t bucket) {
  if (bucket < (2u << kStepBits)) return static_cast<int64_t>(bucket);
  size_t power = (bucket >> kStepBits) - 1;
  size_t digits = (bucket & ((1u << kStepBits) - 1)) + (1u << kStepBits);
  return static_cast<int64_t>((digits << power) + ((size_t{1} << power) >> 1));
}

void LatencyHistogram::add(int64_t duration_ns) {
  ++buckets_[std::min(bucket_of(duration_ns), kBuckets - 1)];
  ++count_;
  largest_ns_ = std::max(largest_ns_, duration_ns);
}

int64_t LatencyHistogram::quantile_ns(double share) const {
  auto wanted = static_cast<int64_t>(std::ceil(share * static_cast<double>(count_)));
  int64_t seen = 0;
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted && seen > 0) return std::min(middle_of(bucket), largest_ns_);
  }
  return 0;
}

}  // namespace millrace
