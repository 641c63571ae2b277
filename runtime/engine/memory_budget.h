#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "runtime/base/byte_size.h"

namespace millrace {

/// How much the queries of a job may hold together. A query tells what it holds when a block has been computed and when a batch ends, so that what
/// grows gradually is noticed within a block's rows. Owned by the job; `add` before the queries run, the rest by any thread.
class MemoryBudget {
 public:
  using Share = std::atomic<int64_t>;  ///< bytes of one query

  explicit MemoryBudget(int64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// Valid as long as the budget.
  Share* add() { return &shares_.emplace_back(0); }
  /// Of what no query has for itself; `name` is for messages.
  Share* add_part(std::string name) {
    parts_.emplace_back(std::move(name));
    return &parts_.back().bytes;
  }
  int64_t limit_bytes() const { return limit_bytes_; }

  int64_t used_bytes() const {
    int64_t bytes = 0;
    for (const Share& share : shares_) bytes += share.load(std::memory_order_relaxed);
    return bytes + part_bytes();
  }
  int64_t part_bytes() const {
    int64_t bytes = 0;
    for (const Part& part : parts_) bytes += part.bytes.load(std::memory_order_relaxed);
    return bytes;
  }
  /// What the parts hold, those that are worth a word.
  std::string parts_text() const {
    std::string text;
    for (const Part& part : parts_) {
      const int64_t bytes = part.bytes.load(std::memory_order_relaxed);
      if (bytes * 100 >= limit_bytes_) text += (text.empty() ? "" : ", ") + part.name + " " + byte_size_text(bytes);
    }
    return text;
  }

 private:
  struct Part {
    explicit Part(std::string name) : name(std::move(name)) {}
    std::string name;
    Share bytes = 0;
  };

  int64_t limit_bytes_;
  std::deque<Share> shares_;
  std::deque<Part> parts_;
};

}  // namespace millrace
