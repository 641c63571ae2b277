#pragma once

#include <csignal>
#include <ctime>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace millrace {

/// What a thread does when it does not compute rows, as far as somebody has said so.
enum class EngineWork : uint8_t { Other, Read, Write };

/// Where a thread's time goes, by looking at it a few thousand times a second: a timer's signal interrupts it, and the handler notes which generated
/// code runs, directly or in a function that it has called. Nothing is added to the code that is watched.
///
/// One at a time in a process, for one thread: that which calls start and stop.
class CodeSampler {
 public:
  /// Machine code and the bucket that its time belongs to.
  struct Range {
    uint64_t begin = 0;
    uint64_t end = 0;
    uint32_t bucket = 0;
    uint32_t function = 0;  ///< which of the functions it is a part of
  };

  CodeSampler(std::vector<Range> ranges, size_t buckets);
  ~CodeSampler();
  CodeSampler(const CodeSampler&) = delete;
  CodeSampler& operator=(const CodeSampler&) = delete;

  /// False when the system has no timer to give.
  bool start(int64_t interval_us);
  void stop();

  struct Counts {
    std::vector<int64_t> code;     ///< by bucket: in the code itself
    std::vector<int64_t> callees;  ///< by bucket: in what it called
    int64_t work[3] = {};          ///< outside of generated code, by EngineWork
    int64_t unknown = 0;           ///< in generated code of no bucket
    int64_t total = 0;
  };
  const Counts& counts() const { return counts_; }

  // ---- said by the watched thread; a store each ----

  /// Around each call into generated code: the function, and where its stack begins. nullptr behind it.
  static void in_generated_code(const void* function, const void* stack) {
    function_ = function;
    stack_ = stack;
  }
  static void works_at(EngineWork work) { work_ = work; }

 private:
  static void on_signal(int, siginfo_t*, void* machine_context);
  void look(uint64_t address, uint64_t stack_top);
  const Range* range_of(uint64_t address) const;

  std::vector<Range> ranges_;
  Counts counts_;
  timer_t timer_{};
  bool has_timer_ = false;
  struct sigaction before_ {};

  static inline thread_local const void* stack_ = nullptr;
  static inline thread_local const void* function_ = nullptr;
  static inline thread_local EngineWork work_ = EngineWork::Other;
  static std::atomic<CodeSampler*> active_;
};

}  // namespace millrace
