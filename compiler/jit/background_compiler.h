#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace millrace {

/// One thread that works off compile jobs in order; started by the first job. Any thread may add jobs.
class BackgroundCompiler {
 public:
  /// `cancelled` becomes true when the result is no longer wanted; a job that sees it may stop early.
  using Job = std::function<void(const std::atomic<bool>& cancelled)>;

  BackgroundCompiler() = default;
  ~BackgroundCompiler();
  BackgroundCompiler(const BackgroundCompiler&) = delete;
  BackgroundCompiler& operator=(const BackgroundCompiler&) = delete;

  /// Runs `job` some time later; ignored once stopped.
  void add(Job job);

  /// Returns when no job waits or runs.
  void wait_until_idle();

  /// Drops waiting jobs and cancels the one that runs. With `wait` (or when none runs) the thread is joined: returns true.
  /// Else the thread is abandoned: returns false, and the process must end without destroying what the job uses (std::_Exit).
  [[nodiscard]] bool stop(bool wait);

 private:
  struct Shared {  // an abandoned thread keeps it
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Job> jobs;
    bool running = false;
    bool stopped = false;
    std::atomic<bool> cancelled = false;
  };
  static void work(Shared& shared);

  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();  // shared: see above
  std::thread thread_;  // guarded by shared_->mutex until stopped
};

}  // namespace millrace
