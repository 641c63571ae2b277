#pragma once

#include <cstdint>
#include <string_view>

namespace millrace {

/// Reads dates and timestamps in the forms that CAST takes. `text` is already trimmed.
bool read_date_text(std::string_view text, int64_t* days);

/// What a timestamp's text says.
struct TimestampText {
  int64_t local_us = 0;   ///< what clocks show
  std::string_view zone;  ///< as written; empty when it names none
};
bool read_timestamp_text(std::string_view text, TimestampText* out);

}  // namespace millrace
