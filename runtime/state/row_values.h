#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "runtime/abi/state_spec.h"

/// Values of rows that lie in memory as pipelines leave them.
namespace millrace {

/// The value at `offset` of a row.
template <typename T>
T read_row(const char* row, uint32_t offset) {
  T value;
  std::memcpy(&value, row + offset, sizeof(T));
  return value;
}

/// Equal values hash alike: NULLs are one, NaNs are one, -0.0 is 0.0.
uint64_t hash_values(const std::vector<abi::ViewKey>& keys, const char* row);
/// Whether two rows have the same values there, NULL and NaN being the same as themselves.
bool same_values(const std::vector<abi::ViewKey>& keys, const char* a, const char* b);

}  // namespace millrace
