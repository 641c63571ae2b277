#pragma once

#include <string>
#include <vector>

#include "tests/fuzz/random_queries/random_source.h"

namespace millrace::fuzz {

/// Names of columns by type, as a query may write them.
struct Columns {
  std::vector<std::string> integers, doubles, strings, booleans, times;
};

/// Random SQL expressions over some columns, of a wanted type. `depth` bounds the nesting.
class RandomExpr {
 public:
  RandomExpr(RandomSource& random, const Columns& columns) : random_(random), columns_(columns) {}

  std::string integer(int depth);
  std::string number(int depth);  ///< DOUBLE
  std::string string(int depth);
  std::string boolean(int depth);
  std::string any(int depth);

 private:
  std::string column_or(const std::vector<std::string>& names, const std::string& literal);
  std::string comparison(int depth);

  RandomSource& random_;
  const Columns& columns_;
};

}  // namespace millrace::fuzz
