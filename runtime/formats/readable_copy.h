#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/string_ref.h"

namespace millrace::abi {

/// What the readers of JSON and CSV values may touch behind a text's end, in bytes.
inline constexpr int64_t kReadableBehind = 64;

/// Scratch memory of `size` bytes with that much behind it, not initialised.
inline char* readable_scratch(PipelineContext* ctx, int64_t size) { return mr_scratch(ctx, size + kReadableBehind); }

/// A copy in scratch, with zeros behind it that may be read.
inline StringRef readable_copy(PipelineContext* ctx, StringRef text) {
  char* copy = readable_scratch(ctx, text.size);
  if (text.size > 0) std::memcpy(copy, text.data, static_cast<size_t>(text.size));
  std::memset(copy + text.size, 0, kReadableBehind);
  return {copy, text.size};
}

}  // namespace millrace::abi
