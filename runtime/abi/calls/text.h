#pragma once

#include <cstdint>

/// Doubles as text. Bodies in runtime/functions. Safe to call from any thread.
namespace millrace::abi {

inline constexpr int64_t kDoubleTextMax = 32;  ///< bytes that mr_write_double and mr_write_float need at most

extern "C" {

/// The shortest decimal text that reads back as the same double, laid out as Java and Spark do: `0.1`, `1.0`, `1.0E10`, `1.0E-4`, `NaN`,
/// `-Infinity`. Returns its length.
int64_t mr_write_double(double value, char* out) noexcept;

/// The same of a FLOAT: the shortest text that reads back as the same single-precision number.
int64_t mr_write_float(double value, char* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi
