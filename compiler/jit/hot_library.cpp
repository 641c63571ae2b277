#include "compiler/jit/hot_library.h"

#include <unordered_set>

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/AttributeMask.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/MemoryBufferRef.h>

#ifdef MILLRACE_HAVE_BITCODE
struct HotSymbol {
  const char* name;
  void* address;  // nullptr: not part of this program
};
extern "C" {
extern const char millrace_hot_bitcode_begin[];
extern const char millrace_hot_bitcode_end[];
extern const HotSymbol millrace_hot_symbols_begin[];
extern const HotSymbol millrace_hot_symbols_end[];
}
#endif

namespace millrace {

#ifdef MILLRACE_HAVE_BITCODE

bool has_hot_library() { return true; }

std::vector<NativeImport> hot_library_symbols() {
  std::vector<NativeImport> symbols;
  for (const HotSymbol* symbol = millrace_hot_symbols_begin; symbol != millrace_hot_symbols_end; ++symbol) {
    if (symbol->address != nullptr) symbols.push_back({symbol->name, symbol->address});
  }
  return symbols;
}

namespace {

llvm::Expected<std::unique_ptr<llvm::Module>> load_hot_library(llvm::LLVMContext& context) {
  const llvm::StringRef bytes(millrace_hot_bitcode_begin, millrace_hot_bitcode_end - millrace_hot_bitcode_begin);
  return llvm::getLazyBitcodeModule(llvm::MemoryBufferRef(bytes, "hot"), context, /*ShouldLazyLoadMetadata=*/true);
}

/// LLVM does not inline across differing target attributes, nor from functions that forbid builtins.
void strip_target_attributes(llvm::Module& library) {
  llvm::AttributeMask mask;
  for (const char* name : {"target-cpu", "target-features", "tune-cpu", "no-builtins", "min-legal-vector-width",
                           "prefer-vector-width", "frame-pointer", "stack-protector-buffer-size"})
    mask.addAttribute(name);
  mask.addAttribute(llvm::Attribute::UWTable).addAttribute(llvm::Attribute::StackProtectStrong);
  mask.addAttribute(llvm::Attribute::StackProtect).addAttribute(llvm::Attribute::NoBuiltin);
  for (llvm::Function& function : library) {
    function.removeFnAttrs(mask);
    function.setDSOLocal(false);
    if (!function.isDeclaration() && !function.hasFnAttribute(llvm::Attribute::NoInline))
      function.addFnAttr(llvm::Attribute::InlineHint);
  }
  // Lists that would keep every function alive in every query.
  for (const char* name : {"llvm.used", "llvm.compiler.used"}) {
    if (auto* list = library.getNamedGlobal(name)) list->eraseFromParent();
  }
}

/// Every query would have a copy of such a variable, and so would the native functions; and nothing runs its initialiser.
llvm::Error refuse_mutable_globals(const llvm::Module& library) {
  if (library.getNamedGlobal("llvm.global_ctors") != nullptr)
    return llvm::createStringError("a hot function has a global variable that is initialised at run time");
  for (const llvm::GlobalVariable& global : library.globals()) {
    if (!global.isDeclaration() && !global.isConstant() && !global.getName().starts_with("llvm."))
      return llvm::createStringError("a hot function has the mutable global variable " + global.getName());
  }
  return llvm::Error::success();
}

/// Private, so that what was inlined everywhere disappears. What remains is compiled for this processor, which the native copy
/// is not: a number is read with the widest vectors there are.
void make_private(llvm::Module& module, const std::unordered_set<const llvm::GlobalValue*>& own) {
  for (llvm::GlobalObject& object : module.global_objects()) {
    if (object.isDeclaration() || own.contains(&object)) continue;
    object.setComdat(nullptr);
    object.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
}

}  // namespace

llvm::Error link_hot_library(llvm::Module& module) {
  auto library = load_hot_library(module.getContext());
  if (!library) return library.takeError();
  if (auto error = refuse_mutable_globals(**library)) return error;
  strip_target_attributes(**library);
  (*library)->setDataLayout(module.getDataLayout());
  (*library)->setTargetTriple(module.getTargetTriple());

  std::unordered_set<const llvm::GlobalValue*> own;
  for (const llvm::Function& function : module) {
    if (!function.isDeclaration()) own.insert(&function);
  }
  for (const llvm::GlobalVariable& global : module.globals()) own.insert(&global);
  if (llvm::Linker::linkModules(module, std::move(*library), llvm::Linker::LinkOnlyNeeded))
    return llvm::createStringError("the bitcode of the hot functions does not link");

  make_private(module, own);
  return llvm::Error::success();
}

#else

bool has_hot_library() { return false; }
std::vector<NativeImport> hot_library_symbols() { return {}; }
llvm::Error link_hot_library(llvm::Module&) { return llvm::Error::success(); }

#endif

}  // namespace millrace
