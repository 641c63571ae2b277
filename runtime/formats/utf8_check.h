#pragma once

#include <string_view>

namespace millrace {

/// Whether the bytes are UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut off.
bool is_utf8(std::string_view bytes);

}  // namespace millrace
