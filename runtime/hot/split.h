#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/abi/string_ref.h"
#include "runtime/hot/hash.h"
#include "runtime/hot/mr_hot.h"

/// Taking a string apart at each occurrence of another: what explode(split(s, ' ')) loops over.
namespace millrace::abi {

/// Where the piece that begins at `from` ends: at the next occurrence of the separator (1 byte or more), or at `size`.
MR_HOT int64_t mr_split_piece_end(const char* data, int64_t size, int64_t from, const char* separator, int64_t separator_size) noexcept {
  const char first = *separator;
  const int64_t last = size - separator_size;
  int64_t at = from;
  // Words are short: eight bytes at a time pay, a call of memchr for each does not.
  const uint64_t pattern = 0x0101010101010101ULL * static_cast<unsigned char>(first);
  while (true) {
    while (at + 8 <= size) {
      uint64_t word;
      std::memcpy(&word, data + at, sizeof word);
      word ^= pattern;
      const uint64_t zero_bytes = (word - 0x0101010101010101ULL) & ~word & 0x8080808080808080ULL;
      if (zero_bytes != 0) {
        at += __builtin_ctzll(zero_bytes) / 8;
        break;
      }
      at += 8;
    }
    while (at < size && data[at] != first) ++at;
    if (at > last) return size;
    if (separator_size == 1 || mr_string_equal(data + at, separator_size, separator, separator_size)) return at;
    ++at;
  }
}

}  // namespace millrace::abi
