#include "compiler/syntax/parser.h"

#include <CommonToken.h>
#include <CommonTokenStream.h>
#include <ListTokenSource.h>

#include <memory>
#include <optional>
#include <string>

#include "MillraceLexer.h"
#include "MillraceParser.h"
#include "compiler/syntax/ast_builder.h"
#include "compiler/syntax/byte_stream.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/word_types.h"

namespace millrace {

namespace {

using L = grammar::MillraceLexer;
using P = grammar::MillraceParser;

constexpr size_t kEof = static_cast<size_t>(antlr4::Token::EOF);

/// How many bytes of well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) stand at `at`; 0 when none do.
size_t utf8_sequence_bytes(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead < 0xF0 || lead > 0xF4) return 0;
  const bool in_range = (lead != 0xF0 || byte(1) >= 0x90) && (lead != 0xF4 || byte(1) < 0x90);
  return continues(1) && continues(2) && continues(3) && in_range ? 4 : 0;
}

std::optional<uint32_t> first_byte_not_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = utf8_sequence_bytes(text, at);
    if (bytes == 0) return static_cast<uint32_t>(at);
    at += bytes;
  }
  return std::nullopt;
}

std::unique_ptr<antlr4::CommonToken> end_token(size_t offset) {
  auto token = std::make_unique<antlr4::CommonToken>(kEof);
  token->setStartIndex(offset);
  token->setStopIndex(offset - 1);
  return token;
}

/// Parses one statement (or schema): its tokens without the semicolon, and an EOF.
class TokenParser {
 public:
  TokenParser(const SourceText& source, TokenList tokens)
      : source_(source), stream_source_(std::move(tokens)), stream_(&stream_source_) {
    stream_.fill();
    check_tokens(source_, stream_.getTokens());
  }

  /// The generated parser decides on one token everywhere, so that ANTLR's choice between SLL and full LL never arises.
  template <class Tree>
  Tree* parse(Tree* (P::*rule)()) {
    parser_ = std::make_unique<P>(&stream_);
    parser_->removeErrorListeners();
    try {
      parser_->setErrorHandler(std::make_shared<FirstErrorStrategy>(std::nullopt));
      return (parser_.get()->*rule)();
    } catch (const SyntaxFailure& failure) {
      explain_failure(rule, failure);
    }
  }

 private:
  /// Parses again to learn what could have stood at the failing token.
  template <class Tree>
  [[noreturn]] void explain_failure(Tree* (P::*rule)(), const SyntaxFailure& first) {
    parser_->reset();
    parser_->setErrorHandler(std::make_shared<FirstErrorStrategy>(first.token_index));
    try {
      (parser_.get()->*rule)();
    } catch (const SyntaxFailure& failure) {
      throw describe_failure(source_, stream_.getTokens(), failure);
    }
    throw describe_failure(source_, stream_.getTokens(), first);
  }

  const SourceText& source_;
  antlr4::ListTokenSource stream_source_;
  antlr4::CommonTokenStream stream_;
  std::unique_ptr<P> parser_;
};

/// Lexes a whole text; its tokens point into it.
class TokenReader {
 public:
  explicit TokenReader(std::string_view text) : TokenReader(text, {0, static_cast<uint32_t>(text.size())}) {}

  /// Of a part of a text; tokens stand where they stand in the whole.
  TokenReader(std::string_view text, SourceSpan part) : bytes_(text.substr(part.begin, part.end - part.begin)), lexer_(&bytes_) {
    lexer_.removeErrorListeners();
    tokens_ = lexer_.getAllTokens();
    for (const std::unique_ptr<antlr4::Token>& token : tokens_) {
      auto& moved = static_cast<antlr4::CommonToken&>(*token);
      moved.setStartIndex(moved.getStartIndex() + part.begin);
      moved.setStopIndex(moved.getStopIndex() + part.begin);
    }
    give_word_types(text, tokens_);
    tokens_.push_back(end_token(part.end));
  }

  /// The tokens up to the next semicolon and an EOF at it; empty at the end of the text.
  TokenList next_statement() {
    TokenList statement;
    while (at_ < tokens_.size()) {
      std::unique_ptr<antlr4::Token> token = std::move(tokens_[at_++]);
      const bool ends = token->getType() == L::SEMICOLON || token->getType() == kEof;
      if (!ends) {
        statement.push_back(std::move(token));
        continue;
      }
      if (statement.empty()) continue;
      statement.push_back(end_token(token->getStartIndex()));
      break;
    }
    return statement;
  }

 private:
  ByteStream bytes_;
  L lexer_;
  TokenList tokens_;
  size_t at_ = 0;
};

/// A comment that never ends leaves nothing behind it worth parsing.
bool swallows_the_rest(const TokenList& tokens) {
  for (const std::unique_ptr<antlr4::Token>& token : tokens) {
    if (token->getType() == L::UNTERMINATED_COMMENT) return true;
  }
  return false;
}

}  // namespace

ParseResult parse_script(const SourceText& source) {
  return parse_script(source, {0, static_cast<uint32_t>(source.text().size())});
}

ParseResult parse_script(const SourceText& source, SourceSpan part) {
  ParseResult result;
  if (const std::optional<uint32_t> bad = first_byte_not_utf8(source.slice(part))) {
    const uint32_t at = part.begin + *bad;
    result.diagnostics.push_back({Severity::Error, {at, at + 1}, "the text is not UTF-8", "save the file as UTF-8"});
    return result;
  }
  TokenReader reader(source.text(), part);
  for (TokenList tokens = reader.next_statement(); !tokens.empty(); tokens = reader.next_statement()) {
    const bool last = swallows_the_rest(tokens);
    try {
      TokenParser parser(source, std::move(tokens));
      P::SingleStatementContext* tree = parser.parse(&P::singleStatement);
      result.script.statements.push_back(AstBuilder(source).statement(tree->statement()));
    } catch (const SqlError& error) {
      result.diagnostics.push_back({Severity::Error, error.span, error.message, error.hint});
    }
    if (last) break;
  }
  return result;
}

ast::TypeName parse_schema(std::string_view text) {
  const SourceText source("schema", std::string(text));
  if (const std::optional<uint32_t> bad = first_byte_not_utf8(text))
    throw SqlError({*bad, *bad + 1}, "the text is not UTF-8");
  TokenReader reader(source.text());
  TokenList tokens = reader.next_statement();
  if (tokens.empty()) throw SqlError({0, 0}, "the schema is empty", "such as 'a BIGINT, b STRING'");
  TokenParser parser(source, std::move(tokens));
  return AstBuilder(source).schema(parser.parse(&P::singleSchema));
}

}  // namespace millrace
