#pragma once

#include <cstddef>
#include <cstdint>

namespace millrace {

/// CRC-32C (Castagnoli), continued from `crc`, 0 to begin with. By the processor's own instruction where it has one.
uint32_t crc32c(uint32_t crc, const void* bytes, size_t size);

}  // namespace millrace
