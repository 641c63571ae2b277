#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/connectors/records/random_numbers.h"

namespace millrace {

/// Comments and addresses of the TPC-H tables. Comments are cut out of a few pages of sentences that are made once; none of the words that queries look for is in
/// them, so that these are as frequent as they are put in.
class TpchText {
 public:
  explicit TpchText(uint64_t seed);

  static constexpr int64_t kLongest = 256;

  /// A string in quotes of `low` to `high` characters (at most kLongest).
  char* put_comment(char* out, int64_t low, int64_t high, RandomNumbers& random) const;
  /// The same, with `first` and behind it `second` somewhere in it; `low` has room for both and a blank.
  char* put_comment_with(char* out, int64_t low, int64_t high, std::string_view first, std::string_view second, RandomNumbers& random) const;
  /// A string in quotes of letters, digits, blanks and commas.
  static char* put_address(char* out, RandomNumbers& random);

 private:
  std::string pages_;
};

/// `19-155-391-1624`, in quotes: a nation's customers and suppliers have its code in front.
char* put_tpch_phone(char* out, int64_t nation, RandomNumbers& random);

}  // namespace millrace
