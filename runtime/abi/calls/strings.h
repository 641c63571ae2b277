#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"
#include "runtime/abi/string_ref.h"

/// String functions too big to inline. Bodies in runtime/functions. Strings are UTF-8; positions and lengths count code points. Results
/// that are not part of an argument lie in the context's scratch arena.
namespace millrace::abi {

extern "C" {

void mr_upper(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
void mr_lower(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
/// The first letter of each word (words are parted by blanks) in upper case, the rest in lower case.
void mr_initcap(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi
