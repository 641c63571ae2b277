#pragma once

#include <memory>
#include <string>
#include <vector>

#include <llvm/ADT/StringRef.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/MemoryBuffer.h>

#include "compiler/jit/native_target.h"

namespace millrace {

/// Machine code kept on disk from one process to the next. An object is found by all that it was made of: the query's IR, the processor,
/// the tier, the entries, and the build id of this program, which stands for LLVM, its options and the hot bitcode. So nothing is ever
/// out of date, it is only forgotten: the objects used longest ago go when there are more than kMostObjects.
///
/// What is read is executed: the folder and its files must belong to this user and be writable for nobody else. A file that is damaged, not
/// whole or foreign is as good as none. Any thread may use it; several processes may share a folder (a file appears by a rename).
class CodeCache {
 public:
  static constexpr size_t kMostObjects = 512;

  /// nullptr, and no cache, when the folder cannot be made, is not this user's alone, or the program has no build id.
  static std::unique_ptr<CodeCache> open(const std::string& folder, const NativeTarget& target);

  /// What the module's code is found by; parts and tiers of one module share the work (`Key::of`).
  class Key {
   public:
    /// The file's name of one tier's code for these entries.
    std::string of(Tier tier, const std::vector<std::string>& entries) const;

   private:
    friend class CodeCache;
    std::string digest_;
  };

  /// Of a module as code generation has made it, before anything is linked into it or prepared.
  Key key(const llvm::Module& module) const;

  /// The object kept under a name; nullptr when there is none that can be used.
  std::unique_ptr<llvm::MemoryBuffer> find(const std::string& name) const;

  /// Keeps an object. What cannot be written is not kept: the cache is never needed.
  void keep(const std::string& name, llvm::StringRef object) const;

 private:
  CodeCache(std::string folder, std::string program_and_processor);
  void forget_oldest() const;

  std::string folder_;                 ///< with a slash at its end
  std::string program_and_processor_;
};

}  // namespace millrace
