#include "compiler/codegen/operators/pipeline_compiler.h"

namespace millrace {

using ir::Bool;
using ir::Int;
using ir::Pointer;

namespace {

/// What a row brings to one aggregate; computed before any state is touched, since a malformed field abandons the row.
struct AggregateInput {
  Bool wanted;  ///< empty: always
  std::vector<SqlValue> arguments;
};

/// One row's way into the groups of an aggregate.
class AggregateUpdate {
 public:
  using Compile = std::function<SqlValue(const expr::Expr&)>;

  AggregateUpdate(ir::Emitter& emitter, Pointer<abi::PipelineContext> context, const pipeline::AggregateState& state,
                  Pointer<abi::AggregateState> runtime_state, Compile compile)
      : e(emitter), context_(context), state_(state), runtime_state_(runtime_state), compile_(std::move(compile)) {}

  void emit() {
    switch (state_.spec.time) {
      case abi::TimeKind::None: update(read_inputs(), e.load<&abi::AggregateState::current>(runtime_state_)); return;
      case abi::TimeKind::Window: by_window(); return;
      case abi::TimeKind::Key: by_time_key(); return;
    }
  }

 private:
  struct Inputs {
    std::vector<SqlValue> keys;
    std::vector<AggregateInput> aggregates;
  };

  Inputs read_inputs() {
    Inputs in;
    for (const auto& key : state_.node->keys) in.keys.push_back(compile_(*key));
    for (const plan::AggregateCall& call : state_.node->calls) in.aggregates.push_back(read_input(call));
    return in;
  }

  AggregateInput read_input(const plan::AggregateCall& call) {
    AggregateInput in;
    if (call.filter) in.wanted = sql::is_true(e, compile_(*call.filter));
    for (const auto& argument : call.arguments) {
      in.arguments.push_back(compile_(*argument));
      const SqlValue& v = in.arguments.back();
      if (!v.may_be_null()) continue;  // NULLs are not aggregated
      Bool present = e.not_(v.null);
      in.wanted = in.wanted ? e.and_(in.wanted, present) : present;
    }
    return in;
  }

  /// A row whose time is NULL is in no window.
  void by_window() {
    SqlValue time = compile_(*state_.node->window_time);
    auto place = [&] {
      Int pane = floor_to(e, time.integer(), state_.spec.pane_us, state_.spec.offset_us);
      in_pane(pane);
    };
    if (time.may_be_null()) e.if_(e.not_(time.null), place);
    else place();
  }

  /// A NULL time is never late: its group stays until the end.
  void by_time_key() {
    SqlValue time = compile_(*state_.node->keys[*state_.node->time_key]);
    Int pane = time.integer();
    if (time.may_be_null()) pane = e.select(time.null, e.int_(INT64_MAX - 1), pane);
    in_pane(pane);
  }

  void in_pane(Int pane) {
    Inputs in = read_inputs();
    auto table = e.slot<abi::GroupTable*>("pane");
    Bool same = e.eq(e.load<&abi::AggregateState::current_pane>(runtime_state_), pane);
    e.if_(same, [&] { e.set(table, e.load<&abi::AggregateState::current>(runtime_state_)); },
          [&] { e.set(table, e.call<&abi::mr_pane_table>(context_, runtime_state_, pane)); });
    Pointer<abi::GroupTable> found = e.get(table);
    if (!state_.spec.drops_late) {
      update(in, found);
      return;
    }
    e.if_(e.is_null(found),
          [&] {
            Int late = e.load<&abi::PipelineContext::rows_late>(context_);
            e.store<&abi::PipelineContext::rows_late>(context_, e.add(late, e.int_(1)));
          },
          [&] { update(in, found); });
  }

  void update(const Inputs& in, Pointer<abi::GroupTable> table) {
    auto on_insert = [&](Pointer<abi::GroupEntry> entry) {
      if (state_.spec.what == abi::EmitWhat::Inserted) touch_group(e, runtime_state_, table, entry);
    };
    Pointer<abi::GroupEntry> entry = find_or_insert_group(e, table, in.keys, state_.kept, on_insert);
    if (state_.spec.what == abi::EmitWhat::Touched) touch_group(e, runtime_state_, table, entry);
    Int sequence = next_sequence();
    for (size_t i = 0; i < in.aggregates.size(); ++i) {
      const AggregateInput& input = in.aggregates[i];
      auto add = [&] {
        add_to_aggregate(e, table, entry, state_.node->calls[i], state_.kept, i, input.arguments, sequence);
      };
      if (input.wanted) e.if_(input.wanted, add);
      else add();
    }
  }

  /// first() and last() go by order of arrival, whatever the order in which groups are merged later.
  Int next_sequence() {
    bool needed = false;
    for (const plan::AggregateCall& call : state_.node->calls) needed |= call.function->takes_sequence;
    if (!needed) return e.int_(0);
    Int sequence = e.load<&abi::PipelineContext::sequence>(context_);
    e.store<&abi::PipelineContext::sequence>(context_, e.add(sequence, e.int_(1)));
    return sequence;
  }

  ir::Emitter& e;
  Pointer<abi::PipelineContext> context_;
  const pipeline::AggregateState& state_;
  Pointer<abi::AggregateState> runtime_state_;
  Compile compile_;
};

}  // namespace

void PipelineCompiler::finish(Row& row, const pipeline::AggregateTarget& target) {
  const auto& state = std::get<pipeline::AggregateState>(query_.states[target.slot]);
  AggregateUpdate(e, context_, state, this->state<abi::AggregateState>(target.slot),
                  [&](const expr::Expr& x) { return compile(x, row); })
      .emit();
}

}  // namespace millrace
