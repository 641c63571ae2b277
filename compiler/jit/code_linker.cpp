#include "compiler/jit/code_linker.h"

#include <utility>

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/Orc/DebugObjectManagerPlugin.h>
#include <llvm/ExecutionEngine/Orc/Debugging/PerfSupportPlugin.h>
#include <llvm/ExecutionEngine/Orc/EPCDebugObjectRegistrar.h>
#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h>
#include <llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderPerf.h>

#include "compiler/jit/hot_library.h"

namespace millrace {

namespace orc = llvm::orc;

namespace {

orc::ExecutorSymbolDef native_symbol(void* address) {
  return {orc::ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
}

void add_listeners(orc::ExecutionSession& session, orc::ObjectLinkingLayer& layer, const LinkerOptions& options) {
  if (options.gdb_listener) {
    auto registrar = std::make_unique<orc::EPCDebugObjectRegistrar>(
        session, orc::ExecutorAddr::fromPtr(&llvm_orc_registerJITLoaderGDBAllocAction));
    layer.addPlugin(std::make_unique<orc::DebugObjectManagerPlugin>(session, std::move(registrar),
                                                                    /*RequireDebugSections=*/false, /*AutoRegisterCode=*/true));
  }
  if (options.perf_listener) {
    layer.addPlugin(std::make_unique<orc::PerfSupportPlugin>(
        session.getExecutorProcessControl(), orc::ExecutorAddr::fromPtr(&llvm_orc_registerJITLoaderPerfStart),
        orc::ExecutorAddr::fromPtr(&llvm_orc_registerJITLoaderPerfEnd),
        orc::ExecutorAddr::fromPtr(&llvm_orc_registerJITLoaderPerfImpl), /*EmitDebugInfo=*/false, /*EmitUnwindInfo=*/false));
  }
}

}  // namespace

CodeLinker::Code::Code(std::shared_ptr<CodeLinker> linker, orc::JITDylib& symbols)
    : linker_(std::move(linker)), symbols_(symbols) {}

CodeLinker::Code::~Code() { llvm::cantFail(linker_->session_.removeJITDylib(symbols_)); }

llvm::Expected<std::shared_ptr<CodeLinker>> CodeLinker::create(const LinkerOptions& options) {
  // Links run on the thread that asks: no pool of threads of ORC's own.
  auto process = orc::SelfExecutorProcessControl::Create(nullptr, std::make_unique<orc::InPlaceTaskDispatcher>());
  if (!process) return process.takeError();
  std::shared_ptr<CodeLinker> linker(new CodeLinker(std::move(*process), options));
  if (auto error = linker->define_library()) return error;
  return linker;
}

CodeLinker::CodeLinker(std::unique_ptr<orc::ExecutorProcessControl> process, const LinkerOptions& options)
    : session_(std::move(process)), layer_(session_), library_(session_.createBareJITDylib("library")) {
  // The reason of a failure is reported here, while the lookup only says that it failed.
  session_.setErrorReporter([this](llvm::Error error) {
    const std::lock_guard lock(reasons_mutex_);
    if (!reasons_.empty()) reasons_ += "; ";
    reasons_ += llvm::toString(std::move(error));
  });
  add_listeners(session_, layer_, options);
}

CodeLinker::~CodeLinker() { llvm::cantFail(session_.endSession()); }

llvm::Error CodeLinker::define_library() {
  orc::SymbolMap symbols;
  for (const NativeImport& import : hot_library_symbols()) symbols[session_.intern(import.symbol)] = native_symbol(import.address);
  if (!symbols.empty()) {
    if (auto error = library_.define(orc::absoluteSymbols(std::move(symbols)))) return error;
  }
  // Calls that LLVM itself makes: memcpy, fmod, 128-bit division.
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess('\0');
  if (!process) return process.takeError();
  library_.addGenerator(std::move(*process));
  return llvm::Error::success();
}

llvm::Error CodeLinker::define_imports(orc::JITDylib& symbols, std::span<const NativeImport> imports) {
  orc::SymbolMap map;
  for (const NativeImport& import : imports) map[session_.intern(import.symbol)] = native_symbol(import.address);
  if (map.empty()) return llvm::Error::success();
  return symbols.define(orc::absoluteSymbols(std::move(map)));
}

llvm::Error CodeLinker::with_reasons(llvm::Error error) {
  const std::lock_guard lock(reasons_mutex_);
  if (reasons_.empty()) return error;
  llvm::consumeError(std::move(error));
  return llvm::createStringError(std::exchange(reasons_, {}));
}

llvm::Expected<std::unique_ptr<CodeLinker::Code>> CodeLinker::link(std::unique_ptr<llvm::MemoryBuffer> object,
                                                                   std::span<const std::string> entries,
                                                                   std::span<const NativeImport> imports) {
  orc::JITDylib& symbols = session_.createBareJITDylib("query" + std::to_string(next_name_++));
  auto code = std::make_unique<Code>(shared_from_this(), symbols);
  symbols.addToLinkOrder(library_);
  if (auto error = define_imports(symbols, imports)) return error;

  // The names are known, so the object need not be read an extra time to learn what it defines.
  orc::MaterializationUnit::Interface interface;
  std::vector<orc::SymbolStringPtr> names;
  for (const std::string& entry : entries) {
    names.push_back(session_.intern(entry));
    interface.SymbolFlags[names.back()] = llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable;
  }
  if (auto error = layer_.add(symbols.getDefaultResourceTracker(), std::move(object), std::move(interface))) return error;
  auto found = session_.lookup(orc::makeJITDylibSearchOrder({&symbols}), orc::SymbolLookupSet(names));
  if (!found) return with_reasons(found.takeError());
  for (const auto& name : names) code->entries.push_back((*found)[name].getAddress().toPtr<void*>());
  return code;
}

}  // namespace millrace
