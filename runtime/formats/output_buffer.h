#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/abi/context.h"
#include "runtime/abi/output_buffer.h"

namespace millrace {

/// While one lives, rows of a buffer on its thread come to an end when they have more than `size_max` bytes: `*error` is OutOfMemory then, and rows behind
/// the one that went beyond are not written.
class OutputCeiling {
 public:
  OutputCeiling(const abi::OutputBuffer* buffer, int64_t size_max, abi::PipelineError* error) : buffer(buffer), size_max(size_max), error(error) { in_force_ = this; }
  ~OutputCeiling() { in_force_ = nullptr; }
  OutputCeiling(const OutputCeiling&) = delete;
  OutputCeiling& operator=(const OutputCeiling&) = delete;

  static const OutputCeiling* in_force() { return in_force_; }

  const abi::OutputBuffer* const buffer;
  const int64_t size_max;
  abi::PipelineError* const error;

 private:
  static thread_local const OutputCeiling* in_force_;
};

/// Empty, without memory yet; rows are limited by `row_limit` (-1: all).
abi::OutputBuffer make_output_buffer(int64_t row_limit = -1);

/// Forgets the rows, keeps the memory.
void clear_output_buffer(abi::OutputBuffer* buffer);

/// Rows that were written before, in place of those that it holds.
void set_output_buffer(abi::OutputBuffer* buffer, std::string_view text, int64_t row_count);

/// Appends the rows of `from` with the same limit, as if they had been written there; a table's rows have `columns` cells.
void append_output(abi::OutputBuffer* into, const abi::OutputBuffer& from, size_t columns);

/// Gives the memory back. The buffer is empty then and may be used again.
void free_output_buffer(abi::OutputBuffer* buffer);

}  // namespace millrace
