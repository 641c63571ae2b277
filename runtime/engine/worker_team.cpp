#include "runtime/engine/worker_team.h"

namespace millrace {

namespace {

// Some ten microseconds, about as long as it takes to be woken.
constexpr int32_t kLooksBeforeSleep = 1000;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

WorkerTeam::WorkerTeam(int32_t workers) {
  for (int32_t worker = 1; worker < workers; ++worker) threads_.emplace_back([this, worker] { serve(worker); });
}

WorkerTeam::~WorkerTeam() {
  round_.store(-1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerTeam::run(const std::function<void(int32_t)>& work) {
  work_ = &work;
  working_.store(static_cast<int32_t>(threads_.size()), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  work(0);
  for (int32_t left = working_.load(std::memory_order_acquire); left > 0; left = working_.load(std::memory_order_acquire)) {
    working_.wait(left, std::memory_order_acquire);
  }
}

void WorkerTeam::serve(int32_t worker) {
  for (int64_t seen = 0;;) {
    round_.wait(seen, std::memory_order_acquire);
    seen = round_.load(std::memory_order_acquire);
    if (seen < 0) return;
    (*work_)(worker);
    if (working_.fetch_sub(1, std::memory_order_acq_rel) == 1) working_.notify_all();
  }
}

void wait_for_turn(const std::atomic<int64_t>& turn, int64_t wanted) {
  for (int32_t look = 0; look < kLooksBeforeSleep; ++look) {
    if (turn.load(std::memory_order_acquire) == wanted) return;
    relax();
  }
  for (int64_t now = turn.load(std::memory_order_acquire); now != wanted; now = turn.load(std::memory_order_acquire)) {
    turn.wait(now, std::memory_order_acquire);
  }
}

void lock_soon(std::unique_lock<std::mutex>& lock) {
  for (int32_t look = 0; look < kLooksBeforeSleep; ++look) {
    if (lock.try_lock()) return;
    relax();
  }
  lock.lock();
}

void pass_turn(std::atomic<int64_t>& turn) {
  turn.fetch_add(1, std::memory_order_acq_rel);
  turn.notify_all();
}

}  // namespace millrace
