#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

#include "runtime/base/status.h"

namespace millrace {

/// What a snapshot says about itself at the beginning of each of its parts, so that a reader that has lost its way notices: four letters.
constexpr uint32_t snapshot_mark(const char (&letters)[5]) {
  uint32_t mark = 0;
  for (int i = 3; i >= 0; --i) mark = mark << 8 | static_cast<unsigned char>(letters[i]);
  return mark;
}

/// Takes the bytes of a snapshot, in the machine's order, and hands them on in blocks. What goes wrong with a block is kept until `finish`: who
/// writes need not look. One thread.
class SnapshotWriter {
 public:
  static constexpr size_t kBlockBytes = size_t{256} << 10;
  using TakeBlock = std::function<Status(std::string_view)>;

  explicit SnapshotWriter(TakeBlock take_block) : take_block_(std::move(take_block)) { block_.reserve(kBlockBytes); }

  void begin(uint32_t mark) { put(mark); }

  template <typename T>
    requires std::is_trivially_copyable_v<T>
  void put(const T& value) {
    write(&value, sizeof value);
  }

  void write(const void* bytes, size_t size) {
    if (size <= kBlockBytes - block_.size()) {
      block_.append(static_cast<const char*>(bytes), size);
    } else {
      write_across(static_cast<const char*>(bytes), size);
    }
  }

  /// A size and as many bytes.
  void text(std::string_view text) {
    put(static_cast<uint64_t>(text.size()));
    write(text.data(), text.size());
  }

  /// What follows begins a block. Said before much that may be the same in the next snapshot: blocks that are the same, byte for byte, are not written again.
  void begin_block() { hand_on(); }

  /// Hands on the last block; the last call.
  Status finish();

 private:
  void write_across(const char* bytes, size_t size);
  void hand_on();

  TakeBlock take_block_;
  std::string block_;
  Status status_;
};

}  // namespace millrace
