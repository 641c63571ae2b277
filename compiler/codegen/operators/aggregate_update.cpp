#include "compiler/codegen/nested_access.h"
#include "compiler/codegen/operators/pipeline_compiler.h"
#include "compiler/codegen/operators/worker_groups.h"
#include "runtime/abi/calls/sessions.h"
#include "runtime/hot/session.h"

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
                  Pointer<abi::AggregateState> runtime_state, Compile compile, Pointer<abi::GroupEntry*> remembered,
                  std::function<void()> count_late)
      : e(emitter),
        context_(context),
        state_(state),
        runtime_state_(runtime_state),
        compile_(std::move(compile)),
        remembered_(remembered),
        count_late_(std::move(count_late)) {}

  void emit() {
    switch (state_.spec.time) {
      case abi::TimeKind::None: without_time(); return;
      case abi::TimeKind::Window: by_window(); return;
      case abi::TimeKind::Key: by_time_key(); return;
      case abi::TimeKind::Session: by_session(); return;
    }
  }

 private:
  void without_time() {
    Pointer<abi::GroupTable> table = e.load<&abi::AggregateState::current>(runtime_state_);
    if (remembered_) {
      std::vector<AggregateInput> aggregates = read_aggregate_inputs();
      update_group(aggregates, table, remembered_group(table));
    } else if (state_.staged.is_used) {
      update_or_stage(table);
    } else {
      update(read_inputs(), table);
    }
  }

  /// A worker of a query with very many groups writes its rows down: whoever adds them has a part of the groups for itself.
  void update_or_stage(Pointer<abi::GroupTable> table) {
    const Inputs in = read_inputs();
    Pointer<abi::UpdateLog* const> logs = e.load<&abi::AggregateState::staged>(runtime_state_);
    e.if_(e.is_null(logs), [&] { update(in, table); }, [&] {
      const std::vector<OrderedInput> inputs = ordered_inputs(in.aggregates);
      stage_row(e, logs, state_.staged, {next_number(), in.keys, inputs});
    });
  }

  /// The build row that was matched knows the group; if not yet, it is looked up and remembered. Nothing of the key is computed
  /// otherwise: it comes from the build row and from probe columns that the join has read.
  Pointer<abi::GroupEntry> remembered_group(Pointer<abi::GroupTable> table) {
    if (state_.kept.whole_offset != 0) return group_remembered_for_worker(table);
    auto group = e.slot<abi::GroupEntry*>("remembered");
    e.set(group, e.load_at<abi::GroupEntry*>(remembered_, 0));
    e.if_(e.is_null(e.get(group)), [&] {
      e.set(group, find_group(read_keys(), table));
      e.store_at(remembered_, 0, e.get(group));
    });
    return e.get(group);
  }

  /// Each worker has a pair of its own, which is right while its state has the same epoch.
  Pointer<abi::GroupEntry> group_remembered_for_worker(Pointer<abi::GroupTable> table) {
    Int before = e.mul(e.load<&abi::AggregateState::worker>(runtime_state_), e.int_(pipeline::kRememberedGroupBytes));
    Pointer<char> pair(e.byte_at(ir::Bytes(remembered_.raw), before).raw);
    Int epoch = e.load<&abi::AggregateState::epoch>(runtime_state_);
    auto group = e.slot<abi::GroupEntry*>("remembered");
    e.set(group, e.load_at<abi::GroupEntry*>(pair, 0));
    e.if_(e.ne(e.load_at<int64_t>(pair, 8), epoch), [&] {
      e.set(group, find_group(read_keys(), table));
      e.store_at(pair, 0, e.get(group));
      e.store_at(pair, 8, epoch);
    });
    return e.get(group);
  }

  struct Inputs {
    std::vector<SqlValue> keys;
    std::vector<AggregateInput> aggregates;
  };

  Inputs read_inputs() {
    Inputs in;
    in.keys = read_keys();
    in.aggregates = read_aggregate_inputs();
    return in;
  }

  std::vector<SqlValue> read_keys() {
    std::vector<SqlValue> keys;
    for (const auto& key : state_.node->keys) keys.push_back(compile_(*key));
    return keys;
  }

  std::vector<AggregateInput> read_aggregate_inputs() {
    std::vector<AggregateInput> inputs;
    for (const plan::AggregateCall& call : state_.node->calls) inputs.push_back(read_input(call));
    return inputs;
  }

  AggregateInput read_input(const plan::AggregateCall& call) {
    AggregateInput in;
    if (call.filter) in.wanted = sql::is_true(e, compile_(*call.filter));
    for (const auto& argument : call.arguments) {
      in.arguments.push_back(compile_(*argument));
      if (call.function->rule) in.arguments.back() = sql::as_run(e, context_, in.arguments.back());
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

  /// A row whose time is NULL is in no session.
  void by_session() {
    SqlValue time = compile_(*state_.node->window_time);
    if (time.may_be_null()) e.if_(e.not_(time.null), [&] { in_session(time.integer()); });
    else in_session(time.integer());
  }

  /// A row is late when it would make a session that the watermark has passed, whether or not there is one that it would join.
  void in_session(Int time) {
    Inputs in = read_inputs();
    Int end = e.call<&abi::mr_session_end>(time, e.int_(state_.spec.size_us));
    auto place = [&] { update_session(in, time, end); };
    if (!state_.spec.drops_late) return place();
    e.if_(e.le(end, e.load<&abi::PipelineContext::watermark_us>(context_)), count_late_, place);
  }

  void update_session(const Inputs& in, Int time, Int end) {
    Pointer<abi::GroupTable> keys = e.load<&abi::AggregateState::current>(runtime_state_);
    Pointer<abi::GroupEntry> key = find_or_insert_group(e, keys, in.keys, state_.kept, [](Pointer<abi::GroupEntry>) {});
    auto session = e.slot<abi::Session*>("session");
    e.set(session, e.load<&abi::SessionsOfKey::current>(e.at<abi::SessionsOfKey>(key, state_.spec.keys_size)));
    Bool extended = e.call<&abi::mr_session_extend>(e.get(session), time, end);
    e.if_(e.not_(extended), [&] { e.set(session, e.call<&abi::mr_session_find>(context_, runtime_state_, key, time)); });
    Pointer<abi::Session> found = e.get(session);
    Pointer<abi::GroupEntry> entry = e.load<&abi::Session::entry>(found);
    if (state_.spec.what == abi::EmitWhat::Touched) {
      e.if_(e.not_(is_touched(e, runtime_state_, entry)), [&] {
        e.store<&abi::GroupEntry::touched>(entry, e.low_half(e.load<&abi::AggregateState::epoch>(runtime_state_)));
        e.call<&abi::mr_session_touch>(runtime_state_, found);
      });
    }
    update_states(in.aggregates, e.load<&abi::Session::memory>(found), entry);
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
    e.if_(e.is_null(found), count_late_, [&] { update(in, found); });
  }

  void update(const Inputs& in, Pointer<abi::GroupTable> table) {
    update_group(in.aggregates, table, find_group(in.keys, table));
  }

  Pointer<abi::GroupEntry> find_group(const std::vector<SqlValue>& keys, Pointer<abi::GroupTable> table) {
    auto on_insert = [&](Pointer<abi::GroupEntry> entry) {
      if (state_.spec.what == abi::EmitWhat::Inserted) touch_group(e, runtime_state_, table, entry);
    };
    return find_or_insert_group(e, table, keys, state_.kept, on_insert);
  }

  void update_group(const std::vector<AggregateInput>& aggregates, Pointer<abi::GroupTable> table,
                    Pointer<abi::GroupEntry> entry) {
    if (state_.spec.what == abi::EmitWhat::Touched) touch_group(e, runtime_state_, table, entry);
    update_states(aggregates, table, entry);
  }

  void update_states(const std::vector<AggregateInput>& aggregates, Pointer<abi::GroupTable> table,
                     Pointer<abi::GroupEntry> entry) {
    Int sequence = next_sequence();
    auto add = [&](size_t i) { add_input(aggregates[i], table, entry, i, sequence); };
    for (size_t i = 0; i < aggregates.size(); ++i) {
      if (!is_ordered(i)) add(i);
    }
    if (state_.log.calls.empty()) return;
    Pointer<abi::UpdateLog> log = e.load<&abi::AggregateState::log>(runtime_state_);
    e.if_(e.is_null(log),
          [&] {
            for (const auto& ordered : state_.log.calls) add(ordered.index);
          },
          [&] {
            write_down(e, log, state_.log, table, entry, ordered_inputs(aggregates));
          });
  }

  static std::vector<OrderedInput> ordered_inputs(const std::vector<AggregateInput>& aggregates) {
    std::vector<OrderedInput> inputs;
    for (const AggregateInput& input : aggregates) inputs.push_back({input.wanted, input.arguments});
    return inputs;
  }

  /// A worker does not make the addition by itself, but writes it down.
  bool is_ordered(size_t i) const {
    for (const auto& ordered : state_.log.calls) {
      if (ordered.index == i) return true;
    }
    return false;
  }

  void add_input(const AggregateInput& input, Pointer<abi::GroupTable> table, Pointer<abi::GroupEntry> entry, size_t i,
                 Int sequence) {
    auto add = [&] {
      add_to_aggregate(e, table, entry, state_.node->calls[i], state_.kept, i, input.arguments, sequence);
    };
    if (input.wanted) e.if_(input.wanted, add);
    else add();
  }

  /// first() and last() go by order of arrival, whatever the order in which groups are merged later.
  Int next_sequence() {
    bool needed = false;
    for (const plan::AggregateCall& call : state_.node->calls) needed |= call.function->takes_sequence;
    return needed ? next_number() : e.int_(0);
  }

  Int next_number() {
    Int sequence = e.load<&abi::PipelineContext::sequence>(context_);
    e.store<&abi::PipelineContext::sequence>(context_, e.add(sequence, e.int_(1)));
    return sequence;
  }

  ir::Emitter& e;
  Pointer<abi::PipelineContext> context_;
  const pipeline::AggregateState& state_;
  Pointer<abi::AggregateState> runtime_state_;
  Compile compile_;
  Pointer<abi::GroupEntry*> remembered_;  ///< where the matched build row keeps its group; empty: nowhere
  std::function<void()> count_late_;
};

}  // namespace

void PipelineCompiler::finish(Row& row, const pipeline::AggregateTarget& target) {
  const auto& state = std::get<pipeline::AggregateState>(query_.states[target.slot]);
  Pointer<abi::GroupEntry*> remembered;
  if (target.join_slot >= 0) {
    const auto& join = std::get<pipeline::JoinState>(query_.states[target.join_slot]);
    remembered = e.at<abi::GroupEntry*>(matched_, join.group_offset);
  }
  AggregateUpdate(e, context_, state, this->state<abi::AggregateState>(target.slot),
                  [&](const expr::Expr& x) { return compile(x, row); }, remembered, [this] { count_late(); })
      .emit();
}

}  // namespace millrace
