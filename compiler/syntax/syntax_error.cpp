#include "compiler/syntax/syntax_error.h"

#include <Parser.h>
#include <ParserRuleContext.h>
#include <Token.h>
#include <TokenStream.h>
#include <Vocabulary.h>

#include <algorithm>
#include <array>
#include <string>

#include "MillraceLexer.h"
#include "compiler/base/diagnostic.h"
#include "compiler/base/letter_case.h"
#include "compiler/syntax/byte_stream.h"
#include "compiler/syntax/expected_words.h"
#include "compiler/syntax/foreign_constructs.h"
#include "compiler/syntax/keywords.h"

namespace millrace {

namespace {

using L = grammar::MillraceLexer;
using antlr4::Token;

/// Clause words long enough that a near miss is no accident.
const std::vector<std::string>& clause_words() {
  static const std::vector<std::string> words{
      "FROM",    "WHERE",  "GROUP",  "HAVING",    "ORDER", "LIMIT", "UNION", "JOIN",  "EMIT",    "INNER",   "CROSS", "USING",
      "BETWEEN", "WINDOW", "SELECT", "INTERSECT", "EVERY", "LIKE",  "LEFT",  "RIGHT", "LATERAL", "QUALIFY", "VALUES"};
  return words;
}

constexpr std::array<std::string_view, 14> kForeignStatements{"ALTER",   "ANALYZE",  "BEGIN",  "CACHE", "COMMIT",
                                                              "COPY",    "DELETE",   "GRANT",  "MERGE", "REFRESH",
                                                              "REPLACE", "TRUNCATE", "UPDATE", "USE"};

/// Writes the one message for a failure.
class FailureWriter {
 public:
  FailureWriter(const SourceText& source, const std::vector<Token*>& tokens, const SyntaxFailure& failure)
      : source_(source), tokens_(tokens), failure_(failure), expected_(failure.expected) {}

  SqlError write() const;

 private:
  size_t type(size_t i) const { return tokens_[i]->getType(); }
  std::string text(size_t i) const { return std::string(source_.slice(span_of(*tokens_[i]))); }
  std::string upper(size_t i) const { return upper_case(text(i)); }
  bool at_end() const { return type(failure_.token_index) == static_cast<size_t>(Token::EOF); }
  SourceSpan here() const { return span_of(*tokens_[failure_.token_index]); }
  std::string unexpected() const;

  std::optional<SqlError> wrong_statement() const;
  std::optional<SqlError> foreign() const;
  std::optional<SqlError> wrong_bracket() const;
  std::optional<SqlError> misspelled_here() const;
  std::optional<SqlError> misspelled_before() const;
  std::optional<SqlError> comma_too_many() const;
  std::optional<SqlError> reserved_name() const;
  std::string other_hint() const;
  bool stands_like_a_name(size_t i) const;

