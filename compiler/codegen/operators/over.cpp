#include "compiler/codegen/operators/over.h"

#include <fmt/format.h>

#include "compiler/codegen/nested_access.h"
#include "compiler/codegen/operators/aggregate_merge.h"
#include "compiler/codegen/operators/group_probe.h"
#include "compiler/codegen/operators/pipeline_compiler.h"
#include "runtime/abi/calls/over.h"

namespace millrace {

using ir::Bool;
using ir::Emitter;
using ir::Int;
using ir::Pointer;

namespace {

/// The functions of one aggregate. Its state is taken for a group's whose states begin with it.
class FrameAggregate {
 public:
  FrameAggregate(Emitter& emitter, const pipeline::OverState& state, size_t index)
      : e(emitter), state_(state), index_(index), call_(state.node->calls[index].call) {
    layout_.distinct_offset = {0};
    layout_.state_offset = {call_.distinct ? pipeline::kDistinctSetBytes : 0};
  }

  void add(const std::string& name) {
    auto& build = e.builder();
    auto arguments = e.begin_function(name, {build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getInt64Ty()});
    context_ = Pointer<abi::PipelineContext>(arguments[0]);
    row_ = Pointer<const char>(arguments[3]);
    const pipeline::OverState::Inputs& inputs = state_.inputs[index_];
    Bool wanted;
    if (inputs.filter) wanted = sql::is_true(e, field(*inputs.filter));
    std::vector<SqlValue> values;
    for (size_t number : inputs.arguments) {
      values.push_back(field(number));
      if (call_.function->rule) values.back() = sql::as_run(e, context_, values.back());
      if (!values.back().may_be_null()) continue;
      Bool present = e.not_(values.back().null);
      wanted = wanted ? e.and_(wanted, present) : present;
    }
    auto addition = [&] {
      add_to_aggregate(e, Pointer<abi::GroupTable>(arguments[1]), Pointer<abi::GroupEntry>(arguments[2]), call_, layout_, 0, values,
                       Int(arguments[4]));
    };
    if (wanted) e.if_(wanted, addition);
    else addition();
    e.end_function();
  }

  void merge(const std::string& name) {
    auto& build = e.builder();
    auto arguments = e.begin_function(name, {build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getPtrTy()});
    merge_aggregate(e, call_, 0, Pointer<abi::GroupTable>(arguments[1]), {Pointer<abi::GroupEntry>(arguments[2]), layout_},
                    {Pointer<abi::GroupEntry>(arguments[3]), layout_});
    e.end_function();
  }

  void finish(const std::string& name) {
    auto& build = e.builder();
    auto arguments = e.begin_function(name, {build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getPtrTy()});
    Pointer<abi::OverState> over(arguments[1]);
    SqlValue result = aggregate_result(e, Pointer<abi::PipelineContext>(arguments[0]), Pointer<abi::GroupEntry>(arguments[2]), call_,
                                       layout_.state_offset.front());
    KeepBytes keep = [&](ir::Bytes data, Int size) { return e.call<&abi::mr_over_keep_result>(over, data, size); };
    store_field(e, Pointer<char>(arguments[3]), state_.layout.fields[state_.input_width() + index_], result, keep);
    e.end_function();
  }

 private:
  SqlValue field(size_t number) { return load_field(e, row_, state_.layout.fields[number]); }

  Emitter& e;
  const pipeline::OverState& state_;
  size_t index_;
  const plan::AggregateCall& call_;
  pipeline::AggregateLayout layout_;
  Pointer<abi::PipelineContext> context_;
  Pointer<const char> row_;
};

}  // namespace

void generate_over(Emitter& e, std::vector<std::string>& entries, size_t state_number, const pipeline::OverState& state) {
  for (size_t i = 0; i < state.spec.calls.size(); ++i) {
    const abi::OverCall& call = state.spec.calls[i];
    if (call.function != abi::OverFunction::Aggregate) continue;
    auto entry = [&](const char* what) { return entries.emplace_back(fmt::format("query.over{}.{}{}", state_number, what, i)); };
    FrameAggregate aggregate(e, state, i);
    aggregate.add(entry("add"));
    if (call.merges) aggregate.merge(entry("merge"));
    aggregate.finish(entry("finish"));
  }
}

void PipelineCompiler::finish(Row& row, const pipeline::OverTarget& target) {
  const auto& state = std::get<pipeline::OverState>(query_.states[target.slot]);
  auto over = this->state<abi::OverState>(target.slot);
  std::vector<SqlValue> columns, computed;
  for (uint32_t i = 0; i < state.input_width(); ++i) columns.push_back(row.column(i));
  for (const expr::Expr* e : state.computed) computed.push_back(compile(*e, row));
  Pointer<char> tuple = e.call<&abi::mr_over_append>(over);
  KeepBytes keep = [this, over](ir::Bytes data, Int size) { return e.call<&abi::mr_over_keep>(over, data, size); };
  const auto& fields = state.layout.fields;
  for (size_t i = 0; i < columns.size(); ++i) store_field(e, tuple, fields[i], columns[i], keep);
  for (size_t i = 0; i < computed.size(); ++i) store_field(e, tuple, fields[state.visible() + i], computed[i], keep);
}

void PipelineCompiler::produce(const pipeline::OverSource& source) {
  const auto& state = std::get<pipeline::OverState>(query_.states[source.slot]);
  auto over = this->state<abi::OverState>(source.slot);
  Int count = e.call<&abi::mr_over_evaluate>(context_, over);
  Pointer<char* const> rows = e.call<&abi::mr_over_rows>(Pointer<const abi::OverState>(over.raw));
  e.for_range(e.int_(0), count, [&](Int i) {
    Pointer<char> tuple = e.element(rows, i);
    Row row(e);
    for (size_t c = 0; c < state.visible(); ++c) {
      row.add([this, &state, tuple, c] { return load_field(e, tuple, state.layout.fields[c]); });
    }
    consume(0, row);
  });
}

}  // namespace millrace
