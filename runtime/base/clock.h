#pragma once

#include <cstdint>

namespace millrace {

/// Wall clock, microseconds since the epoch.
int64_t wall_clock_us() noexcept;

/// A clock that never goes back, in nanoseconds from an arbitrary start: for durations and deadlines.
int64_t steady_clock_ns() noexcept;

}  // namespace millrace
