#pragma once

#include <cstdint>

namespace millrace {

/// What the records of the lab's watches have in common, both kinds: how many rows one with an error is among, and how late a record is at most.
inline constexpr uint64_t kErrorRowsIn = 100;
inline constexpr uint64_t kLongestDelayNs = 1'000'000'000;

}  // namespace millrace
