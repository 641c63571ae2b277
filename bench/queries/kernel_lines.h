#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace millrace::bench {

/// The whole lines of a piece of a file, as the kernels go through them.
struct Lines {
  const char* base;
  const uint32_t* begin;  ///< of line i, begin[i + 1] - 1 being its newline
  size_t count;
  bool clean;  ///< proved to be flat objects of plain ASCII without escapes, a line each, with their strings closed
};

/// Reads a file with read() into a buffer that stays in the second-level cache, and finds its lines in one sweep of 64-byte vectors which also
/// proves them clean, by counting: two braces a line, quotes even in each, no backslash, no byte beyond ASCII. 64 bytes
/// behind the last line are readable. Exits when the file cannot be read.
void for_each_piece(const char* path, const std::function<void(const Lines&)>& on_piece);

}  // namespace millrace::bench
