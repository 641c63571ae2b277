#pragma once

#include <cstdint>

#include "runtime/abi/json_scan.h"

/// Included by files for several instruction sets: everything here has internal linkage.
namespace millrace {
namespace {

/// Of 32 bits the lowest that is set; 32: none.
inline uint32_t lowest_bit(uint32_t bits) { return bits == 0 ? 32 : static_cast<uint32_t>(__builtin_ctz(bits)); }

/// Of digits, perhaps a sign in front, perhaps a dot and digits behind, no more of them than 64 bits hold, the size as JsonField has it; 0: there
/// is something else. `digits` tells which of the 32 bytes from `begin` on are digits.
inline uint32_t plain_number_size(uint32_t digits, const char* begin) {
  constexpr uint32_t kDigitsMax = 19;
  const uint32_t sign = *begin == '-';
  const uint32_t others = ~digits >> sign;
  const uint32_t whole = lowest_bit(others);
  const char* const first = begin + sign;
  if (whole != 1 && (whole == 0 || *first == '0')) return 0;
  if (first[whole] != '.') return whole <= kDigitsMax ? (whole + sign) | whole << abi::kWholeDigitsShift : 0;
  const uint32_t size = lowest_bit(others & (others - 1));
  if (size > kDigitsMax + 1 && (size > kDigitsMax + 2 || *first != '0')) return 0;  // a zero in front is not counted
  if (size == whole + 1) return 0;
  return (size + sign) | whole << abi::kWholeDigitsShift;
}

}  // namespace
}  // namespace millrace
