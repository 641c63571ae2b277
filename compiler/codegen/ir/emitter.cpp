#include "compiler/codegen/ir/emitter.h"

#include <algorithm>

#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Verifier.h>

namespace millrace::ir {

Emitter::Emitter(QueryModule& module) : module_(module), builder_(*module.context) {
  if (!module.probes.has_lines) return;
  module.module->addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  module.module->addModuleFlag(llvm::Module::Warning, "Dwarf Version", 4);
  lines_ = std::make_unique<llvm::DIBuilder>(*module.module);
  line_file_ = lines_->createFile("query", "/");
  lines_->createCompileUnit(llvm::dwarf::DW_LANG_C, line_file_, "millrace", true, "", 0, "", llvm::DICompileUnit::LineTablesOnly);
}

// ---- functions ----

std::vector<llvm::Value*> Emitter::begin_function(const std::string& name, const std::vector<llvm::Type*>& parameters) {
  auto* type = llvm::FunctionType::get(builder_.getVoidTy(), parameters, false);
  function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, *module_.module);
  function_->addFnAttr(llvm::Attribute::NoUnwind);
  builder_.SetCurrentDebugLocation({});
  if (lines_ != nullptr) {
    function_->setSubprogram(describe_function(name));
    begin_step(0);
  }
  entry_ = llvm::BasicBlock::Create(context(), "entry", function_);
  llvm::BasicBlock* first = llvm::BasicBlock::Create(context(), "start", function_);
  builder_.SetInsertPoint(first);
  scopes_ = {next_scope_++};
  std::vector<llvm::Value*> arguments;
  for (llvm::Argument& argument : function_->args()) arguments.push_back(&argument);
  return arguments;
}

void Emitter::end_function() {
  if (!left()) builder_.CreateRetVoid();
  llvm::BasicBlock* first = entry_->getNextNode();
  builder_.SetInsertPoint(entry_);
  builder_.CreateBr(first);
}

llvm::DISubprogram* Emitter::describe_function(const std::string& name) {
  auto* type = lines_->createSubroutineType(lines_->getOrCreateTypeArray({}));
  return lines_->createFunction(line_file_, name, name, line_file_, 0, type, 0, llvm::DINode::FlagZero,
                                llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagOptimized);
}

/// The function in hand is that of the entry that was added last.
void Emitter::begin_step(size_t step) {
  const size_t number = CodeProbes::step(module_.entries.size() - 1, step);
  if (lines_ != nullptr) {
    builder_.SetCurrentDebugLocation(llvm::DILocation::get(context(), static_cast<unsigned>(number) + 1, 0, function_->getSubprogram()));
  }
  // What comes behind the pipelines works on groups, not on rows, and is not counted.
  if (module_.probes.row_counts == nullptr || step == 0 || number >= module_.probes.row_counts->size()) return;
  auto* counter = builder_.CreateIntToPtr(builder_.getInt64(reinterpret_cast<uint64_t>(&(*module_.probes.row_counts)[number])), builder_.getPtrTy());
  builder_.CreateStore(builder_.CreateAdd(builder_.CreateLoad(builder_.getInt64Ty(), counter), builder_.getInt64(1)), counter);
}

void Emitter::finish() {
  if (lines_ != nullptr) lines_->finalize();
}

llvm::Value* Emitter::stack_slot(llvm::Type* type, const char* name) {
  llvm::IRBuilder<> at_entry(entry_, entry_->begin());
  llvm::AllocaInst* slot = at_entry.CreateAlloca(type, nullptr, name);
  slot->setAlignment(llvm::Align(8));
  return slot;
}

// ---- constants ----

Wide Emitter::wide(const abi::Decimal& v) {
  const uint64_t words[] = {v.low, static_cast<uint64_t>(v.high)};
  return Wide(llvm::ConstantInt::get(context(), llvm::APInt(128, words)));
}

Int Emitter::int_(int64_t v) { return Int(builder_.getInt64(static_cast<uint64_t>(v))); }
Word Emitter::word(uint64_t v) { return Word(builder_.getInt64(v)); }
Int32 Emitter::int32(int32_t v) { return Int32(builder_.getInt32(static_cast<uint32_t>(v))); }
Bool Emitter::bool_(bool v) { return Bool(builder_.getInt1(v)); }
Real Emitter::real(double v) { return Real(llvm::ConstantFP::get(builder_.getDoubleTy(), v)); }

