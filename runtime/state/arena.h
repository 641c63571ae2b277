#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/abi/context.h"

namespace millrace::abi {

/// Bump allocation: memory is handed out in one direction and given back all at once. Blocks double from 1 KiB to 1 MiB (in large arenas 2 MiB);
/// a larger request gets a block of its own. Not zeroed. One thread. Ends the process when memory cannot be had.
struct Arena {
 public:
  Arena() = default;
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// `size` bytes, aligned to 8.
  char* take(int64_t size) noexcept {
    size_t rounded = (static_cast<size_t>(size) + 7) & ~size_t{7};
    if (static_cast<size_t>(limit_ - next_) < rounded) return take_from_new_block(rounded);
    char* memory = next_;
    next_ += rounded;
    return memory;
  }

  const char* copy(const char* bytes, int64_t size) noexcept;

  /// Forgets everything that was taken; keeps one block so that the next use allocates nothing.
  void reset() noexcept {
    if (blocks_.empty()) return;
    if (blocks_.size() > 1) drop_all_but_largest();
    next_ = blocks_.front().begin;
  }

  int64_t reserved_bytes() const { return reserved_bytes_; }

 private:
  struct Block {
    char* begin;
    size_t size;
  };

  char* take_from_new_block(size_t rounded) noexcept;
  void drop_all_but_largest() noexcept;

  // Before the first block an empty string lies here: data == nullptr would make it NULL.
  alignas(8) static inline char nothing_[8];

  char* next_ = nothing_;
  char* limit_ = nothing_;
  std::vector<Block> blocks_;
  int64_t reserved_bytes_ = 0;
};

}  // namespace millrace::abi
