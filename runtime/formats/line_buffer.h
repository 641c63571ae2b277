#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "runtime/abi/line_block.h"

namespace millrace {

/// Readable bytes in front of the first line of a block: the straight path compares a key by loading the bytes in front of a
/// colon, wherever that colon is.
inline constexpr size_t kFrontPadding = 1024;
/// Readable bytes behind the last line.
inline constexpr size_t kBackPadding = abi::kBytesReadableBehind + 64;

/// Bytes read from a source and not yet used up, kept in one piece. One owner, one thread.
class LineBuffer {
 public:
  /// Room for `bytes` more bytes behind the present ones; moves them to the front, grows if need be. Invalidates pointers.
  char* reserve(size_t bytes);
  void commit(size_t bytes) { end_ += bytes; }

  /// nullptr before the first reserve.
  char* data() { return bytes_ ? bytes_.get() + begin_ : nullptr; }
  const char* data() const { return bytes_ ? bytes_.get() + begin_ : nullptr; }
  size_t size() const { return end_ - begin_; }
  int64_t memory_bytes() const { return static_cast<int64_t>(capacity_); }
  void consume(size_t bytes) { begin_ += bytes; }
  void drop_last(size_t bytes) { end_ -= bytes; }
  void clear() { begin_ = end_ = kFrontPadding; }

 private:
  struct Free {
    void operator()(char* bytes) const { std::free(bytes); }
  };
  using Bytes = std::unique_ptr<char[], Free>;
  static Bytes allocate(size_t bytes);

  Bytes bytes_;
  size_t capacity_ = 0;  ///< without the padding behind
  size_t begin_ = kFrontPadding;
  size_t end_ = kFrontPadding;
};

}  // namespace millrace
