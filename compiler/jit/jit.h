#pragma once

#include <memory>
#include <string>

#include "compiler/codegen/query_module.h"
#include "compiler/jit/line_table.h"
#include "compiler/jit/native_target.h"
#include "runtime/abi/program.h"

namespace millrace {

struct JitOptions {
  Tier first = Tier::Fast;             ///< Optimised: compile() takes longer and there is no second tier
  bool optimise_in_background = true;  ///< false: the first tier is all there is
  std::string cache_folder = {};       ///< where machine code is kept for later processes (CodeCache); empty: nowhere
  bool gdb_listener = false;           ///< register code with gdb
  bool perf_listener = false;          ///< write a jitdump for `perf inject --jit`
};

/// Turns the IR of queries into machine code, in two tiers. One for the process, made before and destroyed after the engine
/// runs; the code it has made lives on as long as its users. compile() may be called by any thread, one at a time runs.
class Jit {
 public:
  /// About 0.5 ms. Throws std::runtime_error when the machine has no executable memory to give.
  explicit Jit(const JitOptions& options = {});
  /// Waits for the background thread, see shutdown().
  ~Jit();
  Jit(const Jit&) = delete;
  Jit& operator=(const Jit&) = delete;

  /// Native code of the first tier. Its `request_optimised` asks for the second: it compiles on a thread of its own and replaces
  /// the row loops' entries, then the others. Where an earlier process has left the second tier's code, that is the first and only one. Throws std::runtime_error when a function that the IR calls is neither in its imports nor in the process: a bug.
  /// With JitOptions::first == Optimised and a module with lines, `lines` gets what belongs to which.
  std::shared_ptr<abi::CompiledCode> compile(QueryModule module, std::vector<CodeLine>* lines = nullptr);

  /// Returns when every requested second tier runs: for tests and benchmarks.
  void wait_until_optimised();

  /// No more second tiers. True: the background thread has ended. False: it was in the middle of a module and has been abandoned,
  /// so as not to delay the end of the process, which now must end by std::_Exit (after flushing its streams) without running
  /// the destructors of statics. Checked builds always wait and return true.
  [[nodiscard]] bool shutdown();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace
