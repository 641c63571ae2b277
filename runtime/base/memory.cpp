#include "runtime/base/memory.h"

#include <cstdio>
#include <cstdlib>

namespace millrace {

void out_of_memory(size_t bytes) noexcept {
  std::fprintf(stderr, "millrace: out of memory (%zu bytes were asked for)\n", bytes);
  std::_Exit(1);
}

void* allocate(size_t bytes) noexcept {
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) out_of_memory(bytes);
  return memory;
}

void* allocate_zeroed(size_t bytes) noexcept {
  void* memory = std::calloc(1, bytes == 0 ? 1 : bytes);
  if (memory == nullptr) out_of_memory(bytes);
  return memory;
}

}  // namespace millrace
