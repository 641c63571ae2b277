#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/driver/cases/case_file.h"
#include "runtime/base/result.h"

namespace millrace {

/// The `---- options` of a case.
struct CaseOptions {
  std::string format = "json";
  std::vector<int64_t> batch_rows;  ///< sizes to run it at again; 0 is greedy: everything in one batch
  bool unordered = false;           ///< the rows of a batch may come in any order
  size_t keys = 0;                  ///< under UPDATE: the leading columns by which a later row replaces an earlier one
};

Result<CaseOptions> parse_case_options(const TestCase& test);

}  // namespace millrace
