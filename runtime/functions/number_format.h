#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// A pattern of a number as to_number and to_char take it: `S$99,990.99`, taken apart.
///   9 and 0: a digit. A run that begins with 0 in front of the point has exactly so many, any other one at most.
///   , or G between groups of digits; . or D the point; $ a dollar sign
///   S: a + or -, MI: a - or nothing, PR: <1> for -1; at the end or, but for PR, at the beginning
class NumberFormat {
 public:
  explicit NumberFormat(std::string_view text);

  /// What is wrong with the pattern; empty for a good one. The rest is for good ones only.
  const std::string& fault() const { return fault_; }
  /// The DECIMAL that holds every number of the pattern.
  int precision() const { return before_ + after_; }
  int scale() const { return after_; }

  /// The number's digits without a point, behind which `scale()` of them stand; false when the text does not fit.
  bool read(std::string_view text, __int128* unscaled) const;
  /// Appends the text of a number with `scale` digits behind the point. Where the pattern has too few digits, `#` stands for each.
  void write(__int128 unscaled, int64_t scale, std::string* out) const;

  /// The pattern of that text, kept by this thread from one call to the next.
  static const NumberFormat& cached(std::string_view text);

 private:
  enum class Kind : uint8_t { Open, Minus, Sign, Dollar, Digits, Point, Close };
  struct Group {
    int digits = 0;
    bool exact = false;
  };
  struct Token {
    Kind kind;
    std::vector<Group> groups;  ///< Digits: with a comma between each two
  };

  void take_apart(std::string_view text);
  size_t take_digits(std::string_view text, size_t begin);
  void check();
  bool has_one(Kind kind) const;
  void write_digits(const Token& token, bool behind_point, std::string_view* digits, std::string* out) const;

  std::vector<Token> tokens_;
  std::string fault_;
  int before_ = 0;  ///< digits in front of the point
  int after_ = 0;
};

}  // namespace millrace
