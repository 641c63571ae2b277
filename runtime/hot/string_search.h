#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/abi/string_ref.h"
#include "runtime/hot/hash.h"
#include "runtime/hot/mr_hot.h"

/// Finding one string in another, byte by byte: UTF-8 needs no more.
namespace millrace::abi {

/// Haystacks from here on are worth the C library's searcher, which has a start-up cost.
inline constexpr int64_t kLongHaystack = 64;

/// Index of the first place where the needle's first bytes, as one word, occur and the rest follows; -1 when there is none. The word's
/// width is 1, 2, 4 or 8 bytes, at most the needle's size.
template <class Word>
inline int64_t find_by_word(const char* data, int64_t last, const char* needle, int64_t size) {
  Word wanted;
  std::memcpy(&wanted, needle, sizeof wanted);
  for (int64_t i = 0; i <= last; ++i) {
    Word here;
    std::memcpy(&here, data + i, sizeof here);
    if (here != wanted) continue;
    const int64_t rest = size - static_cast<int64_t>(sizeof wanted);
    if (mr_string_equal(data + i + sizeof wanted, rest, needle + sizeof wanted, rest)) return i;
  }
  return -1;
}

/// Index of the first occurrence of a needle in `size` bytes; -1 when there is none. An empty needle is found at 0.
inline int64_t find_bytes(const char* data, int64_t size, const char* needle, int64_t needle_size) {
  if (needle_size == 0) return 0;
  const int64_t last = size - needle_size;
  if (last < 0) return -1;
  if (size >= kLongHaystack) {
    const void* found = memmem(data, static_cast<size_t>(size), needle, static_cast<size_t>(needle_size));
    return found == nullptr ? -1 : static_cast<const char*>(found) - data;
  }
  if (needle_size >= 8) return find_by_word<uint64_t>(data, last, needle, needle_size);
  if (needle_size >= 4) return find_by_word<uint32_t>(data, last, needle, needle_size);
  if (needle_size >= 2) return find_by_word<uint16_t>(data, last, needle, needle_size);
  return find_by_word<uint8_t>(data, last, needle, needle_size);
}

MR_HOT bool mr_contains(const StringRef* s, const StringRef* part) noexcept {
  return find_bytes(s->data, s->size, part->data, part->size) >= 0;
}

MR_HOT bool mr_startswith(const StringRef* s, const StringRef* part) noexcept {
  return s->size >= part->size && mr_string_equal(s->data, part->size, part->data, part->size);
}

MR_HOT bool mr_endswith(const StringRef* s, const StringRef* part) noexcept {
  const int64_t skip = s->size - part->size;
  return skip >= 0 && mr_string_equal(s->data + skip, part->size, part->data, part->size);
}

}  // namespace millrace::abi
