#pragma once

#include "runtime/abi/output_buffer.h"

namespace millrace {

/// Empty, without memory yet; rows are limited by `row_limit` (-1: all).
abi::OutputBuffer make_output_buffer(int64_t row_limit = -1);

/// Forgets the rows, keeps the memory.
void clear_output_buffer(abi::OutputBuffer* buffer);

/// Gives the memory back. The buffer is empty then and may be used again.
void free_output_buffer(abi::OutputBuffer* buffer);

}  // namespace millrace
