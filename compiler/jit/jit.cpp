#include "compiler/jit/jit.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <numeric>
#include <stdexcept>

#include <llvm/Transforms/Utils/Cloning.h>

#include "compiler/jit/background_compiler.h"
#include "compiler/jit/code_cache.h"
#include "compiler/jit/code_linker.h"
#include "compiler/jit/machine_code.h"
#include "compiler/jit/passes.h"

namespace millrace {

namespace {

#ifdef MILLRACE_CHECKED
constexpr bool kChecked = true;
#else
constexpr bool kChecked = false;
#endif

/// What CompiledCode::keep_alive holds. A tier is never unmapped while another runs: a thread may still be in the older one.
struct QueryCode {
  std::unique_ptr<CodeLinker::Code> fast;
  std::vector<std::unique_ptr<CodeLinker::Code>> optimised;  ///< in parts
};

/// A second tier that may be asked for.
struct PendingTier {
  std::atomic<bool> requested = false;
  QueryModule module;                     // moves to the background thread
  CodeCache::Key key;                     // without a meaning where there is no cache
  std::weak_ptr<abi::CompiledCode> code;  // weak: a query that has ended needs no code
};

int64_t micros_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count();
}

template <typename T>
T value_or_throw(llvm::Expected<T> result) {
  if (!result) throw std::runtime_error("cannot make native code: " + llvm::toString(result.takeError()));
  return std::move(*result);
}

/// Positions of entries that are compiled together.
using EntryList = std::vector<size_t>;

EntryList all_entries(const QueryModule& query) {
  EntryList all(query.entries.size());
  std::iota(all.begin(), all.end(), size_t{0});
  return all;
}

/// The row loops first: every row waits for them, while what emits results runs once a batch.
std::vector<EntryList> parts_by_urgency(const QueryModule& query) {
  std::vector<EntryList> parts(2);
  for (const size_t i : all_entries(query)) {
    const bool urgent = std::find(query.row_loops.begin(), query.row_loops.end(), i) != query.row_loops.end();
    parts[urgent ? 0 : 1].push_back(i);
  }
  std::erase_if(parts, [](const EntryList& part) { return part.empty(); });
  return parts;
}

std::vector<std::string> names_of(const EntryList& part, const QueryModule& query) {
  std::vector<std::string> names;
  for (const size_t i : part) names.push_back(query.entries[i]);
  return names;
}

/// A copy of the module in which only these entries have a body.
std::unique_ptr<llvm::Module> copy_part(const QueryModule& query, const std::vector<std::string>& part) {
  const auto contains = [](const std::vector<std::string>& names, llvm::StringRef name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  llvm::ValueToValueMapTy copies;
  return llvm::CloneModule(*query.module, copies, [&](const llvm::GlobalValue* value) {
    return !contains(query.entries, value->getName()) || contains(part, value->getName());
  });
}

void install(abi::CompiledCode& code, const EntryList& part, const std::vector<void*>& addresses) {
  for (size_t i = 0; i < part.size(); ++i) code.entry[part[i]].store(addresses[i], std::memory_order_release);
}

}  // namespace

/// Shared with requests and background jobs, which may outlive the Jit.
struct Compiler {
  using LinkedCode = llvm::Expected<std::unique_ptr<CodeLinker::Code>>;

  const NativeTarget target;
  const std::shared_ptr<CodeLinker> linker;
  const std::unique_ptr<CodeCache> cache;  // may be nullptr

  /// Leaves the module fit for the second tier: without optimisation the back end only replaces a few intrinsics in it.
  LinkedCode fast(QueryModule& query, const CodeCache::Key& key, llvm::TargetMachine& machine) const {
    prepare_for_target(*query.module, query.entries, machine);
    return kept_or_made(query, key, Tier::Fast, query.entries, [&]() -> llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> {
      return emit_object(*query.module, machine);
    });
  }

  LinkedCode optimised(const QueryModule& query, const CodeCache::Key& key, const EntryList& part, const std::atomic<bool>& cancelled) const {
    const std::vector<std::string> names = names_of(part, query);
    return kept_or_made(query, key, Tier::Optimised, names, [&]() -> llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> {
      const auto module = copy_part(query, names);
      const auto machine = target.machine(Tier::Optimised);
      prepare_for_target(*module, names, *machine);
      if (auto error = optimise(*module, *machine, target, cancelled)) return error;
      return emit_object(*module, *machine);
    }, &cancelled);
  }

  /// The second tier of code that is to be watched, never kept: it may hold addresses of this process.
  LinkedCode watched(QueryModule& query, std::vector<CodeLine>* lines) const {
    const auto machine = target.machine(Tier::Optimised);
    prepare_for_target(*query.module, query.entries, *machine);
    const std::atomic<bool> cancelled = false;
    if (auto error = optimise(*query.module, *machine, target, cancelled)) return error;
    auto object = emit_object(*query.module, *machine);
    const auto copy = llvm::MemoryBuffer::getMemBufferCopy(object->getBuffer());
    auto code = linker->link(std::move(object), query.entries, query.imports);
    if (!code) return code.takeError();
    auto table = read_line_table(*copy, query.entries, (*code)->entries);
    if (!table) return table.takeError();
    *lines = std::move(*table);
    return code;
  }

