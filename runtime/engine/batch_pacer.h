#pragma once

#include <cstdint>

namespace millrace {

/// Keeps AUTO's batches within a latency target while the load changes. A record waits until its batch is whole and then until the batch is
/// computed and written, so two numbers are steered:
///
/// - how long a batch waits for more rows. Not at all while batches are computed well within the time in which their rows arrive. When they are not, what
///   a batch costs whatever its size is to be paid more seldom: the wait grows; once there is slack again it shrinks, so that it ends up near the
///   shortest at which processing keeps up with arrival. Wait and processing together stay below the target.
/// - how many rows a batch holds at most, which is what counts when they are all there already: as many as half of the target's time computes.
///
/// Made for one query; its thread only.
class BatchPacer {
 public:
  explicit BatchPacer(int64_t target_us) : target_ns_(target_us * 1000) {}

  /// A batch was written at `now_ns` (steady clock). `busy_ns`: what computing and writing it took, waits for rows apart.
  void batch_ended(int64_t rows, int64_t busy_ns, int64_t now_ns);

  int64_t wait_us() const { return wait_ns_ / 1000; }
  int64_t rows_max() const { return rows_max_; }
  int64_t target_us() const { return target_ns_ / 1000; }

 private:
  void steer_rows(int64_t rows, int64_t busy_ns);

  int64_t target_ns_;
  int64_t wait_ns_ = 0;
  int64_t rows_max_ = kFirstRows;
  // Since the wait was last looked at.
  int64_t busy_ns_ = 0;
  int64_t longest_ns_ = 0;
  int64_t looked_ns_ = 0;

  static constexpr int64_t kFirstRows = 16'384;
};

}  // namespace millrace
