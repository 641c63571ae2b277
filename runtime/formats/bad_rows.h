#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/abi/line_block.h"
#include "runtime/abi/scan_spec.h"

namespace millrace::abi {

/// Rows of the block in hand that a query has found to be error rows, and those that it has dropped as late, in no order; a row may come twice. Filled by generated code, used
/// up by whoever fed the block before the next one is fed. Belongs to a query, or to a worker's share of it; one thread.
struct BadRows {
  std::vector<int64_t> rows;
  std::vector<int64_t> late;

  void clear() {
    rows.clear();
    late.clear();
  }
};

}  // namespace millrace::abi

namespace millrace {

/// What is wrong with a line that a query could not decode, for people. Looks at it more strictly than the query did; when it
/// finds nothing, says that a value cannot be read.
std::string why_line_is_bad(const abi::LineBlock& block, int64_t row, abi::Format format);

}  // namespace millrace
