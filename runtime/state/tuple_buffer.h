#pragma once

#include <cstdint>
#include <vector>

#include "runtime/abi/state_spec.h"
#include "runtime/state/arena.h"

namespace millrace::abi {

/// Rows between two pipelines, in order of arrival or, once finished, in the order of its sort keys. Owned by a query's states;
/// one thread.
struct TupleBuffer {
 public:
  explicit TupleBuffer(const TupleBufferSpec& spec) : spec_(spec) {}

  char* append() noexcept;
  /// Sorts, stably; strings compare bytewise, NaN is the largest number.
  void finish();
  void clear() noexcept;

  int64_t count() const { return static_cast<int64_t>(rows_.size()); }
  char* const* rows() const { return rows_.data(); }
  Arena& arena() { return arena_; }

 private:
  TupleBufferSpec spec_;
  std::vector<char*> rows_;
  Arena arena_;
};

}  // namespace millrace::abi
