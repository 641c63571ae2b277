#include "runtime/connectors/wait_readable.h"

#include <poll.h>
#include <time.h>

#include <algorithm>

#include "runtime/base/clock.h"

namespace millrace {

namespace {

constexpr int64_t kLongestWaitNs = 100'000'000;

timespec to_timespec(int64_t ns) { return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)}; }

}  // namespace

bool wait_readable(const ConnectorContext& context, int fd, int64_t timeout_us) {
  int64_t deadline = timeout_us < 0 ? INT64_MAX : steady_clock_ns() + timeout_us * 1000;
  for (;;) {
    int64_t left = timeout_us < 0 ? kLongestWaitNs : std::max<int64_t>(deadline - steady_clock_ns(), 0);
    timespec wait = to_timespec(std::min(left, kLongestWaitNs));
    pollfd ready{fd, POLLIN, 0};
    if (::ppoll(&ready, 1, &wait, nullptr) > 0) return true;
    if (context.stopping() || left == 0) return false;
  }
}

void sleep_us(const ConnectorContext& context, int64_t duration_us) {
  int64_t deadline = steady_clock_ns() + duration_us * 1000;
  for (int64_t left = duration_us * 1000; left > 0 && !context.stopping(); left = deadline - steady_clock_ns()) {
    timespec wait = to_timespec(std::min(left, kLongestWaitNs));
    ::nanosleep(&wait, nullptr);
  }
}

}  // namespace millrace
