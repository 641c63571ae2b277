#include "runtime/formats/line_buffer.h"

#include <algorithm>
#include <cstring>

namespace millrace {

char* LineBuffer::reserve(size_t bytes) {
  const size_t held = size();
  if (kFrontPadding + held + bytes > capacity_) {
    const size_t capacity = std::max(kFrontPadding + held + bytes, capacity_ + capacity_ / 2);
    // Uninitialised on purpose: pages that are never written cost nothing. The paddings are read, so they are cleared.
    std::unique_ptr<char[]> grown(new char[capacity + kBackPadding]);
    std::memset(grown.get(), 0, kFrontPadding);
    if (held > 0) std::memcpy(grown.get() + kFrontPadding, data(), held);
    bytes_ = std::move(grown);
    capacity_ = capacity;
  } else if (begin_ > kFrontPadding && end_ + bytes > capacity_) {
    std::memmove(bytes_.get() + kFrontPadding, data(), held);
  } else {
    return bytes_.get() + end_;
  }
  begin_ = kFrontPadding;
  end_ = begin_ + held;
  return bytes_.get() + end_;
}

}  // namespace millrace
