#pragma once

#include <cstdint>

#include "runtime/abi/nested.h"
#include "runtime/hot/mr_hot.h"

/// Reading elements of ARRAY and MAP values (runtime/abi/nested.h). Every index is allowed: beyond the elements there are NULLs.
namespace millrace::abi {

MR_HOT int64_t mr_nested_count(const char* run) noexcept { return nested_count(run); }

/// Whether element `i` is there and not NULL.
MR_HOT bool mr_nested_has(const char* run, int64_t i) noexcept {
  return i >= 0 && i < static_cast<int64_t>(nested_count(run)) && !nested_is_null(run, i);
}

/// What has no element gives 0.
MR_HOT int64_t mr_nested_int(const char* run, int64_t i) noexcept { return mr_nested_has(run, i) ? nested_int(run, i) : 0; }
MR_HOT double mr_nested_double(const char* run, int64_t i) noexcept { return mr_nested_has(run, i) ? nested_double(run, i) : 0; }

/// Bytes of a STRING, or the run of a nested value; without an element an empty run, and size 0.
MR_HOT const char* mr_nested_data(const char* run, int64_t i) noexcept {
  return mr_nested_has(run, i) ? nested_bytes(run, i).data : kEmptyRun;
}
MR_HOT int64_t mr_nested_size(const char* run, int64_t i) noexcept {
  return mr_nested_has(run, i) ? nested_bytes(run, i).size : 0;
}

/// Where among a map's keys this one is, -1 when it is not.
MR_HOT int64_t mr_map_find_int(const char* map, int64_t key) noexcept {
  const char* keys = map_keys(map);
  const auto count = static_cast<int64_t>(nested_count(keys));
  for (int64_t i = 0; i < count; ++i) {
    if (nested_int(keys, i) == key) return i;
  }
  return -1;
}

MR_HOT int64_t mr_map_find_double(const char* map, double key) noexcept {
  const char* keys = map_keys(map);
  const auto count = static_cast<int64_t>(nested_count(keys));
  for (int64_t i = 0; i < count; ++i) {
    const double other = nested_double(keys, i);
    if (other == key || (other != other && key != key)) return i;
  }
  return -1;
}

MR_HOT int64_t mr_map_find_bytes(const char* map, const char* key, int64_t size) noexcept {
  const char* keys = map_keys(map);
  const auto count = static_cast<int64_t>(nested_count(keys));
  for (int64_t i = 0; i < count; ++i) {
    const StringRef other = nested_bytes(keys, i);
    if (other.size == size && std::memcmp(other.data, key, static_cast<size_t>(size)) == 0) return i;
  }
  return -1;
}

/// The run of a map's values.
MR_HOT const char* mr_map_values(const char* map) noexcept { return map_values(map); }
MR_HOT const char* mr_map_keys(const char* map) noexcept { return map_keys(map); }

}  // namespace millrace::abi
