#pragma once

#include <atomic>

namespace millrace {

/// While it lives, the first SIGINT or SIGTERM adds 1 to the counter and the second ends the process at once. One at a time; made and
/// destroyed by the main thread.
class StopSignals {
 public:
  explicit StopSignals(std::atomic<int>* requests);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
};

}  // namespace millrace
