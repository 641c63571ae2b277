#pragma once

#include <memory>
#include <string>

#include <llvm/IR/Module.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Target/TargetMachine.h>

namespace millrace {

/// Translates a module into an ELF object in memory. Lowers the module in place: above Tier::Fast it is of no use afterwards.
std::unique_ptr<llvm::MemoryBuffer> emit_object(llvm::Module& module, llvm::TargetMachine& machine);

/// Translates a module into assembly text. Lowers the module in place.
std::string emit_assembly(llvm::Module& module, llvm::TargetMachine& machine);

}  // namespace millrace
