#pragma once

#include <cstddef>

#include "MillraceLexer.h"

namespace millrace {

/// The token types of the lexer's keywords follow each other: first the reserved ones, then those that may be names as well.
inline constexpr size_t kFirstKeyword = grammar::MillraceLexer::K_ALL;
inline constexpr size_t kLastReserved = grammar::MillraceLexer::K_WITH;
inline constexpr size_t kLastKeyword = grammar::MillraceLexer::K_WITHIN;

inline bool is_reserved(size_t type) { return type >= kFirstKeyword && type <= kLastReserved; }

}  // namespace millrace
