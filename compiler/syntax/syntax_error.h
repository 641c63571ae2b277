#pragma once

#include <DefaultErrorStrategy.h>
#include <misc/IntervalSet.h>

#include <optional>
#include <string_view>
#include <vector>

#include "compiler/base/source_text.h"
#include "compiler/base/sql_error.h"

namespace millrace {

/// Where a statement stopped to parse, thrown through the generated parser.
struct SyntaxFailure {
  size_t token_index = 0;
  antlr4::misc::IntervalSet expected;  ///< token types that would have gone on; complete only after a recording parse
};

/// Stops at the first error. A parse that fails is done again with `record_at` set to the failing token: every decision
/// taken in front of that token then adds what it could have accepted. Recording costs too much for parses that succeed.
class FirstErrorStrategy final : public antlr4::DefaultErrorStrategy {
 public:
  explicit FirstErrorStrategy(std::optional<size_t> record_at) : record_at_(record_at) {}

  void sync(antlr4::Parser* parser) override;
  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) override;
  void recover(antlr4::Parser* parser, std::exception_ptr error) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;

 private:
  [[noreturn]] void fail(antlr4::Parser* parser);

  std::optional<size_t> record_at_;
  antlr4::misc::IntervalSet expected_;
};

/// The message for a failure: what was found, what was expected in words, what may have been meant.
/// `tokens` are those of the statement, the last one EOF.
SqlError describe_failure(const SourceText& source, const std::vector<antlr4::Token*>& tokens, const SyntaxFailure& failure);

/// Throws for what is wrong with the tokens themselves: strings, names and comments that never end, characters that begin
/// nothing, numbers with letters, brackets nested too deep for the parser's stack.
void check_tokens(const SourceText& source, const std::vector<antlr4::Token*>& tokens);

/// The levels of a statement's tree: each costs every later phase some stack.
inline constexpr size_t kMaxNesting = 500;
/// Brackets within brackets: each pair costs the generated parser a dozen calls, which instrumented builds feel most.
inline constexpr size_t kMaxBrackets = 250;

SqlError nested_too_deep(SourceSpan where, size_t levels);

SourceSpan span_of(const antlr4::Token& token);

}  // namespace millrace
