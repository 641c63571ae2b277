#pragma once

namespace millrace::abi {

/// The fast way for most data: writes a positive double of [10^-3, 10^7) as the shortest text that reads back, `12.5`, and returns the place
/// after it. nullptr, with nothing promised about what was written, for other numbers and for powers of two. Needs 32 bytes.
char* write_plain_double(double value, char* out);

}  // namespace millrace::abi
