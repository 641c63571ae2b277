#pragma once

#include <span>

#include "runtime/abi/state_spec.h"

namespace millrace::abi {

/// Three-way order of two fields of one kind, by the direction and the place of NULLs of the first key: strings bytewise, NaN the largest number
/// and equal to itself, -0.0 equal to 0.0, NULL equal to NULL.
int compare_fields(const SortKey& a_key, const char* a, const SortKey& b_key, const char* b);

/// Three-way order of two tuples by all keys.
int compare_tuples(std::span<const SortKey> keys, const char* a, const char* b);

}  // namespace millrace::abi
