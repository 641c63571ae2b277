#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace millrace {

/// Counts of durations in buckets whose width is an eighth of their size: a quantile is known to about 6 %. Fixed memory. One thread.
class LatencyHistogram {
 public:
  void add(int64_t duration_ns);

  int64_t count() const { return count_; }
  int64_t largest_ns() const { return largest_ns_; }
  /// The duration that a share of them does not exceed, e.g. 0.5 or 0.99; 0 while there is none.
  int64_t quantile_ns(double share) const;

 private:
  static constexpr int kStepBits = 3;
  static constexpr size_t kBuckets = 62 << kStepBits;

  static size_t bucket_of(int64_t duration_ns);
  static int64_t middle_of(size_t bucket);

  std::array<int64_t, kBuckets> buckets_{};
  int64_t count_ = 0;
  int64_t largest_ns_ = 0;
};

}  // namespace millrace
