#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/driver/cases/case_check.h"
#include "compiler/driver/cases/case_file.h"

namespace millrace {

struct CasePoolOptions {
  std::vector<CaseWay> ways = {CaseWay{}};  ///< at least one. Cases that have no rows to compute are run only the first way
  bool update = false;                      ///< with one way
  unsigned processes = 1;                   ///< cases at work at the same time
  unsigned timeout_s = 120;                 ///< of one case
};

/// What became of one case, run one way.
struct CaseResult {
  size_t index = 0;      ///< of its file's cases
  CaseWay way;
  std::string problems;  ///< empty: it passed
  TestCase updated;      ///< with `update`: the case with its expectations rewritten
};

/// Takes the results of a file's cases, in their order, each with its ways one after the other.
using TakeResults = std::function<void(const CaseFile& file, std::vector<CaseResult> results)>;

/// Runs each case in a process of its own, so that a crash costs no other case. Cases of several files are at work at the same time; `take` is called
/// for one file after the other.
void run_cases(const std::vector<CaseFile>& files, const CasePoolOptions& options, const TakeResults& take);

}  // namespace millrace