  /// The second tier as an earlier process has left it, all parts of it or nothing.
  std::vector<std::unique_ptr<CodeLinker::Code>> kept_optimised(const QueryModule& query, const CodeCache::Key& key,
                                                                const std::vector<EntryList>& parts) const {
    std::vector<std::unique_ptr<CodeLinker::Code>> linked;
    for (const EntryList& part : parts) {
      const std::vector<std::string> names = names_of(part, query);
      auto object = cache->find(key.of(Tier::Optimised, names));
      if (object == nullptr) return {};
      auto code = linker->link(std::move(object), names, query.imports);
      if (!code) {
        llvm::consumeError(code.takeError());  // it is compiled anew
        return {};
      }
      linked.push_back(std::move(*code));
    }
    return linked;
  }

  /// The background job. A failure is a bug, but the first tier is right, so the query goes on.
  void replace_by_optimised(const PendingTier& pending, const std::atomic<bool>& cancelled) const {
    const auto start = std::chrono::steady_clock::now();
    for (const EntryList& part : parts_by_urgency(pending.module)) {
      if (cancelled || pending.code.expired()) return;
      auto result = optimised(pending.module, pending.key, part, cancelled);
      if (!result) {
        std::fprintf(stderr, "warning: a query stays in its first tier: %s\n", llvm::toString(result.takeError()).c_str());
        return;
      }
      const auto code = pending.code.lock();
      if (code == nullptr || cancelled) return;
      auto& parts = static_cast<QueryCode*>(code->keep_alive.get())->optimised;
      parts.push_back(std::move(*result));
      install(*code, part, parts.back()->entries);
      code->optimised_us.store(micros_since(start), std::memory_order_release);
    }
  }

 private:
  /// Code that was cut short by `cancelled` is right, but not to be kept: its passes were skipped.
  template <typename Make>
  LinkedCode kept_or_made(const QueryModule& query, const CodeCache::Key& key, Tier tier, const std::vector<std::string>& names, Make make,
                          const std::atomic<bool>* cancelled = nullptr) const {
    std::string name;
    if (cache != nullptr) {
      name = key.of(tier, names);
      if (auto object = cache->find(name)) return linker->link(std::move(object), names, query.imports);
    }
    auto object = make();
    if (!object) return object.takeError();
    if (cache != nullptr && (cancelled == nullptr || !*cancelled)) cache->keep(name, (*object)->getBuffer());
    return linker->link(std::move(*object), names, query.imports);
  }
};

struct Jit::Parts {
  JitOptions options;
  std::shared_ptr<Compiler> compiler;
  std::mutex mutex;  ///< compile(): one at a time
  std::unique_ptr<llvm::TargetMachine> fast_machine;
  std::shared_ptr<BackgroundCompiler> background = std::make_shared<BackgroundCompiler>();  // shared: requests use it

  void offer_optimised(const std::shared_ptr<abi::CompiledCode>& code, QueryModule module, CodeCache::Key key) {
    auto pending = std::make_shared<PendingTier>();
    pending->module = std::move(module);
    pending->key = std::move(key);
    pending->code = code;
    code->request_optimised = [pending, compiler = compiler, background = std::weak_ptr(background)] {
      if (pending->requested.exchange(true)) return;
      if (const auto thread = background.lock())
        thread->add([pending, compiler](const std::atomic<bool>& cancelled) {
          compiler->replace_by_optimised(*pending, cancelled);
          pending->module.module.reset();  // before its context
          pending->module.context.reset();
        });
    };
  }
};

Jit::Jit(const JitOptions& options) : parts_(std::make_unique<Parts>()) {
  parts_->options = options;
  NativeTarget target;
  auto linker = value_or_throw(CodeLinker::create({options.gdb_listener, options.perf_listener}));
  auto cache = CodeCache::open(options.cache_folder, target);
  parts_->compiler = std::make_shared<Compiler>(std::move(target), std::move(linker), std::move(cache));
  parts_->fast_machine = parts_->compiler->target.machine(Tier::Fast);
}

Jit::~Jit() = default;

std::shared_ptr<abi::CompiledCode> Jit::compile(QueryModule module, std::vector<CodeLine>* lines) {
  const std::lock_guard lock(parts_->mutex);
  const auto start = std::chrono::steady_clock::now();
  if (kChecked) verify_or_abort(*module.module);
  auto code = std::make_shared<abi::CompiledCode>(module.entries.size());
  auto held = std::make_shared<QueryCode>();
  code->keep_alive = held;
  const EntryList all = all_entries(module);
  const Compiler& compiler = *parts_->compiler;
  const CodeCache::Key key = compiler.cache ? compiler.cache->key(*module.module) : CodeCache::Key();

  if (parts_->options.first == Tier::Optimised) {
    const std::atomic<bool> cancelled = false;
    held->optimised.push_back(value_or_throw(lines == nullptr ? compiler.optimised(module, key, all, cancelled) : compiler.watched(module, lines)));
    install(*code, all, held->optimised.back()->entries);
    code->optimised_us = micros_since(start);
    return code;
  }
  if (compiler.cache) {
    const std::vector<EntryList> parts = parts_by_urgency(module);
    held->optimised = compiler.kept_optimised(module, key, parts);
    for (size_t i = 0; i < held->optimised.size(); ++i) install(*code, parts[i], held->optimised[i]->entries);
    if (!held->optimised.empty()) {
      code->fast_us = code->optimised_us = micros_since(start);
      return code;
    }
  }
  held->fast = value_or_throw(compiler.fast(module, key, *parts_->fast_machine));
  install(*code, all, held->fast->entries);
  code->fast_us = micros_since(start);
  if (parts_->options.optimise_in_background) parts_->offer_optimised(code, std::move(module), key);
  return code;
}

void Jit::wait_until_optimised() { parts_->background->wait_until_idle(); }

bool Jit::shutdown() { return parts_->background->stop(/*wait=*/kChecked); }

}  // namespace millrace
