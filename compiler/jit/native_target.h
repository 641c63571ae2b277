#pragma once

#include <memory>
#include <string>

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

namespace millrace {

/// The tiers of a query's machine code. Fast: no optimisation, about 1 us an instruction. Optimised: hot bitcode inlined, LLVM's
/// default O1, which gives what O3 gives on these loops at half the price.
enum class Tier { Fast, Optimised };

/// The processor that the process runs on. Immutable after it was made; any thread may use it.
class NativeTarget {
 public:
  /// Registers LLVM's native back end and detects the processor (0.3 ms, once for a process).
  NativeTarget();

  /// A code generator for one tier. Not thread-safe: one for each thread that compiles.
  std::unique_ptr<llvm::TargetMachine> machine(Tier tier) const;

  /// The processor and all that code may use of it, as text: two targets of one description run each other's code.
  std::string description() const { return triple_ + ' ' + cpu_ + ' ' + features_; }

  /// The processor has 512-bit vectors: wide compares become mask compares.
  bool has_wide_vectors() const { return has_wide_vectors_; }

 private:
  const llvm::Target* target_ = nullptr;
  std::string triple_;
  std::string cpu_;
  std::string features_;
  bool has_wide_vectors_ = false;
};

}  // namespace millrace
