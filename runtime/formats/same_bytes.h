#pragma once

#include <cstddef>
#include <cstdint>

/// Included by files for several instruction sets: everything here has internal linkage.
namespace millrace {
namespace {

/// memcmp's equality for the few bytes that stand between two values, where a call would cost more than the comparing. Reads `n` bytes of each.
inline bool same_bytes(const char* a, const char* b, size_t n) {
  const auto same = [a, b](auto word, size_t at) {
    auto other = word;
    __builtin_memcpy(&word, a + at, sizeof word);
    __builtin_memcpy(&other, b + at, sizeof other);
    return word == other;
  };
  if (n >= 8) {
    for (size_t at = 0; at + 8 < n; at += 8) {
      if (!same(uint64_t{}, at)) return false;
    }
    return same(uint64_t{}, n - 8);
  }
  if (n >= 4) return same(uint32_t{}, 0) && same(uint32_t{}, n - 4);
  for (size_t at = 0; at < n; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}

}  // namespace
}  // namespace millrace
