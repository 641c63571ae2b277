#pragma once

#include <string>

#include "compiler/driver/cases/case_file.h"

namespace millrace {

/// How the rows of a case's queries are computed. The results must be those of one worker without restarts.
struct CaseWay {
  int32_t threads = 1;     ///< workers of each query
  bool restart = false;    ///< after each batch the state goes through a checkpoint into a fresh engine
};

struct CaseCheckOptions {
  CaseWay way;
  bool update = false;     ///< rewrites the expectations of the case by what came out
  std::string file_path;   ///< of the `.test` file: paths of `---- sql PATH` are taken from its folder
};

/// Whether the case has rows to compute. One that is only compiled, or a command, is the same every way.
bool depends_on_way(const TestCase& test);

/// Runs a case in a folder of its own that is gone afterwards, and compares. Gives what is wrong with it, ready to be shown; empty
/// when it passes. Not thread-safe: it changes the working directory while commands run.
std::string check_case(TestCase& test, const CaseCheckOptions& options);

}  // namespace millrace
