#pragma once

#include <atomic>

namespace millrace {

/// While it lives, SIGINT adds 1 to the counter and does nothing else: a shell at a terminal goes on. One at a time; the main thread.
class Interrupts {
 public:
  explicit Interrupts(std::atomic<int>* counter);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
};

}  // namespace millrace
