#pragma once

#include <misc/IntervalSet.h>

#include <string>
#include <vector>

namespace millrace {

/// A set of token types said in the words of someone who writes SQL: `an expression`, `a name or ')'`, `the next clause`.
class ExpectedWords {
 public:
  explicit ExpectedWords(const antlr4::misc::IntervalSet& types) : types_(types) {}

  /// Empty when there is nothing useful to say.
  std::string in_words() const;
  /// The keywords among the types, upper-case: candidates for did-you-mean.
  std::vector<std::string> keywords() const;
  /// Whether a name is wanted where an expression would not do.
  bool wants_name() const;

 private:
  bool has(size_t type) const { return types_.contains(type); }
  bool wants_expression() const;
  bool wants_query() const;
  bool wants_relation() const;
  bool wants_any_word() const;
  bool wants_value() const;
  bool after_operand() const;
  bool after_duration() const;
  void add_signs(std::vector<std::string>& items) const;
  void add_literals(std::vector<std::string>& items) const;
  void add_keywords(std::vector<std::string>& items) const;

  const antlr4::misc::IntervalSet& types_;
};

}  // namespace millrace
