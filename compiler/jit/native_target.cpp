#include "compiler/jit/native_target.h"

#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>

namespace millrace {

NativeTarget::NativeTarget() : triple_(llvm::sys::getProcessTriple()), cpu_(llvm::sys::getHostCPUName().str()) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  std::string error;
  target_ = llvm::TargetRegistry::lookupTarget(triple_, error);
  if (target_ == nullptr) llvm::report_fatal_error(llvm::Twine("no code generator for this machine: ") + error);

  llvm::SubtargetFeatures features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    features.AddFeature(feature.getKey(), feature.getValue());
    if (feature.getKey() == "avx512bw" && feature.getValue()) has_wide_vectors_ = true;
  }
  features_ = features.getString();
}

std::unique_ptr<llvm::TargetMachine> NativeTarget::machine(Tier tier) const {
  const auto level = tier == Tier::Fast ? llvm::CodeGenOptLevel::None : llvm::CodeGenOptLevel::Default;
  // Position-independent code of the small model: JITLink makes a jump for each native function, which may lie anywhere.
  return std::unique_ptr<llvm::TargetMachine>(target_->createTargetMachine(
      triple_, cpu_, features_, llvm::TargetOptions(), llvm::Reloc::PIC_, llvm::CodeModel::Small, level, /*JIT=*/true));
}

}  // namespace millrace
