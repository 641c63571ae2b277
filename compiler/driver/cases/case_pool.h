#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/driver/cases/case_file.h"

namespace millrace {

struct CasePoolOptions {
  int32_t threads = 1;
  bool restart = false;     ///< after each batch the state goes through a checkpoint into a fresh engine
  bool update = false;
  unsigned processes = 1;   ///< cases at work at the same time
  unsigned timeout_s = 120; ///< of one case
};

/// What became of one case.
struct CaseResult {
  std::string problems;  ///< empty: it passed
  TestCase updated;      ///< with `update`: the case with its expectations rewritten
};

/// Runs each case in a process of its own, so that a crash costs no other case. Results are in the order of the cases.
std::vector<CaseResult> run_cases(const CaseFile& file, const CasePoolOptions& options);

}  // namespace millrace
