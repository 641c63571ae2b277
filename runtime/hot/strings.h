#pragma once

#include <cstdint>

#include "runtime/abi/sql_values.h"
#include "runtime/abi/string_ref.h"
#include "runtime/hot/mr_hot.h"
#include "runtime/hot/utf8.h"

/// String functions that give a number or a part of their argument. Lengths and positions count code points.
namespace millrace::abi {

MR_HOT SqlInt mr_char_length(const StringRef* s) noexcept { return SqlInt{utf8_length(s->data, s->size)}; }
MR_HOT SqlInt mr_octet_length(const StringRef* s) noexcept { return SqlInt{s->size}; }
MR_HOT SqlInt mr_bit_length(const StringRef* s) noexcept { return SqlInt{s->size * 8}; }

}  // namespace millrace::abi
