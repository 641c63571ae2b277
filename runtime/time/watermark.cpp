#include "runtime/time/watermark.h"

#include <algorithm>

namespace millrace {

void Watermark::observe(int64_t event_time_us) {
  if (event_time_us == INT64_MIN) return;
  int64_t within_ms = event_time_us % 1000;
  if (within_ms < 0) within_ms += 1000;
  int64_t floored = 0;
  int64_t reached = 0;
  if (__builtin_sub_overflow(event_time_us, within_ms, &floored)) return;
  if (__builtin_sub_overflow(floored, delay_us_, &reached)) return;
  value_us_ = std::max(value_us_, reached);
}

}  // namespace millrace
