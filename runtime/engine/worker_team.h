#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace millrace {

/// A number of workers, of which the calling thread is one. They sleep between two runs. Made, used and destroyed by one thread.
class WorkerTeam {
 public:
  explicit WorkerTeam(int32_t workers);
  ~WorkerTeam();
  WorkerTeam(const WorkerTeam&) = delete;
  WorkerTeam& operator=(const WorkerTeam&) = delete;

  int32_t size() const { return static_cast<int32_t>(threads_.size()) + 1; }

  /// Calls `work(worker)` for each worker from 0, the caller's, on a thread of its own; returns when all have returned.
  void run(const std::function<void(int32_t)>& work);

 private:
  void serve(int32_t worker);

  std::vector<std::thread> threads_;
  const std::function<void(int32_t)>* work_ = nullptr;
  std::atomic<int64_t> round_ = 0;    ///< goes up when there is work; -1: the team is dissolved
  std::atomic<int32_t> working_ = 0;  ///< threads that have not returned in this round
};

/// Waits until `turn` is `wanted`: turns follow each other within microseconds, so that it looks a while before it sleeps.
void wait_for_turn(const std::atomic<int64_t>& turn, int64_t wanted);
/// Takes a lock that is held for microseconds only: tries a while before it sleeps.
void lock_soon(std::unique_lock<std::mutex>& lock);
/// Hands the turn on.
void pass_turn(std::atomic<int64_t>& turn);

}  // namespace millrace
