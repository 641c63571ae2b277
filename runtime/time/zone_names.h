#pragma once

#include <cstdint>
#include <string>

/// How offsets are written in the names of zones.
namespace millrace {

/// `+05:30`, with seconds where there are some; `Z` for none.
std::string offset_text(int64_t offset_s);

}  // namespace millrace
