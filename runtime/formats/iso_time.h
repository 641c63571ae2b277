#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/abi/context.h"

/// Dates and times as json and csv carry them: ISO 8601 in the extended form, years of four digits.
namespace millrace {

/// `yyyy-MM-dd`, nothing else; days since 1970-01-01. False when it is no date.
bool parse_iso_date(std::string_view text, int64_t* days);

/// `yyyy-MM-dd[(T| )HH:mm[:ss[.fraction]][zone]]`; microseconds since the epoch. A text without a zone is local to `zone`
/// (nullptr: UTC). False when it is no time.
bool parse_iso_timestamp(std::string_view text, const abi::TimeZone* zone, int64_t* micros);

}  // namespace millrace
