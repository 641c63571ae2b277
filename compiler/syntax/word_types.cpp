#include "compiler/syntax/word_types.h"

#include <CommonToken.h>
#include <Vocabulary.h>

#include <initializer_list>
#include <string>
#include <unordered_map>

#include "MillraceLexer.h"
#include "compiler/base/letter_case.h"
#include "compiler/syntax/byte_stream.h"
#include "compiler/syntax/interval_text.h"
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/parser.h"

namespace millrace {

namespace {

using L = grammar::MillraceLexer;

constexpr size_t kFirstContextual = L::K_ANTI;

class WordTyper {
 public:
  WordTyper(std::string_view text, const TokenList& tokens);
  void run();

 private:
  size_t type(size_t i) const {
    return i < tokens_.size() ? tokens_[i]->getType() : static_cast<size_t>(antlr4::Token::EOF);
  }
  bool is_any(size_t i, std::initializer_list<size_t> types) const;
  bool before(size_t i, std::initializer_list<size_t> types) const { return i > 0 && is_any(i - 1, types); }
  void set(size_t i, size_t type) { static_cast<antlr4::CommonToken&>(*tokens_[i]).setType(type); }
  std::string upper(size_t i) const;
  bool word_is(size_t i, std::initializer_list<std::string_view> words) const;
  bool is_unit(size_t i) const { return type(i) == L::WORD && !interval_unit(upper(i)).empty(); }
  bool is_value(size_t i) const;
  /// Whether the token may begin a name: a plain or quoted word, or a keyword that is not reserved.
  bool is_name(size_t i) const;
  /// Whether the token may end an operand, so that an infix word may follow.
  bool ends_operand(size_t i) const;

  void give_base_type(size_t i);
  bool keeps_type(size_t i) const;
  bool keeps_join_or_clause_type(size_t i) const;
  bool is_interval_keyword(size_t i) const;
  void give_second_meaning(size_t i);
  void give_second_meaning_to_word(size_t i);
  bool is_minus_operator(size_t i) const;
  void drop_parentheses(size_t i);
  void mark_shift(size_t i);
  bool introduces_duration(size_t i) const;
  bool begins_query(size_t i) const;
  void mark_units(size_t i);
  void mark_unit_range(size_t i);

