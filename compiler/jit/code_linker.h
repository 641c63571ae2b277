#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/Support/Error.h>
#include <llvm/Support/MemoryBuffer.h>

#include "compiler/codegen/query_module.h"

namespace millrace {

struct LinkerOptions {
  bool gdb_listener = false;   ///< register each object with gdb
  bool perf_listener = false;  ///< write a jitdump for `perf inject --jit`
};

/// Places objects into executable memory: one ORC session for the process. Every object has a symbol table of its own, so that both
/// tiers of all queries may use the same names. Memory is written first and made executable after, never both.
/// Any thread may link; made once, shared with all the code it has linked.
class CodeLinker : public std::enable_shared_from_this<CodeLinker> {
 public:
  /// Machine code of one tier of one query. Unmapped when this goes; nothing may run in it then.
  class Code {
   public:
    Code(std::shared_ptr<CodeLinker> linker, llvm::orc::JITDylib& symbols);
    ~Code();
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;

    std::vector<void*> entries;  ///< addresses, in the order in which they were asked for

   private:
    std::shared_ptr<CodeLinker> linker_;  // shared: code may outlive the Jit that made it
    llvm::orc::JITDylib& symbols_;
  };

  static llvm::Expected<std::shared_ptr<CodeLinker>> create(const LinkerOptions& options);
  ~CodeLinker();

  /// Links an object whose only external definitions are `entries`. Undefined symbols are looked for in `imports`, in what the hot
  /// bitcode calls, and in the C libraries of the process; one that is nowhere is an error.
  llvm::Expected<std::unique_ptr<Code>> link(std::unique_ptr<llvm::MemoryBuffer> object, std::span<const std::string> entries,
                                             std::span<const NativeImport> imports);

 private:
  CodeLinker(std::unique_ptr<llvm::orc::ExecutorProcessControl> process, const LinkerOptions& options);
  llvm::Error define_library();
  llvm::Error define_imports(llvm::orc::JITDylib& symbols, std::span<const NativeImport> imports);
  llvm::Error with_reasons(llvm::Error error);

  llvm::orc::ExecutionSession session_;
  llvm::orc::ObjectLinkingLayer layer_;
  llvm::orc::JITDylib& library_;  ///< what the hot bitcode calls, then the process
  std::atomic<uint64_t> next_name_ = 0;
  std::mutex reasons_mutex_;
  std::string reasons_;  ///< what ORC reported since the last failed link; guarded by reasons_mutex_
};

}  // namespace millrace
