#pragma once

#include <algorithm>
#include <cstdint>
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

/// What generated code tells of itself to those who watch it run. A step of an entry is its source (0), its k-th operator (k) or what comes behind
/// the last one; steps are numbered through all entries.
struct CodeProbes {
  static constexpr size_t kStepsAnEntry = 64;  ///< further ones count as the last

  bool has_lines = false;                      ///< every instruction has its step's number, plus 1, for a line
  std::vector<uint64_t>* row_counts = nullptr; ///< not owned, made as long as needed: code counts the rows that reach a step

  static size_t step(size_t entry, size_t step_of_entry) { return entry * kStepsAnEntry + std::min(step_of_entry, kStepsAnEntry - 1); }
};

/// The IR of one query: not optimised, verified in checked builds. Owned by one thread at a time.
struct QueryModule {
  std::unique_ptr<llvm::LLVMContext> context;  // before `module`: destroyed after it
  std::unique_ptr<llvm::Module> module;
  std::vector<std::string> entries;    ///< function names; position = entry of abi::CompiledCode
  std::vector<size_t> row_loops;       ///< positions of the entries that run over the rows of a stream: they are optimised first
  std::vector<NativeImport> imports;
  CodeProbes probes;
};

}  // namespace millrace
