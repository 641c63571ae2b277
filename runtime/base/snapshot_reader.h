#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

#include "runtime/base/result.h"

namespace millrace {

/// Gives the bytes of a snapshot back in the order in which they were written. After the first thing that is not as it should be every value is
/// zero and `ok()` is false, so that who reads looks before it relies on what it got, not after each value. One thread.
class SnapshotReader {
 public:
  /// The next block, valid until the next call; empty at the end.
  using NextBlock = std::function<Result<std::string_view>()>;

  /// `bytes`: in all blocks together.
  SnapshotReader(NextBlock next_block, uint64_t bytes) : next_block_(std::move(next_block)), bytes_left_(bytes) {}

  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }
  void fail(std::string why);

  /// Fails unless these letters come next.
  void expect(uint32_t mark);

  template <typename T>
    requires std::is_trivially_copyable_v<T>
  T get() {
    T value{};
    if (sizeof value <= block_.size()) {
      std::memcpy(&value, block_.data(), sizeof value);
      skip(sizeof value);
    } else if (!read(&value, sizeof value)) {
      value = T{};
    }
    return value;
  }

  /// A boolean: whatever byte stands there.
  bool get_flag() { return get<uint8_t>() != 0; }

  /// False, and nothing certain in `into`, when there are not as many bytes.
  bool read(void* into, size_t size) {
    if (size > block_.size()) return read_across(static_cast<char*>(into), size);
    if (size > 0) std::memcpy(into, block_.data(), size);
    skip(size);
    return true;
  }

  std::string text();

  /// How many things of at least `bytes_each` follow; fails when so many cannot, which keeps a damaged number from taking all memory.
  uint64_t get_count(uint64_t bytes_each);
  bool has(uint64_t bytes) const { return bytes <= bytes_left_; }
  uint64_t bytes_left() const { return bytes_left_; }

 private:
  void skip(size_t size) {
    block_.remove_prefix(size);
    bytes_left_ -= size;
  }
  bool read_across(char* into, size_t size);

  NextBlock next_block_;
  std::string_view block_;
  uint64_t bytes_left_;
  Status status_;
};

}  // namespace millrace
