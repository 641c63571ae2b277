#pragma once

#include <cstddef>

namespace millrace {

/// Ends the process with a message: what generated code does when memory cannot be had, as it has no way to unwind.
[[noreturn]] void out_of_memory(size_t bytes) noexcept;

/// Memory of the C heap, never nullptr; freed with std::free.
void* allocate(size_t bytes) noexcept;
void* allocate_zeroed(size_t bytes) noexcept;

}  // namespace millrace
