#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/analysis/analyzer.h"
#include "compiler/analysis/session.h"
#include "compiler/base/diagnostic.h"
#include "compiler/base/source_text.h"
#include "compiler/jit/jit.h"
#include "runtime/abi/program.h"
#include "runtime/abi/work_sharing.h"

namespace millrace {

/// A script as the engine can run it, or why not.
struct CompiledScript {
  abi::Program program;
  abi::WorkSharing sharing;             ///< of the program's rows among workers
  std::vector<std::optional<std::vector<uint32_t>>> result_keys;  ///< one for each query; see plan/result_keys.h
  std::vector<Diagnostic> diagnostics;  ///< in order of position; with an error `program` is empty
  std::string listing;                  ///< what SHOW, DESCRIBE and EXPLAIN print, in the order of the file
  std::vector<AnalyzedListing> tables;  ///< in place of `listing`, what SHOW and DESCRIBE found: of a shell's statement
  std::map<std::string, std::string> settings;  ///< as SET has left them, checked; names in lower case
  bool ok = false;
};

/// A query's code as those who watch it run know it.
struct QueryProbes {
  struct Pipeline {
    abi::Phase phase = abi::Phase::Stream;
    std::vector<std::string> steps;  ///< source, operators, target
  };
  std::vector<Pipeline> pipelines;
  std::vector<std::string> states;   ///< empty for what holds no rows
  std::vector<uint64_t> row_counts;  ///< by CodeProbes::step; written by the code
  std::vector<CodeLine> lines;       ///< of which step the code is
};

/// How to compile beside what the script says.
struct CompileOptions {
  int32_t threads = 0;  ///< workers for the rows of a query; 0: as many as the script says, which is 1 when it says nothing
  /// Code to be watched: gets an item for each query. The Jit's first tier has to be the optimised one.
  std::vector<std::unique_ptr<QueryProbes>>* probes = nullptr;
  bool counts_rows = false;  ///< with `probes`: the code counts the rows of every step, which costs it time
  std::vector<std::string> allowed_folders{};  ///< see make_environment
};

/// The whole path from text to native code; the first tier of every query is ready when it returns. `jit` must outlive the program.
CompiledScript compile_script(const SourceText& source, Environment environment, Jit& jit, const CompileOptions& options = {});

/// One statement of a shell, on top of what `session` knows. The script must outlive the session.
CompiledScript compile_statement(const ast::Script& script, Session& session, Jit& jit);

enum class Stage { Ast, Logical, Physical, State, Ir, Asm };

struct Explained {
  std::string text;
  std::vector<Diagnostic> diagnostics;
  bool ok = false;
};

/// What every query of the script looks like at a stage.
Explained explain_script(const SourceText& source, Environment environment, Stage stage, const CompileOptions& options = {});

}  // namespace millrace
