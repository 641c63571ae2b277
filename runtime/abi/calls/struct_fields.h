#pragma once

#include "runtime/abi/calls/arrays.h"

namespace millrace::abi {

extern "C" {

// runtime/functions/struct_fields.cpp
/// Of an ARRAY of STRUCTs and the position of a field: the ARRAY of that field's values, NULL where the STRUCT is.
PackedFunction mr_field_of_each;

}  // extern "C"

}  // namespace millrace::abi
