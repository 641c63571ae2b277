#include "runtime/base/clock.h"

#include <ctime>

namespace millrace {

namespace {

int64_t read_clock_ns(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

int64_t wall_clock_us() noexcept { return read_clock_ns(CLOCK_REALTIME) / 1000; }

int64_t steady_clock_ns() noexcept { return read_clock_ns(CLOCK_MONOTONIC); }

}  // namespace millrace
