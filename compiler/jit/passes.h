#pragma once

#include <atomic>

#include <llvm/IR/Module.h>
#include <llvm/Support/Error.h>
#include <llvm/Target/TargetMachine.h>

#include "compiler/codegen/query_module.h"
#include "compiler/jit/native_target.h"

namespace millrace {

/// Ends the process with the verifier's message when the IR is broken: only a bug in code generation can do that.
void verify_or_abort(const llvm::Module& module);

/// What both tiers need: the machine's data layout, everything but the entries internal, no unwinding.
void prepare_for_target(llvm::Module& module, const std::vector<std::string>& entries, const llvm::TargetMachine& machine);

/// The optimised tier's part: links and inlines hot functions, runs LLVM's default O1. When `cancelled` becomes true the remaining
/// passes are skipped; the module stays correct.
llvm::Error optimise(llvm::Module& module, llvm::TargetMachine& machine, const NativeTarget& target,
                     const std::atomic<bool>& cancelled);

}  // namespace millrace
