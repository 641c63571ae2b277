#include "compiler/jit/ir_dump.h"

#include <stdexcept>

#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "compiler/jit/machine_code.h"
#include "compiler/jit/passes.h"

namespace millrace {

namespace {

/// A copy of the module as the tier's code generator gets it.
std::unique_ptr<llvm::Module> lowered_copy(const QueryModule& module, Tier tier, const NativeTarget& target,
                                           llvm::TargetMachine& machine) {
  auto copy = llvm::CloneModule(*module.module);
  prepare_for_target(*copy, module.entries, machine);
  if (tier == Tier::Fast) return copy;
  const std::atomic<bool> cancelled = false;
  if (auto error = optimise(*copy, machine, target, cancelled))
    throw std::runtime_error("cannot optimise: " + llvm::toString(std::move(error)));
  return copy;
}

}  // namespace

std::string print_ir(const QueryModule& module, Tier tier) {
  const NativeTarget target;
  const auto machine = target.machine(tier);
  const auto copy = lowered_copy(module, tier, target, *machine);
  std::string text;
  llvm::raw_string_ostream stream(text);
  copy->print(stream, nullptr);
  return text;
}

std::string print_asm(const QueryModule& module, Tier tier) {
  const NativeTarget target;
  const auto machine = target.machine(tier);
  return emit_assembly(*lowered_copy(module, tier, target, *machine), *machine);
}

}  // namespace millrace
