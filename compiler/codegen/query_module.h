#pragma once

#include <memory>
#include <string>
#include <vector>

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

namespace millrace {

/// A native function that generated code calls: defined as an absolute symbol where the hot bitcode does not bring a body.
struct NativeImport {
  std::string symbol;
  void* address = nullptr;
};

/// The IR of one query: not optimised, verified in checked builds. Owned by one thread at a time.
struct QueryModule {
  std::unique_ptr<llvm::LLVMContext> context;  // before `module`: destroyed after it
  std::unique_ptr<llvm::Module> module;
  std::vector<std::string> entries;    ///< function names; position = entry of abi::CompiledCode
  std::vector<size_t> row_loops;       ///< positions of the entries that run over the rows of a stream: they are optimised first
  std::vector<NativeImport> imports;
};

}  // namespace millrace
