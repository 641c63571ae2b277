#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace {

/// Days since 1970-01-01 of `YYYY-MM-DD` (also `YYYY-M-D`); nullopt when there is no such day.
std::optional<int64_t> parse_date(std::string_view text);

/// A timestamp's text: a date, then after `T` or a blank `hh:mm[:ss[.ffffff]]`, then `Z`, `UTC` or `+hh:mm` if at all.
struct TimestampText {
  int64_t micros = 0;  ///< since the epoch, if the text has a zone or is read as UTC
  bool has_zone = false;
};
std::optional<TimestampText> parse_timestamp(std::string_view text);

}  // namespace millrace
