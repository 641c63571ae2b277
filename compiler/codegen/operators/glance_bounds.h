#pragma once

#include <cstdint>
#include <optional>

namespace millrace {

/// What mr_json_glance_at_double compares a number's text with.
struct GlanceBounds {
  int64_t whole = 0;   ///< digits in front of the bound's dot
  uint64_t below = 0;  ///< eight bytes of text, big-endian
  uint64_t above = 0;
};

/// Of a comparison with `bound`; empty where eight bytes would tell too little: zero, negative and large bounds.
std::optional<GlanceBounds> glance_bounds(double bound);

}  // namespace millrace