Bytes Emitter::bytes(std::string_view text) {
  llvm::Constant*& known = constants_[std::string(text)];
  if (!known) {
    auto* data = llvm::ConstantDataArray::getString(context(), llvm::StringRef(text.data(), text.size()), true);
    auto* global = new llvm::GlobalVariable(*module_.module, data->getType(), true, llvm::GlobalValue::PrivateLinkage, data, "text");
    global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    global->setAlignment(llvm::Align(8));  // tables of words are among them
    known = global;
  }
  return Bytes(known);
}

void Emitter::ask_for_memory(llvm::Value* address) {
  const auto number = [this](uint32_t v) { return builder_.getInt32(v); };
  builder_.CreateIntrinsic(llvm::Intrinsic::prefetch, {address->getType()}, {address, number(1), number(3), number(1)});  // to write, near, data
}

llvm::Value* Emitter::null_pointer() { return llvm::ConstantPointerNull::get(builder_.getPtrTy()); }

// ---- arithmetic ----

Int Emitter::add(Int a, Int b) { return Int(builder_.CreateAdd(a.raw, b.raw)); }
Int Emitter::sub(Int a, Int b) { return Int(builder_.CreateSub(a.raw, b.raw)); }
Int Emitter::mul(Int a, Int b) { return Int(builder_.CreateMul(a.raw, b.raw)); }
Int Emitter::sdiv(Int a, Int b) { return Int(builder_.CreateSDiv(a.raw, b.raw)); }
Int Emitter::srem(Int a, Int b) { return Int(builder_.CreateSRem(a.raw, b.raw)); }
Word Emitter::band(Word a, Word b) { return Word(builder_.CreateAnd(a.raw, b.raw)); }
Word Emitter::bor(Word a, Word b) { return Word(builder_.CreateOr(a.raw, b.raw)); }
Word Emitter::bxor(Word a, Word b) { return Word(builder_.CreateXor(a.raw, b.raw)); }
Word Emitter::shift_right(Word a, unsigned bits) { return Word(builder_.CreateLShr(a.raw, bits)); }
Bool Emitter::eq(Int a, Int b) { return Bool(builder_.CreateICmpEQ(a.raw, b.raw)); }
Bool Emitter::ne(Int a, Int b) { return Bool(builder_.CreateICmpNE(a.raw, b.raw)); }
Bool Emitter::lt(Int a, Int b) { return Bool(builder_.CreateICmpSLT(a.raw, b.raw)); }
Bool Emitter::le(Int a, Int b) { return Bool(builder_.CreateICmpSLE(a.raw, b.raw)); }
Bool Emitter::eq(Word a, Word b) { return Bool(builder_.CreateICmpEQ(a.raw, b.raw)); }
Bool Emitter::eq(Int32 a, Int32 b) { return Bool(builder_.CreateICmpEQ(a.raw, b.raw)); }
Bool Emitter::ne(Int32 a, Int32 b) { return Bool(builder_.CreateICmpNE(a.raw, b.raw)); }
Bool Emitter::lt(Int32 a, Int32 b) { return Bool(builder_.CreateICmpSLT(a.raw, b.raw)); }
Bool Emitter::eq(Bool a, Bool b) { return Bool(builder_.CreateICmpEQ(a.raw, b.raw)); }
Bool Emitter::and_(Bool a, Bool b) { return Bool(builder_.CreateAnd(a.raw, b.raw)); }
Bool Emitter::or_(Bool a, Bool b) { return Bool(builder_.CreateOr(a.raw, b.raw)); }
Bool Emitter::not_(Bool a) { return Bool(builder_.CreateNot(a.raw)); }
Bool Emitter::pointer_is_null(llvm::Value* p) { return Bool(builder_.CreateIsNull(p)); }
llvm::Value* Emitter::select_raw(llvm::Value* c, llvm::Value* a, llvm::Value* b) { return builder_.CreateSelect(c, a, b); }

// ---- memory ----

llvm::Value* Emitter::advance(llvm::Value* base, llvm::Value* bytes) { return builder_.CreateGEP(builder_.getInt8Ty(), base, bytes); }
llvm::Value* Emitter::index(llvm::Value* base, llvm::Type* element, llvm::Value* i) { return builder_.CreateGEP(element, base, i); }
Word Emitter::zero_extend(Value<uint32_t> v) { return Word(builder_.CreateZExt(v.raw, builder_.getInt64Ty())); }
Word Emitter::zero_extend(Value<uint8_t> v) { return Word(builder_.CreateZExt(v.raw, builder_.getInt64Ty())); }

