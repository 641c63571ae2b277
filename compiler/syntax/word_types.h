#pragma once

#include <Token.h>

#include <memory>
#include <string_view>
#include <vector>

namespace millrace {

using TokenList = std::vector<std::unique_ptr<antlr4::Token>>;

/// Gives every WORD of the lexer the token type that the parser wants: keywords from the table of the lexer's K_ names
/// (without regard to letter case), and those words whose meaning hangs on their neighbours one type for each meaning.
/// Deciding this on a few tokens here is what lets the parser decide on one everywhere.
void give_word_types(std::string_view text, const TokenList& tokens);

}  // namespace millrace
