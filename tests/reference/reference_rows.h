#pragma once

#include <algorithm>
#include <vector>

#include "compiler/expr/evaluate.h"

namespace millrace::reference {

using expr::Value;
using Row = std::vector<Value>;
using Rows = std::vector<Row>;

/// An order of all values with NULL first, in which equality is that of grouping: NULL is one group, NaN is one group, -0.0 is 0.0.
inline int compare_for_grouping(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
  return expr::compare_values(a, b);
}

struct RowLess {
  bool operator()(const Row& a, const Row& b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](const Value& x, const Value& y) { return compare_for_grouping(x, y) < 0; });
  }
};

}  // namespace millrace::reference