  std::string_view text_;
  const TokenList& tokens_;
  std::unordered_map<std::string, size_t> keywords_;
  size_t open_types_ = 0;  ///< `ARRAY<`, `MAP<` and `STRUCT<` that are not closed yet
};

WordTyper::WordTyper(std::string_view text, const TokenList& tokens) : text_(text), tokens_(tokens) {
  ByteStream nothing{std::string_view()};
  const L lexer(&nothing);
  for (size_t type = kFirstKeyword; type <= kLastKeyword; ++type) {
    constexpr size_t kPrefix = 2;  // K_
    keywords_.emplace(lexer.getVocabulary().getSymbolicName(type).substr(kPrefix), type);
  }
}

void WordTyper::run() {
  for (size_t i = 0; i < tokens_.size(); ++i) give_base_type(i);
  // From here on what is to the left has its final type, what is to the right its base type.
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const bool contextual = type(i) >= kFirstContextual && type(i) <= kLastKeyword;
    if (contextual && !keeps_type(i)) set(i, L::WORD);
    give_second_meaning(i);
    if (introduces_duration(i)) mark_units(i + 1);
  }
}

bool WordTyper::is_any(size_t i, std::initializer_list<size_t> types) const {
  for (const size_t t : types) {
    if (type(i) == t) return true;
  }
  return false;
}

std::string WordTyper::upper(size_t i) const {
  const antlr4::Token& token = *tokens_[i];
  return upper_case(text_.substr(token.getStartIndex(), token.getStopIndex() - token.getStartIndex() + 1));
}

bool WordTyper::word_is(size_t i, std::initializer_list<std::string_view> words) const {
  if (type(i) != L::WORD) return false;
  const std::string word = upper(i);
  for (const std::string_view candidate : words) {
    if (word == candidate) return true;
  }
  return false;
}

bool WordTyper::is_value(size_t i) const {
  return is_any(i, {L::STRING, L::ESCAPE_STRING, L::INTEGER, L::LONG, L::DECIMAL_NUMBER, L::DOUBLE_NUMBER, L::DURATION});
}

bool WordTyper::is_name(size_t i) const {
  const size_t t = type(i);
  return t == L::WORD || t == L::QUOTED_NAME || (t > kLastReserved && t <= kLastKeyword);
}

bool WordTyper::ends_operand(size_t i) const {
  return is_name(i) || is_value(i) ||
         is_any(i, {L::RPAREN, L::RBRACKET, L::K_NULL, L::K_TRUE, L::K_FALSE, L::BINARY, L::SMALL, L::FLOAT_NUMBER});
}

void WordTyper::give_base_type(size_t i) {
  // 2012_sales is a name, as in Spark; 12abc stays a mistake.
  if (type(i) == L::BAD_NUMBER && upper(i).find_first_not_of("0123456789") == upper(i).find('_')) set(i, L::WORD);
  if (type(i) != L::WORD) return;
  const auto found = keywords_.find(upper(i));
  if (found == keywords_.end()) return;
  // What follows a dot is a name: t.order, window.end. But `SELECT a. FROM t` lacks one.
  const bool after_dot = before(i, {L::DOT});
  const bool adjacent = after_dot && tokens_[i - 1]->getStopIndex() + 1 == tokens_[i]->getStartIndex();
  const bool is_name = after_dot && (adjacent || found->second > kLastReserved);
  if (!is_name) set(i, found->second);
}

bool WordTyper::keeps_type(size_t i) const {
  const size_t next = i + 1;
  switch (type(i)) {
    case L::K_CURRENT:
      return type(next) == L::K_ROW;
    case L::K_ESCAPE:
      return is_any(next, {L::STRING, L::ESCAPE_STRING});
    case L::K_FILTER:
      return before(i, {L::RPAREN}) && type(next) == L::LPAREN && type(i + 2) == L::K_WHERE;
    case L::K_IGNORE:
    case L::K_RESPECT:
      return type(next) == L::K_NULLS;
    case L::K_INTERVAL:
      return is_interval_keyword(i);
    case L::K_OVER:
      return (before(i, {L::RPAREN}) || (before(i, {L::K_NULLS}) && i > 1 && is_any(i - 2, {L::K_IGNORE, L::K_RESPECT}))) &&
             (type(next) == L::LPAREN || is_name(next));
    case L::K_PRECISION:
      return i > 0 && word_is(i - 1, {"DOUBLE"});
    case L::K_TO:
      return before(i, {L::UNIT}) && type(next) == L::UNIT;
    case L::K_UNBOUNDED:
      return is_any(next, {L::K_PRECEDING, L::K_FOLLOWING});
    case L::K_UNSIGNED:
      return i > 0 && word_is(i - 1, {"BIGINT", "INT", "INTEGER", "LONG", "SMALLINT", "TINYINT"});
    case L::K_VARYING:
      return i > 0 && word_is(i - 1, {"CHARACTER", "CHAR", "BINARY"});
    case L::K_WITHIN:
      return type(next) == L::K_GROUP;
    default:
      return keeps_join_or_clause_type(i);
  }
}

bool WordTyper::keeps_join_or_clause_type(size_t i) const {
  const size_t next = i + 1;
  const bool names_relation = before(i, {L::K_AS, L::K_FROM, L::K_JOIN});
  switch (type(i)) {
    case L::K_ANTI:
    case L::K_SEMI:
      return !names_relation && type(next) == L::K_JOIN;
    case L::K_LEFT:
      return !names_relation && is_any(next, {L::K_JOIN, L::K_OUTER, L::K_SEMI, L::K_ANTI});
    case L::K_FULL:
    case L::K_RIGHT:
      return !names_relation && is_any(next, {L::K_JOIN, L::K_OUTER});
    case L::K_GROUPING:
      return type(next) == L::K_SETS;
    case L::K_IF:
      return type(next) == L::K_EXISTS || (type(next) == L::K_NOT && type(i + 2) == L::K_EXISTS);
    case L::K_PIVOT:
      return !names_relation && type(next) == L::LPAREN;
    case L::K_UNPIVOT:
      return !names_relation && (type(next) == L::LPAREN || is_any(next, {L::K_INCLUDE, L::K_EXCLUDE}));
    case L::K_INCLUDE:
    case L::K_EXCLUDE:
      return before(i, {L::K_UNPIVOT}) && type(next) == L::K_NULLS;
    case L::K_OFFSET:
      return is_any(next, {L::INTEGER, L::LONG});
    case L::K_RECURSIVE:
      return before(i, {L::K_WITH}) && is_name(next);
    case L::K_STATIC:
      return before(i, {L::K_JOIN}) && (is_name(next) || is_any(next, {L::LPAREN, L::K_TABLE, L::K_LATERAL}));
    case L::K_WATERMARK:
      return type(next) == L::K_FOR;
    default:
      return true;
  }
}

/// INTERVAL begins a literal before a value (`INTERVAL - 5` alone is a column minus five), a type before a unit.
bool WordTyper::is_interval_keyword(size_t i) const {
  if (is_value(i + 1) || is_unit(i + 1)) return true;
  const bool sign = is_any(i + 1, {L::PLUS, L::MINUS});
  return sign && is_value(i + 2) && (is_any(i + 2, {L::STRING, L::DURATION}) || is_unit(i + 3));
}

void WordTyper::give_second_meaning(size_t i) {
  const size_t next = i + 1;
  switch (type(i)) {
    case L::WORD:
      give_second_meaning_to_word(i);
      break;
    case L::K_ARRAY:
      if (type(next) == L::LBRACKET) set(i, L::ARRAY_LITERAL);
      break;
    case L::K_EXCEPT:
      if (before(i, {L::STAR}) && type(next) == L::LPAREN && is_name(i + 2)) set(i, L::EXCEPT_COLUMNS);
      break;
    case L::K_INTERVAL:
      if (is_unit(next)) mark_unit_range(next);
      break;
    case L::K_LIKE:
    case L::K_ILIKE:
    case L::K_RLIKE:
    case L::K_REGEXP: {
      // rlike(a, b) is a function where no operand stands before it, nor one and NOT.
      const size_t before_not = i > 0 && type(i - 1) == L::K_NOT ? i - 1 : i;
      const bool infix = before_not > 0 && ends_operand(before_not - 1);
      if (type(next) == L::LPAREN && !infix) set(i, L::WORD);
      break;
    }
    case L::K_OVER:
      drop_parentheses(next);
      break;
    case L::LESS:
    case L::GREATER:
    case L::SEMICOLON:
      mark_shift(i);
      break;
    case L::K_TABLE:
      if (begins_query(i) && is_name(next)) set(i, L::TABLE_QUERY);
      break;
    case L::K_WINDOW:
      if (is_any(next, {L::K_TUMBLING, L::K_HOPPING, L::K_SESSION}) && type(i + 2) == L::LPAREN) set(i, L::STREAM_WINDOW);
      if (is_name(next) && type(i + 2) == L::K_AS && type(i + 3) == L::LPAREN) set(i, L::NAMED_WINDOW);
      break;
    case L::K_WITH:
      if (type(next) == L::K_TIME || (type(next) == L::K_LOCAL && type(i + 2) == L::K_TIME)) set(i, L::ZONED);
      if (type(next) == L::LPAREN) set(i, L::WITH_OPTIONS);
      break;
    default:
      break;
  }
}

/// `>>` is a shift where it does not close types.
void WordTyper::mark_shift(size_t i) {
  if (type(i) == L::LESS) {
    open_types_ += before(i, {L::K_ARRAY, L::K_MAP, L::K_STRUCT}) && is_name(i + 1) ? 1 : 0;
  } else if (type(i) == L::SEMICOLON) {
    open_types_ = 0;
  } else if (open_types_ > 0) {
    --open_types_;
  } else if (type(i + 1) == L::GREATER && !before(i, {L::SHIFT_RIGHT}) && tokens_[i]->getStopIndex() + 1 == tokens_[i + 1]->getStartIndex()) {
    set(i, L::SHIFT_RIGHT);
  }
}

/// Behind what a query stands behind; in the parentheses of a call TABLE t is an argument.
bool WordTyper::begins_query(size_t i) const {
  if (i == 0 || before(i, {L::SEMICOLON, L::K_AS, L::RPAREN, L::K_UNION, L::K_INTERSECT, L::K_EXCEPT})) return true;
  if (before(i, {L::K_ALL, L::K_DISTINCT})) return i > 1 && is_any(i - 2, {L::K_UNION, L::K_INTERSECT, L::K_EXCEPT});
  return before(i, {L::LPAREN}) && (i == 1 || type(i - 2) == L::K_EXISTS || !is_name(i - 2));
}

/// MINUS between two queries is EXCEPT.
bool WordTyper::is_minus_operator(size_t i) const {
  if (i == 0 || !word_is(i, {"MINUS"}) || before(i, {L::K_SELECT, L::COMMA, L::DOT, L::K_AS, L::K_FROM})) return false;
  size_t query = i + 1;
  if (is_any(query, {L::K_ALL, L::K_DISTINCT})) ++query;
  while (type(query) == L::LPAREN) ++query;
  return is_any(query, {L::K_SELECT, L::K_VALUES, L::K_WITH});
}

void WordTyper::give_second_meaning_to_word(size_t i) {
  const size_t next = i + 1;
  if (before(i, {L::K_LIKE, L::K_ILIKE, L::K_RLIKE, L::K_REGEXP}) && type(next) == L::LPAREN &&
      word_is(i, {"ANY", "SOME"})) {
    set(i, L::LIKE_ANY);
    return;
  }
  const bool first_in_trim = before(i, {L::LPAREN}) && i > 1 && word_is(i - 2, {"TRIM"});
  if (first_in_trim && !is_any(next, {L::RPAREN, L::COMMA}) && word_is(i, {"BOTH", "LEADING", "TRAILING"})) {
    set(i, L::TRIM_SIDE);
    return;
  }
  if (type(next) == L::K_TIME && type(i + 2) == L::K_ZONE && word_is(i, {"WITHOUT"})) set(i, L::ZONED);
  if (is_minus_operator(i)) set(i, L::K_EXCEPT);
}

/// OVER (w) is OVER w. Keywords in parentheses alone name no window.
void WordTyper::drop_parentheses(size_t i) {
  const bool around_name = type(i) == L::LPAREN && is_any(i + 1, {L::WORD, L::QUOTED_NAME}) && type(i + 2) == L::RPAREN;
  if (!around_name) return;
  for (const size_t at : {i, i + 2}) static_cast<antlr4::CommonToken&>(*tokens_[at]).setChannel(antlr4::Token::HIDDEN_CHANNEL);
}

bool WordTyper::introduces_duration(size_t i) const {
  switch (type(i)) {
    case L::K_INTERVAL:
    case L::K_EVERY:
    case L::K_SIZE:
    case L::K_LATENCY:
    case L::K_SLEEP:
    case L::K_RETENTION:
    case L::K_PERIOD:
      return true;
    case L::K_BY:
      return before(i, {L::K_ADVANCE});
    case L::LPAREN:
      return before(i, {L::K_SESSION}) && i > 1 && type(i - 2) == L::STREAM_WINDOW;
    default:
      return false;
  }
}

/// Marks the units of `5 SECONDS`, `'1' DAY '2' HOUR`, `'1-2' YEAR TO MONTH` from token i on.
void WordTyper::mark_units(size_t i) {
  if (is_any(i, {L::PLUS, L::MINUS})) ++i;
  for (; is_value(i); ++i) {
    if (!is_unit(i + 1)) continue;
    if (is_any(i - 1, {L::PLUS, L::MINUS}) && type(i - 2) == L::UNIT) set(i - 1, L::INTERVAL_SIGN);
    mark_unit_range(++i);
    if (type(i + 1) == L::K_TO && type(i + 2) == L::UNIT) i += 2;
    // INTERVAL 1 DAY -1 HOUR: a sign between units is the number's.
    if (is_any(i + 1, {L::PLUS, L::MINUS}) && is_value(i + 2) && type(i + 2) != L::STRING && is_unit(i + 3)) ++i;
  }
}

void WordTyper::mark_unit_range(size_t i) {
  set(i, L::UNIT);
  if (type(i + 1) == L::K_TO && is_unit(i + 2)) set(i + 2, L::UNIT);
}

}  // namespace

std::vector<std::string> keyword_names() {
  ByteStream nothing{std::string_view()};
  const L lexer(&nothing);
  std::vector<std::string> names;
  constexpr size_t kPrefix = 2;  // K_
  for (size_t type = kFirstKeyword; type <= kLastKeyword; ++type) {
    names.push_back(lexer.getVocabulary().getSymbolicName(type).substr(kPrefix));
  }
  return names;
}

void give_word_types(std::string_view text, const TokenList& tokens) { WordTyper(text, tokens).run(); }

}  // namespace millrace
