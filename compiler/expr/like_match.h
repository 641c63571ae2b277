#pragma once

#include <string_view>

namespace millrace::expr {

/// Whether a whole string matches a LIKE pattern: `%` any run, `_` one code point. Works the pattern off byte by byte with one
/// point of return, the last `%`. The pattern has been checked: the escape stands before `%`, `_` or itself only.
bool like_match(std::string_view text, std::string_view pattern, char escape);

}  // namespace millrace::expr
