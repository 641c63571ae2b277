#include "compiler/jit/passes.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <llvm/IR/PassInstrumentation.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>

#include "compiler/jit/hot_library.h"

namespace millrace {

void verify_or_abort(const llvm::Module& module) {
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  if (!llvm::verifyModule(module, &stream)) return;
  std::fprintf(stderr, "internal error: code generation made invalid IR: %s\n", stream.str().c_str());
  std::abort();
}

void prepare_for_target(llvm::Module& module, const std::vector<std::string>& entries, const llvm::TargetMachine& machine) {
  module.setDataLayout(machine.createDataLayout());
  module.setTargetTriple(machine.getTargetTriple().str());
  for (llvm::Function& function : module) {
    // Nothing that generated code calls throws, so no frame needs unwind tables.
    if (!function.isIntrinsic()) function.setDoesNotThrow();
    if (function.isDeclaration()) continue;
    const bool is_entry = std::find(entries.begin(), entries.end(), function.getName()) != entries.end();
    function.setLinkage(is_entry ? llvm::GlobalValue::ExternalLinkage : llvm::GlobalValue::InternalLinkage);
  }
  for (llvm::GlobalVariable& global : module.globals()) {
    if (!global.isDeclaration()) global.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
}

namespace {

/// 32- and 64-byte compares then become one mask compare; without the attribute LLVM keeps to 256 bits on some processors.
void prefer_wide_vectors(llvm::Module& module) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr("min-legal-vector-width", "512");
  }
}

void run_default_o1(llvm::Module& module, llvm::TargetMachine& machine, const std::atomic<bool>& cancelled) {
  llvm::PassInstrumentationCallbacks callbacks;
  callbacks.registerShouldRunOptionalPassCallback(
      [&cancelled](llvm::StringRef, llvm::Any) { return !cancelled.load(std::memory_order_relaxed); });
  // Row loops branch and touch hash tables: vectorising and unrolling them finds nothing, and doubles the time to compile. The loops of
  // hot functions were unrolled when they became bitcode.
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.LoopInterleaving = false;
  tuning.LoopUnrolling = false;
  tuning.SLPVectorization = false;

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager call_graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine, tuning, std::nullopt, &callbacks);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(call_graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, call_graph, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O1).run(module, modules);
}

}  // namespace

llvm::Error optimise(llvm::Module& module, llvm::TargetMachine& machine, const NativeTarget& target,
                     const std::atomic<bool>& cancelled) {
  if (auto error = link_hot_library(module)) return error;
  if (target.has_wide_vectors()) prefer_wide_vectors(module);
  run_default_o1(module, machine, cancelled);
  return llvm::Error::success();
}

}  // namespace millrace
