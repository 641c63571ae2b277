#pragma once

#include <vector>

#include <llvm/IR/Module.h>
#include <llvm/Support/Error.h>

#include "compiler/codegen/query_module.h"

namespace millrace {

/// True when the program was built with the bitcode of runtime/hot.
bool has_hot_library();

/// The native functions that the hot bitcode itself calls; those that this program does not contain are left out.
std::vector<NativeImport> hot_library_symbols();

/// Brings into `module` the bodies of those hot functions that it calls, directly or through others, as private functions ready to
/// be inlined: their attributes are those of the module's own functions. Without bitcode, does nothing.
llvm::Error link_hot_library(llvm::Module& module);

}  // namespace millrace
