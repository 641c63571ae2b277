#include "runtime/formats/line_buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace millrace {
namespace {

/// Buffers of this size lie on huge pages where the system has some: what is copied into them then misses the TLB less.
constexpr size_t kHugePage = size_t{2} << 20;

}  // namespace

LineBuffer::Bytes LineBuffer::allocate(size_t bytes) {
  if (bytes < kHugePage / 2) return Bytes(static_cast<char*>(std::malloc(bytes)));
  const size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* memory = std::aligned_alloc(kHugePage, whole);
  if (memory != nullptr) (void)::madvise(memory, whole, MADV_HUGEPAGE);
  return Bytes(static_cast<char*>(memory));
}

char* LineBuffer::reserve(size_t bytes) {
  const size_t held = size();
  if (kFrontPadding + held + bytes > capacity_) {
    const size_t capacity = std::max(kFrontPadding + held + bytes, capacity_ + capacity_ / 2);
    // Uninitialised on purpose: pages that are never written cost nothing. The paddings are read, so they are cleared.
    Bytes grown = allocate(capacity + kBackPadding);
    if (grown == nullptr) throw std::bad_alloc();
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
