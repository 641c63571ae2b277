#pragma once

#include <cstdint>

#include "runtime/abi/group_table.h"
#include "runtime/state/arena.h"

namespace millrace {

/// The owning side of abi::UpdateLog. Belongs to a worker's AggregateState; one thread at a time.
class UpdateLog : public abi::UpdateLog {
 public:
  UpdateLog() : abi::UpdateLog{nullptr, nullptr} {}
  ~UpdateLog();
  UpdateLog(const UpdateLog&) = delete;
  UpdateLog& operator=(const UpdateLog&) = delete;

  char* grow(int64_t record_size) noexcept;
  /// Forgets the records; keeps their memory.
  void clear() noexcept;

  const char* records() const { return begin_; }
  int64_t bytes() const { return next - begin_; }
  abi::Arena& arena() { return arena_; }

 private:
  char* begin_ = nullptr;
  abi::Arena arena_;
};

}  // namespace millrace
