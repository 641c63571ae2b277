#include "runtime/base/state_ahead.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/state_memory.h"

namespace millrace {

namespace {

/// From Linux 5.14 on; older ones refuse it, and pages come when they are written to. The bytes stay as they are, so that others may write to them meanwhile.
constexpr int kPopulateWrite = 23;

using Pages = StateAhead::Pages;

/// A block whose pages are being brought in.
struct Bringing {
  std::shared_ptr<Pages> pages;
  size_t done = 0;  ///< bytes
};

/// The thread that maps blocks, brings their pages in and unmaps others, begun with the first of them. Whoever frees a block need not wait for it: what is not there any more is refused
/// by the system, and to bring in what lies there since changes nothing.
class PageBringer {
 public:
  void add(std::shared_ptr<Pages> pages) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(std::move(pages));
    wake();
  }

  void unmap(void* block, size_t bytes) {
    const std::lock_guard lock(mutex_);
    unwanted_.emplace_back(block, bytes);
    wake();
  }

 private:
  void wake() {
    if (!std::exchange(runs_, true)) begin();
    there_is_work_.notify_one();
  }

  /// Signals are for the threads that wait for something.
  void begin() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([this] { serve(); }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  /// Blocks are mapped as soon as they are asked for; their pages come one after the other, in turn those of the block that was asked for first and of the smallest.
  [[noreturn]] void serve() {
    for (bool takes_smallest = false;; takes_smallest = !takes_smallest) {
      take_work();
      if (bringing_.empty()) continue;
      const auto which = takes_smallest ? std::min_element(bringing_.begin(), bringing_.end(), is_smaller) : bringing_.begin();
      if (bring_piece(*which)) bringing_.erase(which);
    }
  }

  static bool is_smaller(const Bringing& a, const Bringing& b) { return a.pages->bytes < b.pages->bytes; }

  /// Waits for some, unless there is some in hand.
  void take_work() {
    std::unique_lock lock(mutex_);
    there_is_work_.wait(lock, [this] { return !asked_.empty() || !unwanted_.empty() || !bringing_.empty(); });
    const auto asked = std::exchange(asked_, {});
    const auto unwanted = std::exchange(unwanted_, {});
    lock.unlock();
    for (const auto& pages : asked) {
      if (map(*pages)) bringing_.push_back({pages});
    }
    for (const auto& [block, bytes] : unwanted) unmap_state(block, bytes);
  }

  /// False: nobody waits for it any more, or there is no memory.
  static bool map(Pages& pages) {
    pages.begin = static_cast<char*>(map_state(pages.bytes));
    Pages::Stage stage = Pages::Stage::Asked;
    const bool is_mapped = pages.begin != nullptr && pages.stage.compare_exchange_strong(stage, Pages::Stage::Mapped, std::memory_order_acq_rel);
    if (is_mapped) return true;
    if (pages.begin != nullptr) unmap_state(pages.begin, pages.bytes);
    pages.stage.store(Pages::Stage::GivenUp, std::memory_order_release);
    pages.are_there.store(true, std::memory_order_release);
    return false;
  }

  /// Piece by piece: who maps memory waits for the one in hand. True when that was the last.
  static bool bring_piece(Bringing& bringing) {
    Pages& pages = *bringing.pages;
    const bool is_wanted = pages.are_wanted.load(std::memory_order_relaxed);
    if (is_wanted) (void)::madvise(pages.begin + bringing.done, std::min(kHugePageBytes, whole_block_bytes(pages.bytes) - bringing.done), kPopulateWrite);
    bringing.done += kHugePageBytes;
    if (is_wanted && bringing.done < pages.bytes) return false;
    pages.are_there.store(true, std::memory_order_release);
    return true;
  }

  std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::vector<std::shared_ptr<Pages>> asked_;
  std::vector<std::pair<void*, size_t>> unwanted_;
  bool runs_ = false;
  std::vector<Bringing> bringing_;  ///< the thread's
};

PageBringer& page_bringer() {
  static auto* const the = new PageBringer;  // never destroyed: its thread ends with the process
  return *the;
}

}  // namespace

char* StateAhead::Pages::claim() noexcept {
  Stage now = Stage::Asked;
  if (stage.compare_exchange_strong(now, Stage::GivenUp, std::memory_order_acq_rel, std::memory_order_acquire)) return nullptr;
  return now == Stage::Mapped ? begin : nullptr;
}

void StateAhead::prepare(size_t bytes) noexcept {
  if (bytes == this->bytes() || bytes < kHugePageBytes) return;
  drop();
  pages_ = std::make_shared<Pages>(bytes);
  page_bringer().add(pages_);
}

void* StateAhead::take(size_t bytes) noexcept {
  if (bytes != this->bytes()) return allocate_state(bytes);
  char* const block = std::exchange(pages_, nullptr)->claim();  // what is not there yet goes on being brought in
  if (block == nullptr) return allocate_state(bytes);
  note_state(block, bytes);
  return block;
}

void StateAhead::drop() noexcept {
  if (pages_ == nullptr) return;
  pages_->are_wanted.store(false, std::memory_order_relaxed);
  if (char* const block = pages_->claim(); block != nullptr) page_bringer().unmap(block, pages_->bytes);
  pages_.reset();
}

void free_state_behind(void* block, size_t bytes) noexcept {
  if (bytes < kHugePageBytes) return free_state(block, bytes);
  forget_state(block);
  page_bringer().unmap(block, bytes);
}

}  // namespace millrace
