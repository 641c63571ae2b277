#include "runtime/base/state_ahead.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "runtime/base/state_memory.h"

namespace millrace {

namespace {

constexpr size_t kLeastBytesAhead = size_t{512} << 10;
constexpr size_t kPageBytes = 4096;
/// From Linux 5.14 on; older ones refuse it, and pages come when they are written to. The bytes stay as they are, so that others may write to them meanwhile.
constexpr int kPopulateWrite = 23;

/// The thread that brings pages in, begun with the first of them. Whoever frees a block need not wait for it: what is not there any more is refused by the system, and to bring in
/// what lies there since changes nothing.
class PageBringer {
 public:
  void add(std::shared_ptr<StateAhead::Pages> pages) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(pages));
    if (!std::exchange(runs_, true)) begin();
    there_is_work_.notify_one();
  }

 private:
  /// Signals are for the threads that wait for something.
  void begin() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([this] { serve(); }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  [[noreturn]] void serve() {
    for (;;) {
      std::unique_lock lock(mutex_);
      there_is_work_.wait(lock, [this] { return !waiting_.empty(); });
      const std::shared_ptr<StateAhead::Pages> pages = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      bring(*pages);
    }
  }

  /// Piece by piece: who maps memory waits for the one in hand.
  static void bring(StateAhead::Pages& pages) {
    for (size_t at = 0; at < pages.bytes && pages.are_wanted.load(std::memory_order_relaxed); at += kHugePageBytes) {
      (void)::madvise(pages.begin + at, std::min(kHugePageBytes, pages.bytes - at), kPopulateWrite);
    }
    pages.are_there.store(true, std::memory_order_release);
  }

  std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::deque<std::shared_ptr<StateAhead::Pages>> waiting_;
  bool runs_ = false;
};

PageBringer& page_bringer() {
  static auto* const the = new PageBringer;  // never destroyed: its thread ends with the process
  return *the;
}

}  // namespace

void StateAhead::prepare(size_t bytes) noexcept {
  if (bytes == bytes_ || bytes < kLeastBytesAhead) return;
  drop();
  block_ = allocate_state(bytes);
  bytes_ = bytes;
  const auto begin = (reinterpret_cast<uintptr_t>(block_) + kPageBytes - 1) / kPageBytes * kPageBytes;
  const auto end = (reinterpret_cast<uintptr_t>(block_) + bytes) / kPageBytes * kPageBytes;
  pages_ = std::make_shared<Pages>(reinterpret_cast<char*>(begin), end - begin);
  page_bringer().add(pages_);
}

void* StateAhead::take(size_t bytes) noexcept {
  if (bytes_ != bytes || block_ == nullptr) return allocate_state(bytes);
  bytes_ = 0;
  pages_.reset();  // what is not there yet goes on being brought in
  return std::exchange(block_, nullptr);
}

void StateAhead::drop() noexcept {
  if (block_ == nullptr) return;
  pages_->are_wanted.store(false, std::memory_order_relaxed);
  pages_.reset();
  free_state(std::exchange(block_, nullptr), std::exchange(bytes_, 0));
}

}  // namespace millrace