  const SourceText& source_;
  const std::vector<Token*>& tokens_;
  const SyntaxFailure& failure_;
  ExpectedWords expected_;
};

SqlError FailureWriter::write() const {
  using Attempt = std::optional<SqlError> (FailureWriter::*)() const;
  constexpr std::array<Attempt, 7> kAttempts{&FailureWriter::wrong_statement,   &FailureWriter::foreign,       &FailureWriter::misspelled_here,
                                             &FailureWriter::misspelled_before, &FailureWriter::wrong_bracket, &FailureWriter::comma_too_many,
                                             &FailureWriter::reserved_name};
  for (const Attempt attempt : kAttempts) {
    if (std::optional<SqlError> error = (this->*attempt)()) return *error;
  }
  std::string message = unexpected();
  const std::string wanted = expected_.in_words();
  if (!wanted.empty()) message += ": expected " + wanted;
  return {here(), std::move(message), other_hint()};
}

std::string FailureWriter::unexpected() const {
  constexpr size_t kShown = 40;
  if (at_end()) return "the statement ends too early";
  std::string word = text(failure_.token_index);
  if (word.size() > kShown) return "unexpected text";
  const bool has_quotes = word.back() == '\'' || word.back() == '"' || word.back() == '`';
  return has_quotes ? "unexpected " + word : "unexpected '" + word + "'";
}

std::optional<SqlError> FailureWriter::wrong_statement() const {
  if (failure_.token_index != 0 || at_end()) return std::nullopt;
  const std::string word = upper(0);
  const bool foreign = std::find(kForeignStatements.begin(), kForeignStatements.end(), word) != kForeignStatements.end();
  if (foreign)
    return SqlError(here(), "there is no " + word + " statement",
                    "a file holds CREATE, INSERT, SELECT, EXPLAIN, DESCRIBE, SHOW, SET and DROP");
  const std::string meant = type(0) == L::WORD ? nearest_name(word, expected_.keywords()) : std::string();
  std::string message = "'" + text(0) + "' begins no statement";
  if (!meant.empty()) return SqlError(here(), message + " — did you mean '" + meant + "'?");
  return SqlError(here(), std::move(message),
                  "a statement begins with SELECT, INSERT, CREATE, WITH, EXPLAIN, DESCRIBE, SHOW, SET or DROP");
}

/// A construct of another dialect that begins where parsing failed, or a few words before: its first word may have been taken for an alias.
std::optional<SqlError> FailureWriter::foreign() const {
  constexpr size_t kWordsBefore = 3, kWordsMax = 2;
  const size_t first = failure_.token_index - std::min(failure_.token_index, kWordsBefore);
  for (size_t i = first; i <= failure_.token_index; ++i) {
    std::vector<std::string> words;
    for (size_t j = i; j < i + kWordsMax && j + 1 < tokens_.size(); ++j) words.push_back(upper(j));
    const ForeignConstruct* construct = foreign_construct(words);
    if (!construct) continue;
    const SourceSpan span{span_of(*tokens_[i]).begin, span_of(*tokens_[i + word_count(*construct) - 1]).end};
    return SqlError(span, std::string(construct->message), std::string(construct->hint));
  }
  return std::nullopt;
}

/// Whether what follows the word would fit a column: `SELECT order FROM t`, `WHERE group = 1`.
bool FailureWriter::stands_like_a_name(size_t i) const {
  switch (type(i + 1)) {
    case L::COMMA:
    case L::RPAREN:
    case L::DOT:
    case L::EQUAL:
    case L::NOT_EQUAL:
    case L::LESS:
    case L::GREATER:
    case L::PLUS:
    case L::MINUS:
    case L::K_FROM:
    case L::K_AS:
    case L::K_IS:
    case L::K_IN:
      return true;
    default:
      return false;
  }
}

/// A bracket that closes nothing, or one that is missing.
std::optional<SqlError> FailureWriter::wrong_bracket() const {
  std::vector<size_t> open;
  for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
    if (type(i) == L::LPAREN || type(i) == L::LBRACKET) open.push_back(i);
    if (type(i) != L::RPAREN && type(i) != L::RBRACKET) continue;
    if (open.empty()) {
      if (i != failure_.token_index) return std::nullopt;
      return SqlError(here(), "this '" + text(i) + "' closes nothing");
    }
    open.pop_back();
  }
  if (open.empty() || open.back() >= failure_.token_index) return std::nullopt;
  const size_t closer = type(open.back()) == L::LPAREN ? L::RPAREN : L::RBRACKET;
  if (!failure_.expected.contains(closer)) return std::nullopt;
  const std::string close = closer == L::RPAREN ? ")" : "]";
  const std::string before = at_end() ? "the end of the statement" : "'" + text(failure_.token_index) + "'";
  const auto [line, column] = source_.position(span_of(*tokens_[open.back()]).begin);
  return SqlError(
      here(), "a '" + close + "' is missing before " + before,
      "the '" + text(open.back()) + "' at " + std::to_string(line) + ":" + std::to_string(column) + " is not closed");
}

std::optional<SqlError> FailureWriter::misspelled_here() const {
  if (at_end() || type(failure_.token_index) != L::WORD) return std::nullopt;
  const std::string meant = nearest_name(upper(failure_.token_index), expected_.keywords());
  if (meant.empty()) return std::nullopt;
  return SqlError(here(), unexpected() + " — did you mean '" + meant + "'?");
}

/// `SELECT a FORM t`: FORM was taken for an alias, and the mistake shows one token late.
std::optional<SqlError> FailureWriter::misspelled_before() const {
  const size_t before = failure_.token_index - 1;
  if (failure_.token_index == 0 || type(before) != L::WORD) return std::nullopt;
  const std::string meant = nearest_name(upper(before), clause_words());
  constexpr size_t kShortest = 3;
  if (meant.empty() || upper(before).size() < kShortest) return std::nullopt;
  return SqlError(span_of(*tokens_[before]), "unexpected '" + text(before) + "' — did you mean '" + meant + "'?");
}

std::optional<SqlError> FailureWriter::comma_too_many() const {
  if (failure_.token_index == 0 || type(failure_.token_index - 1) != L::COMMA) return std::nullopt;
  const size_t t = type(failure_.token_index);
  const bool list_ends = at_end() || t == L::RPAREN || t == L::RBRACKET || t == L::COMMA || t == L::K_FROM ||
                         t == L::K_WHERE || t == L::K_GROUP || t == L::K_ORDER || t == L::K_HAVING || t == L::K_LIMIT ||
                         t == L::K_EMIT;
  if (!list_ends) return std::nullopt;
  std::string message = unexpected() + " after ','";
  const std::string wanted = expected_.in_words();
  if (!wanted.empty()) message += ": expected " + wanted;
  return SqlError(here(), std::move(message), "is the ',' before it one too many?");
}

std::optional<SqlError> FailureWriter::reserved_name() const {
  const bool reserved = is_reserved(type(failure_.token_index));
  if (!reserved || !expected_.wants_name()) return std::nullopt;
  const std::string word = text(failure_.token_index);
  return SqlError(here(), "'" + word + "' is a reserved word, but a name is expected here",
                  "as a name, quote it: \"" + word + "\"");
}

std::string FailureWriter::other_hint() const {
  const size_t i = failure_.token_index;
  if (i > 0 && type(i) == L::AMPERSAND && type(i - 1) == L::AMPERSAND) return "logical and is written AND";
  if (i > 0 && type(i) == L::STRING && !failure_.expected.contains(static_cast<size_t>(L::EQUAL)))
    return "strings take single quotes, names double ones";
  const bool reserved = is_reserved(type(i));
  if (reserved && !at_end() && stands_like_a_name(i))
    return "'" + text(i) + "' is a reserved word; as a name, quote it: \"" + text(i) + "\"";
  return {};
}

bool has_typographic_quote(std::string_view rest) {
  return rest.size() >= 3 && rest.substr(0, 2) == "\xE2\x80" && (static_cast<unsigned char>(rest[2]) & 0xF8U) == 0x98U;
}

SqlError unexpected_character(const SourceText& source, SourceSpan span) {
  const std::string_view rest = source.slice({span.begin, static_cast<uint32_t>(source.text().size())});
  uint32_t bytes = 1;
  while (bytes < rest.size() && (static_cast<unsigned char>(rest[bytes]) & 0xC0U) == 0x80U) ++bytes;
  const SourceSpan whole{span.begin, span.begin + bytes};
  const std::string hint = has_typographic_quote(rest) ? "strings take the plain quote ', names the plain quote \"" : "";
  return {whole, "unexpected character '" + std::string(source.slice(whole)) + "'", hint};
}

void check_token(const SourceText& source, const Token& token) {
  const SourceSpan span = span_of(token);
  const SourceSpan start{span.begin, span.begin + 1};
  switch (token.getType()) {
    case L::UNTERMINATED_STRING:
      throw SqlError(start, "this string never ends", "close it with '; a quote inside a string is written ''");
    case L::UNTERMINATED_NAME:
      throw SqlError(start, "this quoted name never ends", "strings take single quotes: '…'");
    case L::UNTERMINATED_COMMENT:
      throw SqlError({span.begin, span.begin + 2}, "this comment never ends", "close it with */");
    case L::BAD_NUMBER:
      throw SqlError(span, "'" + std::string(source.slice(span)) + "' is neither a number nor a name",
                     "a name that begins with a digit takes double quotes");
    case L::UNEXPECTED:
      throw unexpected_character(source, span);
    default:
      break;
  }
}

/// Follows the brackets, CASE … END and ARRAY<…> that a recursive parser goes down into.
class NestingCheck {
 public:
  void add(const Token& token) {
    switch (token.getType()) {
      case L::LPAREN:
        return open(token, L::RPAREN);
      case L::LBRACKET:
        return open(token, L::RBRACKET);
      case L::K_CASE:
        return open(token, L::K_END);
      case L::K_ARRAY:
      case L::K_MAP:
      case L::K_STRUCT:
        after_nested_type_ = true;
        return;
      case L::LESS:
        if (after_nested_type_) open(token, L::GREATER);
        return;
      default:
        close(token.getType());
    }
  }

