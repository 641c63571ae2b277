#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/abi/output_buffer.h"

namespace millrace {

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
