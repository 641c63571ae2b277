#pragma once

#include "runtime/abi/program.h"
#include "runtime/engine/run_options.h"

namespace millrace {

/// Runs a program: static queries first, in the order of the file, then all streaming queries at the same time, until every source has
/// ended, a limit is reached or a signal comes. Streams that share a query form a group with one thread from receive to emit; the
/// calling thread runs the first group. Neither throws nor prints errors: they are in the summary, one for each query that failed.
class Engine {
 public:
  /// `program` and what its code points into outlive the engine.
  Engine(const abi::Program& program, RunOptions options);

  /// Once.
  RunSummary run();

 private:
  const abi::Program& program_;
  RunOptions options_;
};

}  // namespace millrace