 private:
  void open(const Token& token, size_t closer) {
    after_nested_type_ = false;
    closers_.push_back(closer);
    if (closers_.size() > kMaxBrackets) throw nested_too_deep(span_of(token), kMaxBrackets);
  }

  // END is also a name and > an operator: only what closes the innermost opener counts.
  void close(size_t type) {
    after_nested_type_ = false;
    if (!closers_.empty() && closers_.back() == type) closers_.pop_back();
  }

  std::vector<size_t> closers_;
  bool after_nested_type_ = false;
};

}  // namespace

void FirstErrorStrategy::sync(antlr4::Parser* parser) {
  if (record_at_ && parser->getTokenStream()->index() == *record_at_) expected_.addAll(parser->getExpectedTokens());
}

void FirstErrorStrategy::reportError(antlr4::Parser* parser, const antlr4::RecognitionException&) { fail(parser); }

void FirstErrorStrategy::recover(antlr4::Parser* parser, std::exception_ptr) { fail(parser); }

antlr4::Token* FirstErrorStrategy::recoverInline(antlr4::Parser* parser) { fail(parser); }

void FirstErrorStrategy::fail(antlr4::Parser* parser) {
  SyntaxFailure failure{parser->getTokenStream()->index(), expected_};
  failure.expected.addAll(parser->getExpectedTokens());
  throw failure;
}

SqlError describe_failure(const SourceText& source, const std::vector<Token*>& tokens, const SyntaxFailure& failure) {
  return FailureWriter(source, tokens, failure).write();
}

void check_tokens(const SourceText& source, const std::vector<Token*>& tokens) {
  NestingCheck nesting;
  for (const Token* token : tokens) {
    check_token(source, *token);
    nesting.add(*token);
  }
}

SqlError nested_too_deep(SourceSpan where, size_t levels) {
  return {where, "this is nested more than " + std::to_string(levels) + " levels deep",
          "name parts of it in a WITH clause or a view"};
}

SourceSpan span_of(const Token& token) {
  const auto begin = static_cast<uint32_t>(token.getStartIndex());
  return {begin, static_cast<uint32_t>(token.getStopIndex() + 1)};
}

}  // namespace millrace
