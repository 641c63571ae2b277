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

/// Takes the results of a file's cases, in their order.
using TakeResults = std::function<void(const CaseFile& file, std::vector<CaseResult> results)>;

/// Runs each case in a process of its own, so that a crash costs no other case. Cases of several files are at work at the same time; `take` is called
/// for one file after the other.
void run_cases(const std::vector<CaseFile>& files, const CasePoolOptions& options, const TakeResults& take);

}  // namespace millrace
