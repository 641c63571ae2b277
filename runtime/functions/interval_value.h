#pragma once

#include "runtime/abi/calls/interval.h"
#include "runtime/abi/type_code.h"

namespace millrace {

/// What a value of the INTERVAL type of `code` is a multiple of: months or microseconds.
inline int64_t interval_unit(const char* code) {
  constexpr int64_t kMicros[] = {86'400'000'000, 3'600'000'000, 60'000'000, 1};
  constexpr int64_t kMonths[] = {12, 1};
  const int64_t last = abi::last_field_of(code);
  return abi::type_of(code) == abi::TypeCode::IntervalYearMonth ? kMonths[last] : kMicros[last];
}

/// A text as months or microseconds of the INTERVAL type of `code`; false when it is of another shape or out of range.
inline bool interval_from_text(const abi::StringRef& text, const char* code, int64_t* out) {
  const int64_t first = abi::first_field_of(code), last = abi::last_field_of(code);
  if (abi::type_of(code) == abi::TypeCode::IntervalYearMonth) {
    abi::SqlMonths months{};
    if (!abi::mr_cast_string_to_months(&text, first, last, &months)) return false;
    *out = static_cast<int64_t>(months);
    return true;
  }
  abi::SqlMicros micros{};
  if (!abi::mr_cast_string_to_micros(&text, first, last, &micros)) return false;
  *out = static_cast<int64_t>(micros);
  return true;
}

}  // namespace millrace
