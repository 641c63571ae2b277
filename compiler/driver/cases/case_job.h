#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/driver/compile_query.h"
#include "compiler/driver/script_file.h"
#include "compiler/jit/jit.h"
#include "runtime/abi/program.h"

namespace millrace {

/// How a test case's SQL is to run once.
struct CaseJob {
  /// By stream name, lower-case: the text of each batch. Such a stream's connector is not used.
  std::map<std::string, std::vector<std::string>> inputs;
  /// Not empty: after each batch the job's state goes through a checkpoint in this folder into a fresh engine.
  std::string restart_folder = {};
  int64_t batch_rows = 0;  ///< > 0: cuts batches by rows, not at the inputs' own cuts
};

/// A batch that a query wrote.
struct CapturedBatch {
  int64_t number = 0;
  std::vector<std::string> lines;  ///< what a console would show, without the batch's banner
  std::vector<std::string> rows;   ///< a line each row; a table's cells are joined by `|`
};

struct CapturedQuery {
  std::string name;
  abi::EmitMode mode = abi::EmitMode::Append;
  abi::ChangeForm changes = abi::ChangeForm::NewRows;
  std::vector<CapturedBatch> batches;
};

struct CaseOutcome {
  bool compiled = false;
  std::string diagnostics;             ///< rendered, errors and warnings
  std::string listing;                 ///< what SHOW and DESCRIBE print
  std::vector<CapturedQuery> queries;  ///< those that print to the console, in the order of the file
  std::string failure;                 ///< what went wrong at run time, a line each query
};

/// A case's SQL, compiled once, to be run several times.
class CompiledCase {
 public:
  /// `format`: of bare queries. `threads` > 1: workers, among whom already a few rows are shared out. The script must outlive it.
  CompiledCase(const Script& script, const std::string& format, int32_t threads);

  /// Sinks other than the console write where they always do.
  CaseOutcome run(const CaseJob& job);

 private:
  const Script& script_;
  int32_t threads_;
  Jit jit_;
  CompiledScript compiled_;
};

}  // namespace millrace
