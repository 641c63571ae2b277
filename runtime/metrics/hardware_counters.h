#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace millrace {

/// The processor's own counters, for what the calling thread does in user mode. Many virtual machines have none to give.
class HardwareCounters {
 public:
  HardwareCounters();
  ~HardwareCounters();
  HardwareCounters(const HardwareCounters&) = delete;
  HardwareCounters& operator=(const HardwareCounters&) = delete;

  void start();
  void stop();

  struct Count {
    const char* name;
    int64_t value;
  };
  /// Of what there is.
  std::vector<Count> counts() const;
  /// Why there is none at all; empty when there is one.
  const std::string& problem() const { return problem_; }

 private:
  std::array<int, 5> descriptors_{};
  std::string problem_;
};

}  // namespace millrace
