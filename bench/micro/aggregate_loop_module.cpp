#include "bench/micro/aggregate_loop_module.h"

#include <llvm/IR/IRBuilder.h>

#include "runtime/hot/aggregates/sum.h"

namespace millrace::bench {

namespace {

/// Builds one function: the row loop with its fragments one behind the other.
class LoopBuilder {
 public:
  explicit LoopBuilder(llvm::Module& module) : ir_(module.getContext()), module_(module) {
    word_ = ir_.getInt64Ty();
    add_ = module.getOrInsertFunction("mr_sum_int_add", ir_.getVoidTy(), ir_.getPtrTy(), word_);
  }

  void build(int fragments) {
    auto* type = llvm::FunctionType::get(ir_.getVoidTy(), {ir_.getPtrTy(), ir_.getPtrTy(), word_, word_}, false);
    function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, "run", module_);
    auto* const start = block("start");
    auto* const head = block("row");
    auto* const body = block("body");
    auto* const end = block("end");
    ir_.SetInsertPoint(start);
    ir_.CreateBr(head);
    ir_.SetInsertPoint(head);
    auto* const row = ir_.CreatePHI(word_, 2, "i");
    row->addIncoming(function_->getArg(2), start);
    ir_.CreateCondBr(ir_.CreateICmpSLT(row, function_->getArg(3)), body, end);
    ir_.SetInsertPoint(body);
    for (int i = 0; i < fragments; ++i) fragment(i, row);
    row->addIncoming(ir_.CreateAdd(row, ir_.getInt64(1)), ir_.GetInsertBlock());
    ir_.CreateBr(head);
    ir_.SetInsertPoint(end);
    ir_.CreateRetVoid();
  }

 private:
  llvm::BasicBlock* block(const char* name) { return llvm::BasicBlock::Create(module_.getContext(), name, function_); }

  llvm::Value* column(int i, llvm::Value* row) {
    auto* const place = ir_.CreateAdd(ir_.CreateMul(row, ir_.getInt64(8)), ir_.getInt64(i % 8));
    return ir_.CreateLoad(word_, ir_.CreateGEP(word_, function_->getArg(0), place));
  }

  void fragment(int i, llvm::Value* row) {
    auto* const compute = block("compute");
    auto* const probe = block("probe");
    auto* const next = block("next");
    auto* const update = block("update");
    auto* const done = block("done");
    auto* const key = column(i, row);
    auto* const value = column(i + 1, row);
    ir_.CreateCondBr(ir_.CreateICmpNE(value, ir_.getInt64(INT64_MIN)), compute, done);

    ir_.SetInsertPoint(compute);
    auto* const result = ir_.CreateAdd(ir_.CreateMul(value, ir_.getInt64(3 + i)), ir_.CreateXor(key, ir_.getInt64(17)));
    auto* const mixed = ir_.CreateMul(ir_.CreateXor(key, ir_.CreateLShr(key, 32)), ir_.getInt64(0x9e3779b97f4a7c15));
    auto* const hash = ir_.CreateXor(mixed, ir_.CreateLShr(mixed, 29));
    ir_.CreateCondBr(ir_.CreateICmpSGT(result, ir_.getInt64(100)), probe, done);

    ir_.SetInsertPoint(probe);
    auto* const slot = ir_.CreatePHI(word_, 2, "slot");
    slot->addIncoming(hash, compute);
    auto* const offset = ir_.CreateMul(ir_.CreateAnd(slot, ir_.getInt64(1023)), ir_.getInt64(32));
    auto* const entry = ir_.CreateGEP(ir_.getInt8Ty(), function_->getArg(1), offset);
    auto* const found = ir_.CreateLoad(word_, entry);
    ir_.CreateCondBr(ir_.CreateICmpEQ(found, key), update, next);
    ir_.SetInsertPoint(next);
    slot->addIncoming(ir_.CreateAdd(slot, ir_.getInt64(1)), next);
    ir_.CreateCondBr(ir_.CreateICmpEQ(found, ir_.getInt64(0)), done, probe);

    ir_.SetInsertPoint(update);
    ir_.CreateCall(add_, {ir_.CreateGEP(ir_.getInt8Ty(), entry, ir_.getInt64(8)), result});
    ir_.CreateBr(done);
    ir_.SetInsertPoint(done);
  }

  llvm::IRBuilder<> ir_;
  llvm::Module& module_;
  llvm::Type* word_;
  llvm::FunctionCallee add_;
  llvm::Function* function_ = nullptr;
};

}  // namespace

QueryModule aggregate_loop_module(int fragments) {
  QueryModule query;
  query.context = std::make_unique<llvm::LLVMContext>();
  query.module = std::make_unique<llvm::Module>("bench", *query.context);
  LoopBuilder(*query.module).build(fragments);
  query.entries = {"run"};
  query.imports = {{"mr_sum_int_add", reinterpret_cast<void*>(&abi::mr_sum_int_add)}};
  return query;
}

}  // namespace millrace::bench
