#pragma once

#include <atomic>
#include <cstdint>
#include <deque>

namespace millrace {

/// How much the queries of a job may hold together. A query tells what it holds when a block has been computed and when a batch ends, so that what
/// grows gradually is noticed within a block's rows. Owned by the job; `add` before the queries run, the rest by any thread.
class MemoryBudget {
 public:
  using Share = std::atomic<int64_t>;  ///< bytes of one query

  explicit MemoryBudget(int64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// Valid as long as the budget.
  Share* add() { return &shares_.emplace_back(0); }
  int64_t limit_bytes() const { return limit_bytes_; }

  int64_t used_bytes() const {
    int64_t bytes = 0;
    for (const Share& share : shares_) bytes += share.load(std::memory_order_relaxed);
    return bytes;
  }

 private:
  int64_t limit_bytes_;
  std::deque<Share> shares_;
};

}  // namespace millrace
