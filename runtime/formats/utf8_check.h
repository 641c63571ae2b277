#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// Whether the bytes are UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut off.
bool is_utf8(std::string_view bytes);

/// The text with U+FFFD in place of what is not UTF-8: of the longest part of each that could begin a character, and of a surrogate as a whole, which is how
/// Java decodes, and so what Spark shows.
std::string replace_invalid_utf8(std::string_view bytes);

}  // namespace millrace
