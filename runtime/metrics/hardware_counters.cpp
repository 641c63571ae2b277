#include "runtime/metrics/hardware_counters.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace millrace {

namespace {

struct Kind {
  const char* name;
  uint64_t config;
};
constexpr std::array<Kind, 5> kKinds = {{{"cycles", PERF_COUNT_HW_CPU_CYCLES},
                                         {"instructions", PERF_COUNT_HW_INSTRUCTIONS},
                                         {"branch misses", PERF_COUNT_HW_BRANCH_MISSES},
                                         {"cache references", PERF_COUNT_HW_CACHE_REFERENCES},
                                         {"cache misses", PERF_COUNT_HW_CACHE_MISSES}}};

int open_counter(uint64_t config) {
  perf_event_attr wanted{};
  wanted.type = PERF_TYPE_HARDWARE;
  wanted.size = sizeof wanted;
  wanted.config = config;
  wanted.disabled = 1;
  wanted.exclude_kernel = 1;
  wanted.exclude_hv = 1;
  return static_cast<int>(::syscall(SYS_perf_event_open, &wanted, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

HardwareCounters::HardwareCounters() {
  for (size_t i = 0; i < kKinds.size(); ++i) {
    descriptors_[i] = open_counter(kKinds[i].config);
    if (descriptors_[i] < 0 && problem_.empty()) problem_ = std::strerror(errno);
  }
  if (std::ranges::any_of(descriptors_, [](int fd) { return fd >= 0; })) problem_.clear();
}

HardwareCounters::~HardwareCounters() {
  for (const int fd : descriptors_) {
    if (fd >= 0) ::close(fd);
  }
}

void HardwareCounters::start() {
  for (const int fd : descriptors_) {
    if (fd < 0) continue;
    ::ioctl(fd, PERF_EVENT_IOC_RESET, 0);
    ::ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
  }
}

void HardwareCounters::stop() {
  for (const int fd : descriptors_) {
    if (fd >= 0) ::ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
  }
}

std::vector<HardwareCounters::Count> HardwareCounters::counts() const {
  std::vector<Count> found;
  for (size_t i = 0; i < kKinds.size(); ++i) {
    int64_t value = 0;
    if (descriptors_[i] >= 0 && ::read(descriptors_[i], &value, sizeof value) == sizeof value) found.push_back({kKinds[i].name, value});
  }
  return found;
}

}  // namespace millrace
