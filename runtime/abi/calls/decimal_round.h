#pragma once

#include "runtime/abi/calls/arrays.h"

/// Rounding of DECIMALs: of a value, and of the digits behind the point that are kept (negative: in front of it). Bodies in
/// runtime/functions/decimal_round.cpp.
namespace millrace::abi {

extern "C" {

PackedFunction mr_decimal_round;   ///< halves away from zero
PackedFunction mr_decimal_bround;  ///< halves to the even digit
PackedFunction mr_decimal_ceil;
PackedFunction mr_decimal_floor;
PackedFunction mr_decimal_abs;

}  // extern "C"

}  // namespace millrace::abi
