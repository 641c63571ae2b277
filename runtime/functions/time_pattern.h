#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// A pattern such as `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`, taken apart. Letters as in java.time's DateTimeFormatter.
class TimePattern {
 public:
  struct Token {
    char letter = 0;      ///< 0: literal text; '[' and ']': around what may be missing
    int count = 0;        ///< how often the letter stands there
    std::string literal;
  };

  explicit TimePattern(std::string_view text);

  bool valid() const { return valid_; }
  const std::vector<Token>& tokens() const { return tokens_; }

  /// The pattern of that text, kept by this thread from one call to the next: a query uses the same few again and again.
  static const TimePattern& cached(std::string_view text);

 private:
  void add_literal(std::string_view text);

  std::vector<Token> tokens_;
  bool valid_ = true;
};

}  // namespace millrace
