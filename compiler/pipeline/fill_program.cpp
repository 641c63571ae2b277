#include "compiler/base/overloaded.h"
#include "compiler/pipeline/pipeline.h"
#include "compiler/pipeline/state_bounds.h"

namespace millrace::pipeline {
namespace {

abi::StateSpec state_spec(const State& state) {
  return std::visit(Overloaded{[](const AggregateState& a) -> abi::StateSpec { return a.spec; },
                               [](const JoinState& j) -> abi::StateSpec { return abi::JoinSpec{j.layout.size}; },
                               [](const StreamJoinState& j) -> abi::StateSpec { return j.spec; },
                               [](const CountedRowsState& c) -> abi::StateSpec { return c.spec; },
                               [](const TupleState& t) -> abi::StateSpec {
                                 if (t.view) return abi::ViewScanSpec{*t.view};
                                 if (t.changes) return *t.changes;
                                 return abi::TupleBufferSpec{t.layout.size, t.sort, t.max_rows, owned_fields(t.layout), t.once};
                               },
                               [](const OverState& o) -> abi::StateSpec { return o.spec; },
                               [](const ScanState& s) -> abi::StateSpec { return abi::ScanStateSpec{s.scan, s.shared ? s.shared->number : -1}; }},
                    state);
}

/// The functions of its aggregates, in the order in which they are generated.
void number_entries(abi::OverSpec& over, int32_t& entry) {
  for (abi::OverCall& call : over.calls) {
    if (call.function != abi::OverFunction::Aggregate) continue;
    call.add_entry = entry++;
    if (call.merges) call.merge_entry = entry++;
    call.finish_entry = entry++;
  }
}

}  // namespace

void fill_program(const PhysicalQuery& physical, abi::QuerySpec& spec, abi::QuerySharing& sharing) {
  sharing.states.resize(physical.states.size());
  int32_t entry = 0;
  for (const Pipeline& p : physical.pipelines) {
    abi::PipelineSpec out;
    out.name = describe(physical, p);
    out.phase = p.phase;
    out.entry = entry++;
    if (const auto* scan = std::get_if<ScanSource>(&p.source)) out.source = scan->source;
    for (const auto& op : p.ops) out.observes_time |= std::holds_alternative<ObserveOp>(op);
    out.clear_slots = p.clear_slots;
    out.finish_slots = p.finish_slots;
    spec.pipelines.push_back(std::move(out));
  }
  for (const State& state : physical.states) {
    spec.states.push_back(state_spec(state));
    if (auto* over = std::get_if<abi::OverSpec>(&spec.states.back())) number_entries(*over, entry);
    const auto* aggregate = std::get_if<AggregateState>(&state);
    if (!aggregate) continue;
    auto& out = std::get<abi::AggregateSpec>(spec.states.back());
    if (aggregate->rolls_up) out.rollup_entry = entry++;
    if (aggregate->kept.whole_offset == 0) continue;
    abi::StateSharing& shared = sharing.states[spec.states.size() - 1];
    shared.adopt_entry = entry++;
    shared.merge_entry = entry++;
    if (!aggregate->log.calls.empty()) {
      shared.replay_entry = entry++;
      shared.log_record_size = aggregate->log.fields.size;
    }
    if (!aggregate->staged.is_used) continue;
    shared.add_staged_entry = entry++;
    shared.staged_record_size = aggregate->staged.fields.size;
    shared.number_offset = aggregate->kept.whole_offset;
  }
  for (const StateBound& bound : state_bounds(physical)) {
    if (spec.state_names.size() < spec.states.size()) spec.state_names.push_back(bound.what);
  }
  spec.view = physical.view;
  for (const State& state : physical.states) {
    const auto* rows = std::get_if<TupleState>(&state);
    spec.reads_views |= rows != nullptr && rows->view.has_value();
  }
  for (const plan::Source& source : physical.query->sources) spec.reads_views |= source.spec.connector == abi::kKeptLinesConnector;
  spec.late_table = physical.query->late_table;
  sharing.shares_rows = physical.shares_rows;
  sharing.needs_one_worker = physical.needs_one_worker;
  spec.keeps_output = physical.keeps_output;
  spec.generators = physical.query->generators;
  spec.row_limit = physical.row_limit;
}

}  // namespace millrace::pipeline
