#pragma once

#include <string_view>

#include "runtime/abi/decimal.h"

namespace millrace {

/// A sign, digits with or without a point, an exponent; nothing around them. Rounded half up to `scale`; false when it is no number, or has more
/// than `precision` digits.
bool parse_decimal(std::string_view text, int64_t precision, int64_t scale, abi::Decimal* out);

}  // namespace millrace
