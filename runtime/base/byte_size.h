#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// Below it a limit of memory would be reached by any query that keeps something.
inline constexpr int64_t kLeastMemoryLimit = 1'000'000;

/// Reads `512MB`, `1.5 GiB`, `64k`: KB, MB, GB and TB are powers of 1000; KiB, …, and the letters alone, as Spark has them, of 1024; a bare
/// number counts bytes. Nothing when the text is no size, or beyond 2^62.
std::optional<int64_t> parse_byte_size(std::string_view text);

/// For people: `512 MB`, `1.5 GB`, `800 bytes`.
std::string byte_size_text(int64_t bytes);

}  // namespace millrace