Word Emitter::load_bytes(Bytes p, int64_t offset, unsigned size) {
  llvm::Type* type = builder_.getIntNTy(size * 8);
  llvm::Value* v = builder_.CreateAlignedLoad(type, advance(p.raw, int_(offset).raw), llvm::Align(1));
  return Word(size == 8 ? v : builder_.CreateZExt(v, builder_.getInt64Ty()));
}

// ---- calls ----

llvm::Type* Emitter::type_of(MachineType type) {
  switch (type) {
    case MachineType::Void: return builder_.getVoidTy();
    case MachineType::Bool: return builder_.getInt1Ty();
    case MachineType::Int32: return builder_.getInt32Ty();
    case MachineType::Int64: return builder_.getInt64Ty();
    case MachineType::Double: return builder_.getDoubleTy();
    case MachineType::Pointer: return builder_.getPtrTy();
  }
  return nullptr;
}

llvm::FunctionCallee Emitter::import(const NativeFunction& function) {
  std::string symbol(function.symbol);
  if (llvm::Function* known = module_.module->getFunction(symbol)) return known;
  std::vector<llvm::Type*> parameters;
  for (MachineType parameter : function.parameters) parameters.push_back(type_of(parameter));
  auto* type = llvm::FunctionType::get(type_of(function.result), parameters, false);
  auto* declared = llvm::Function::Create(type, llvm::Function::ExternalLinkage, symbol, *module_.module);
  declared->addFnAttr(llvm::Attribute::NoUnwind);
  for (size_t i = 0; i < parameters.size(); ++i) {  // bool crosses as clang and GCC pass it
    if (function.parameters[i] == MachineType::Bool) declared->addParamAttr(static_cast<unsigned>(i), llvm::Attribute::ZExt);
  }
  if (function.result == MachineType::Bool) declared->addRetAttr(llvm::Attribute::ZExt);
  module_.imports.push_back({symbol, function.address});
  return declared;
}

llvm::Value* Emitter::call_native(const NativeFunction& function, const std::vector<llvm::Value*>& args) {
  llvm::FunctionCallee callee = import(function);
  llvm::CallInst* call = builder_.CreateCall(callee, args);
  if (auto* declared = llvm::dyn_cast<llvm::Function>(callee.getCallee())) call->setAttributes(declared->getAttributes());
  return call;
}

void Emitter::keep_outlined(llvm::Value* call) { llvm::cast<llvm::CallInst>(call)->addFnAttr(llvm::Attribute::NoInline); }

// ---- control flow ----

llvm::Value* Emitter::phi_raw(llvm::Type* type, unsigned ways) { return builder_.CreatePHI(type, ways); }

void Emitter::add_incoming(llvm::Value* phi, llvm::Value* v, llvm::BasicBlock* from) {
  llvm::cast<llvm::PHINode>(phi)->addIncoming(v, from);
}

Label Emitter::new_label(const char* name) { return {llvm::BasicBlock::Create(context(), name, function_)}; }

void Emitter::place(Label label) {
  jump_unless_left(label);
  if (label.block != &function_->back()) label.block->moveAfter(&function_->back());
  builder_.SetInsertPoint(label.block);
}

void Emitter::jump(Label label) { builder_.CreateBr(label.block); }
void Emitter::branch(Bool c, Label yes, Label no) { builder_.CreateCondBr(c.raw, yes.block, no.block); }

void Emitter::leave_if(Bool c, Label label) {
  Label stay = new_label("stay");
  branch(c, label, stay);
  place(stay);
}

void Emitter::unlikely_leave_if(Bool c, Label label) {
  Label stay = new_label("stay");
  llvm::MDBuilder weights(context());
  builder_.CreateCondBr(c.raw, label.block, stay.block, weights.createBranchWeights(1, 2000));
  place(stay);
}

bool Emitter::left() const { return builder_.GetInsertBlock()->getTerminator() != nullptr; }

bool Emitter::is_open(uint64_t scope) const { return std::find(scopes_.begin(), scopes_.end(), scope) != scopes_.end(); }

}  // namespace millrace::ir
