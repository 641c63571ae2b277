#include "compiler/codegen/nested_access.h"
#include "compiler/codegen/operators/aggregate_merge.h"
#include "compiler/codegen/operators/pipeline_compiler.h"
#include "runtime/abi/calls/sessions.h"

namespace millrace {

using ir::Bool;
using ir::Int;
using ir::Pointer;

SqlValue aggregate_result(ir::Emitter& e, Pointer<abi::PipelineContext> context, Pointer<abi::GroupEntry> entry,
                          const plan::AggregateCall& call, uint32_t offset) {
  const AggregateFunction& function = *call.function;
  llvm::Value* state = e.at<char>(entry, offset).raw;
  if (function.rule) {
    auto item = e.slot<abi::NestedItem>("result");
    Bool valid(e.call_native(function.finish, {context.raw, state, item.address}));
    return sql::from_item(e, call.type, item.pointer(), e.not_(valid));
  }
  SqlValue v = sql::zero_of(e, call.type);
  if (function.form == ResultForm::Value) {
    v.raw = e.call_native(function.finish, {state});
    return v;
  }
  auto into = [&](auto out) {
    llvm::Value* valid = e.call_native(function.finish, {state, out.address});
    return function.form == ResultForm::Nullable ? e.not_(Bool(valid)) : Bool();
  };
  if (v.is_bytes()) {
    auto out = e.slot<abi::StringRef>("result");
    Bool null = into(out);
    return sql::from_string_ref(e, call.type, out.pointer(), null);
  }
  auto scalar = [&](auto out) {
    v.null = into(out);
    v.raw = e.get(out).raw;
  };
  if (call.type.is(TypeKind::Decimal)) scalar(e.slot<abi::Decimal>("result"));
  else if (call.type.is_floating()) scalar(e.slot<double>("result"));
  else if (call.type.is(TypeKind::Boolean)) scalar(e.slot<bool>("result"));
  else scalar(e.slot<int64_t>("result"));
  return v;
}

/// Skips what no output would be left of, and the memory that computing it takes.
void PipelineCompiler::while_output_has_room(const std::function<void()>& body) {
  const ir::Int32 error(e.load<&abi::PipelineContext::error>(context_).raw);
  e.if_(e.ne(error, ir::Int32(e.constant(abi::PipelineError::OutOfMemory).raw)), body);
}

void PipelineCompiler::produce(const pipeline::AggregateSource& source) {
  const auto& state = std::get<pipeline::AggregateState>(query_.states[source.slot]);
  auto runtime_state = this->state<abi::AggregateState>(source.slot);
  auto produce_unit = [&](Pointer<const abi::EmitUnit> unit) {
    Pointer<abi::GroupEntry* const> entries(e.load<&abi::EmitUnit::entries>(unit).raw);
    e.for_range(e.int_(0), e.load<&abi::EmitUnit::count>(unit), [&](Int i) {
      while_output_has_room([&] { produce_group(state, e.element(entries, i), unit); });
    });
  };
  if (state.spec.time == abi::TimeKind::Session) {
    Int units = e.call<&abi::mr_session_emit_begin>(context_, runtime_state);
    e.for_range(e.int_(0), units, [&](Int u) {
      while_output_has_room([&] { produce_unit(e.call<&abi::mr_session_emit_unit>(context_, runtime_state, u)); });
    });
    e.call<&abi::mr_session_emit_end>(context_, runtime_state);
    return;
  }
  Int units = e.call<&abi::mr_aggregate_emit_begin>(context_, runtime_state);
  e.for_range(e.int_(0), units, [&](Int u) {
    while_output_has_room([&] { produce_unit(e.call<&abi::mr_aggregate_emit_unit>(context_, runtime_state, u)); });
  });
  e.call<&abi::mr_aggregate_emit_end>(context_, runtime_state);
}

void PipelineCompiler::produce_group(const pipeline::AggregateState& state, Pointer<abi::GroupEntry> entry,
                                     Pointer<const abi::EmitUnit> unit) {
  const plan::Aggregate& node = *state.node;
  const pipeline::AggregateLayout& layout = state.shown;
  Row row(e);
  if (node.window) {
    SqlType timestamp(TypeKind::Timestamp);
    row.add_value(SqlValue::of(timestamp, e.load<&abi::EmitUnit::window_start_us>(unit)));
    row.add_value(SqlValue::of(timestamp, e.load<&abi::EmitUnit::window_end_us>(unit)));
  }
  size_t first_key = layout.keys.fields.size() - node.keys.size();
  auto key = [this, &layout, entry](size_t i) { return load_field(e, e.at<const char>(entry, 0), layout.keys.fields[i]); };
  for (size_t i = 0; i < node.keys.size(); ++i) row.add([key, i, first_key] { return key(first_key + i); });
  if (node.emits_grouping_id) row.add([key] { return key(0); });
  for (size_t i = 0; i < node.calls.size(); ++i) {
    row.add([this, &node, &layout, entry, i] { return aggregate_result(e, context_, entry, node.calls[i], layout.state_offset[i]); });
  }
  consume(0, row);
}

void PipelineCompiler::produce(const pipeline::TupleSource& source) {
  const auto& state = std::get<pipeline::TupleState>(query_.states[source.slot]);
  auto buffer = Pointer<const abi::TupleBuffer>(this->state<abi::TupleBuffer>(source.slot).raw);
  Pointer<char* const> rows = e.call<&abi::mr_tuple_rows>(buffer);
  e.for_range(e.int_(0), e.call<&abi::mr_tuple_count>(buffer), [&](Int i) {
    Pointer<char> tuple = e.element(rows, i);
    Row row(e);
    // Of rows of changes `read` is passed on, which may be nothing.
    const bool whole = state.read.empty() && !state.changes;
    const std::vector<pipeline::FieldLayout>& fields = whole ? state.layout.fields : state.read;
    const size_t count = whole ? state.visible : fields.size();
    for (size_t c = 0; c < count; ++c) {
      row.add([this, &fields, tuple, c] { return load_field(e, tuple, fields[c]); });
    }
    consume(0, row);
  });
}

void PipelineCompiler::produce(const pipeline::ValuesSource& source) {
  for (const auto& values : source.values->rows) {
    Row nothing(e);
    Row row(e);
    for (const auto& value : values) {
      const expr::Expr* x = value.get();
      row.add([this, &nothing, x] { return compile(*x, nothing); });
    }
    consume(0, row);
  }
}

void PipelineCompiler::finish(Row& row, const pipeline::TupleTarget& target) {
  const auto& state = std::get<pipeline::TupleState>(query_.states[target.slot]);
  auto buffer = this->state<abi::TupleBuffer>(target.slot);
  std::vector<SqlValue> values;
  for (uint32_t i = 0; i < state.visible; ++i) values.push_back(row.column(i));
  if (target.sort) {
    for (const plan::SortItem& item : target.sort->items) values.push_back(compile(*item.expr, row));
  }
  Pointer<char> tuple = e.call<&abi::mr_tuple_append>(buffer);
  KeepBytes keep = [this, buffer](ir::Bytes data, Int size) { return e.call<&abi::mr_tuple_keep>(buffer, data, size); };
  for (size_t i = 0; i < values.size(); ++i) store_field(e, tuple, state.layout.fields[i], values[i], keep);
}

}  // namespace millrace
