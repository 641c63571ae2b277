#include "compiler/codegen/operators/pipeline_compiler.h"

namespace millrace {

using ir::Int;
using ir::Label;
using ir::Pointer;

void PipelineCompiler::generate(const std::string& name) {
  auto& build = e.builder();
  auto arguments = e.begin_function(name, {build.getPtrTy(), build.getPtrTy(), build.getInt64Ty(), build.getInt64Ty()});
  context_ = Pointer<abi::PipelineContext>(arguments[0]);
  block_ = Pointer<const abi::LineBlock>(arguments[1]);
  from_ = Int(arguments[2]);
  to_ = Int(arguments[3]);
  states_ = e.load<&abi::PipelineContext::states>(context_);
  done_ = e.new_label("done");
  bool observes = false;
  for (const auto& op : pipeline_.ops) observes |= std::holds_alternative<pipeline::ObserveOp>(op);
  if (observes) {
    latest_time_ = e.slot<int64_t>("latest");
    e.set(latest_time_, e.load<&abi::PipelineContext::max_event_time_us>(context_));
  }
  limit_counts_.resize(pipeline_.ops.size());
  for (size_t i = 0; i < pipeline_.ops.size(); ++i) {
    if (!std::holds_alternative<pipeline::LimitOp>(pipeline_.ops[i])) continue;
    limit_counts_[i] = e.slot<int64_t>("taken");
    e.set(limit_counts_[i], e.int_(0));
  }
  std::visit([&](const auto& source) { produce(source); }, pipeline_.source);
  e.place(done_);
  if (observes) e.store<&abi::PipelineContext::max_event_time_us>(context_, e.get(latest_time_));
  e.end_function();
}

void PipelineCompiler::consume(size_t op, Row& row) {
  const ir::Emitter::Step step(e, op + 1);
  if (op == pipeline_.ops.size()) {
    std::visit([&](const auto& target) { finish(row, target); }, pipeline_.target);
  } else {
    std::visit([&](const auto& node) { consume(op + 1, row, node); }, pipeline_.ops[op]);
  }
}

void PipelineCompiler::pin(Row& row) {
  for (uint32_t i = 0; i < row.size(); ++i) row.column(i);
}

}  // namespace millrace
