#include "runtime/engine/batch_pacer.h"

#include <algorithm>

namespace millrace {

namespace {

constexpr int64_t kMostRows = int64_t{1} << 20;
/// Shares of the target: what a wait and a batch's processing may take together, and what processing may take when rows are there in numbers.
constexpr double kTogether = 0.8;
constexpr double kProcessing = 0.5;
/// Shares of the time that passes in which the query computes. Above the first it hardly keeps up, reading costs time as well; below the second there
/// is slack. Between them all stays as it is.
constexpr double kBusy = 0.8;
constexpr double kSlack = 0.55;
constexpr double kGrowth = 1.5;
constexpr double kShrink = 0.8;
/// A wait that is shorter than what waking up costs is none.
constexpr int64_t kShortestWaitNs = 50'000;
/// How often the wait is looked at, in parts of the target.
constexpr int64_t kLooksATarget = 2;

int64_t scaled(int64_t value, double by) { return static_cast<int64_t>(static_cast<double>(value) * by); }

}  // namespace

void BatchPacer::batch_ended(int64_t rows, int64_t busy_ns, int64_t now_ns) {
  steer_rows(rows, busy_ns);
  if (looked_ns_ == 0) {
    looked_ns_ = now_ns;
    return;
  }
  busy_ns_ += busy_ns;
  longest_ns_ = std::max(longest_ns_, busy_ns);
  const int64_t passed_ns = now_ns - looked_ns_;
  if (passed_ns < target_ns_ / kLooksATarget) return;
  const double busy = static_cast<double>(busy_ns_) / static_cast<double>(passed_ns);
  if (busy > kBusy) wait_ns_ = std::max(scaled(wait_ns_, kGrowth), kShortestWaitNs);
  else if (busy < kSlack) wait_ns_ = scaled(wait_ns_, kShrink);
  wait_ns_ = std::clamp<int64_t>(wait_ns_, 0, std::max<int64_t>(scaled(target_ns_, kTogether) - longest_ns_, 0));
  if (wait_ns_ < kShortestWaitNs) wait_ns_ = 0;
  busy_ns_ = 0;
  longest_ns_ = 0;
  looked_ns_ = now_ns;
}

/// Only batches that are large say what size does.
void BatchPacer::steer_rows(int64_t rows, int64_t busy_ns) {
  const int64_t allowed_ns = scaled(target_ns_, kProcessing);
  if (rows * 2 < rows_max_) return;
  if (busy_ns > allowed_ns) {
    rows_max_ = std::max<int64_t>(scaled(rows, static_cast<double>(allowed_ns) / static_cast<double>(busy_ns)), 1);
  } else if (rows >= rows_max_ && busy_ns * 2 < allowed_ns) {
    rows_max_ = std::min(rows_max_ * 2, kMostRows);
  } else if (rows >= rows_max_) {
    rows_max_ = std::min(rows_max_ + rows_max_ / 8 + 1, kMostRows);
  }
}

}  // namespace millrace
