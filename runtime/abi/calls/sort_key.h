#pragma once

#include "runtime/abi/calls/arrays.h"

/// Body in runtime/functions/sort_key.cpp.
namespace millrace::abi {

extern "C" {

/// ARRAY or STRUCT: bytes that compare, byte by byte, as ORDER BY has it of the values: element by element, NULLs first, a shorter ARRAY before
/// one that begins with it. Equal values have equal bytes.
PackedFunction mr_sort_key;

}  // extern "C"

}  // namespace millrace::abi
