#include "compiler/syntax/expected_words.h"

#include <Token.h>
#include <Vocabulary.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "MillraceLexer.h"
#include "compiler/syntax/byte_stream.h"
#include "compiler/syntax/keywords.h"

namespace millrace {

namespace {

using L = grammar::MillraceLexer;

/// Words that go on an expression; what else could follow says more.
constexpr std::array<size_t, 14> kOperatorWords{L::K_AND,  L::K_OR,    L::K_NOT,    L::K_IN,     L::K_IS,
                                                L::K_LIKE, L::K_ILIKE, L::K_RLIKE,  L::K_REGEXP, L::K_BETWEEN,
                                                L::K_DIV,  L::K_OVER,  L::K_FILTER, L::K_WITHIN};

bool is_operator_word(size_t type) {
  return std::find(kOperatorWords.begin(), kOperatorWords.end(), type) != kOperatorWords.end();
}

std::string keyword_text(size_t type) {
  ByteStream nothing{std::string_view()};
  const L lexer(&nothing);
  constexpr size_t kPrefix = 2;  // K_
  return lexer.getVocabulary().getSymbolicName(type).substr(kPrefix);
}

std::string join_with_or(const std::vector<std::string>& items) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " or " : ", ";
    out += items[i];
  }
  return out;
}

}  // namespace

std::string ExpectedWords::in_words() const {
  std::vector<std::string> items;
  if (wants_relation()) return "a relation";
  if (wants_any_word()) return "a name";
  if (wants_expression()) {
    items.emplace_back("an expression");
  } else if (wants_query()) {
    items.emplace_back("a query");
  } else if (has(L::WORD) && !after_operand()) {
    items.emplace_back("a name");
  }
  add_literals(items);
  add_signs(items);
  add_keywords(items);
  if (items.empty() && after_operand()) return "an operator";
  return join_with_or(items);
}

std::vector<std::string> ExpectedWords::keywords() const {
  constexpr size_t kShortest = 3;  // IN, AS and ON are too near to too much
  std::vector<std::string> words;
  for (size_t type = kFirstKeyword; type <= kLastKeyword; ++type) {
    if (!has(type)) continue;
    std::string word = keyword_text(type);
    if (word.size() >= kShortest) words.push_back(std::move(word));
  }
  // Words that become keywords only before the right neighbour are lost on their own: LEFT JION.
  if (has(L::K_JOIN)) words.insert(words.end(), {"LEFT", "RIGHT", "FULL"});
  return words;
}

bool ExpectedWords::wants_name() const { return has(L::WORD) && !wants_expression() && !after_operand(); }

bool ExpectedWords::wants_expression() const { return has(L::INTEGER) && has(L::LPAREN) && has(L::WORD) && has(L::K_CASE); }

bool ExpectedWords::wants_query() const { return !wants_expression() && has(L::K_SELECT) && has(L::K_VALUES); }

bool ExpectedWords::wants_relation() const { return has(L::WORD) && has(L::LPAREN) && has(L::K_LATERAL) && !has(L::COMMA); }

/// Where even reserved words stand for themselves: SHOW, keys of options.
bool ExpectedWords::wants_any_word() const { return has(L::WORD) && has(L::K_BETWEEN) && !has(L::PLUS); }

bool ExpectedWords::wants_value() const { return has(L::K_TRUE) && has(L::STRING) && !has(L::K_CASE); }

bool ExpectedWords::after_duration() const { return has(L::K_TO) && has(L::DURATION); }

bool ExpectedWords::after_operand() const { return !wants_expression() && has(L::PLUS) && has(L::SLASH); }

void ExpectedWords::add_literals(std::vector<std::string>& items) const {
  if (wants_expression() || after_operand() || after_duration()) return;
  if (wants_value()) {
    items.assign(1, "a value");  // of an option: a string, a number, a word
    return;
  }
  if (has(L::UNIT)) items.emplace_back("a unit such as SECONDS");
  if (has(L::DURATION) && !has(L::UNIT)) items.emplace_back("a duration such as 5 SECONDS");
  if (has(L::DURATION)) return;
  if (has(L::STRING)) items.emplace_back("a string");
  if (has(L::INTEGER)) items.emplace_back("a number");
}

void ExpectedWords::add_signs(std::vector<std::string>& items) const {
  if (has(L::EQUAL) && !after_operand()) items.emplace_back("'='");
  if (has(L::LPAREN) && !wants_expression() && !wants_query() && !after_operand()) items.emplace_back("'('");
  if (has(L::COMMA)) items.emplace_back("','");
  if (has(L::RPAREN)) items.emplace_back("')'");
  if (has(L::RBRACKET)) items.emplace_back("']'");
  if (has(L::LESS) && !after_operand()) items.emplace_back("'<'");
  if (has(L::GREATER) && !after_operand()) items.emplace_back("'>'");
  if (has(static_cast<size_t>(antlr4::Token::EOF))) items.emplace_back("the end of the statement");
}

void ExpectedWords::add_keywords(std::vector<std::string>& items) const {
  constexpr size_t kListed = 12;
  if (wants_expression() || wants_value()) return;
  if (after_operand() && has(L::K_AND) && !has(L::K_OR)) items.emplace_back("AND");  // of BETWEEN
  const bool between_clauses =
      has(L::K_WHERE) || has(L::K_GROUP) || has(L::K_HAVING) || (has(L::K_ORDER) && has(L::K_LIMIT));
  if (between_clauses) {
    items.emplace_back(has(L::K_FROM) ? "FROM" : "the next clause");
    return;
  }
  std::vector<std::string> words;
  for (size_t type = kFirstKeyword; type <= kLastKeyword; ++type) {
    // Where a name may stand, every unreserved word may: listing them says nothing.
    const bool said_by_name = has(L::WORD) && !is_reserved(type);
    const bool said_by_query = wants_query() && (type == L::K_SELECT || type == L::K_VALUES || type == L::K_WITH);
    const bool said_by_duration = has(L::DURATION) && (type == L::K_INTERVAL || type == L::K_TO);
    const bool said = said_by_name || said_by_query || said_by_duration || is_operator_word(type);
    if (has(type) && !said) words.push_back(keyword_text(type));
  }
  if (words.size() <= kListed) items.insert(items.end(), words.begin(), words.end());
}

}  // namespace millrace
