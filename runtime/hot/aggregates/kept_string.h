#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/string_ref.h"

namespace millrace::abi {

/// A string that an aggregate's state holds on to. Its bytes lie in the group table's arena and are written over by later strings
/// that fit, so that a state takes memory only when it needs more than ever before.
struct KeptString {
  char* data;
  int64_t size;
  int64_t capacity;
  int64_t present;  ///< 0: no value yet
};

inline void keep_string(GroupTable* table, KeptString* kept, const char* data, int64_t size) {
  if (size > kept->capacity || kept->data == nullptr) {
    kept->data = const_cast<char*>(mr_group_keep(table, data, size));
    kept->capacity = size;
  } else {
    std::memmove(kept->data, data, static_cast<size_t>(size));
  }
  kept->size = size;
  kept->present = 1;
}

inline bool kept_string_result(const KeptString& kept, StringRef* out) {
  *out = {kept.data, kept.size};
  return kept.present != 0;
}

}  // namespace millrace::abi
