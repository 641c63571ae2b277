#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace {

/// Reads `2 seconds`, `2s`, `500ms`, `1m30s`, `1 minute 30 seconds`; a bare number counts seconds. Microseconds, or nothing
/// when the text is no duration (months and years are none: their length varies).
std::optional<int64_t> parse_duration_us(std::string_view text) noexcept;

}  // namespace millrace
