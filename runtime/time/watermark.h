#pragma once

#include <cstdint>

namespace millrace {

/// The watermark of one stream: the largest event time seen, floored to a millisecond, less the delay. It never goes back; INT64_MIN
/// until a row was seen; INT64_MAX once the stream has ended. All in microseconds. One thread.
class Watermark {
 public:
  explicit Watermark(int64_t delay_us) : delay_us_(delay_us) {}

  /// At the end of a batch: its largest event time, INT64_MIN when it had none.
  void observe(int64_t event_time_us);
  void end() { value_us_ = INT64_MAX; }
  /// As it stood in a checkpoint.
  void restore(int64_t value_us) { value_us_ = value_us; }

  int64_t value_us() const { return value_us_; }

 private:
  int64_t delay_us_;
  int64_t value_us_ = INT64_MIN;
};

}  // namespace millrace
