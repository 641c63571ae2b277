#pragma once

#include <string>

#include "compiler/codegen/query_module.h"
#include "compiler/jit/native_target.h"

namespace millrace {

/// LLVM IR as text: as code generation made it (Fast), or after hot functions were inlined and O1 ran (Optimised).
/// `module` stays as it is, but its context is used: by one thread at a time. Throws std::runtime_error.
std::string print_ir(const QueryModule& module, Tier tier);

/// The assembly of a tier for this machine; otherwise as print_ir.
std::string print_asm(const QueryModule& module, Tier tier);

}  // namespace millrace
