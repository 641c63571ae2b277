#pragma once

#include <string>

#include "compiler/driver/cases/case_file.h"

namespace millrace {

struct CaseCheckOptions {
  int32_t threads = 1;     ///< workers of each query; the results must be those of one
  bool restart = false;    ///< after each batch the state goes through a checkpoint into a fresh engine
  bool update = false;     ///< rewrites the expectations of the case by what came out
  std::string file_path;   ///< of the `.test` file: paths of `---- sql PATH` are taken from its folder
};

/// Runs a case in a folder of its own that is gone afterwards, and compares. Gives what is wrong with it, ready to be shown; empty
/// when it passes. Not thread-safe: it changes the working directory while commands run.
std::string check_case(TestCase& test, const CaseCheckOptions& options);

}  // namespace millrace
