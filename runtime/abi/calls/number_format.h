#pragma once

#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/decimal.h"

/// Numbers by a pattern such as `S$99,990.99` (runtime/functions/number_format.h). Bodies in runtime/functions/number_format.cpp.
namespace millrace::abi {

extern "C" {

/// The DECIMAL of the pattern's numbers; false when it is none.
bool mr_number_format_type(const StringRef* format, int64_t* precision, int64_t* scale) noexcept;
/// What is wrong with the pattern; borrowed until this thread's next use of another pattern.
void mr_number_format_fault(const StringRef* format, StringRef* out) noexcept;
/// NULL when the text does not fit the pattern, or that is none.
bool mr_to_number(const StringRef* text, const StringRef* format, Decimal* out) noexcept;
/// Of a DECIMAL and a pattern.
PackedFunction mr_number_to_char;

}  // extern "C"

}  // namespace millrace::abi
