#include "compiler/pipeline/aggregate_layout.h"


#include <numeric>

#include "compiler/base/sql_error.h"
#include "runtime/abi/group_table.h"

namespace millrace::pipeline {
namespace {

AggregateLayout layout_of(const plan::Aggregate& aggregate, bool with_grouping_id) {
  Schema keys;
  if (with_grouping_id) keys.push_back({"grouping_id", TypeKind::BigInt, false});
  for (const auto& key : aggregate.keys) keys.push_back({"", key->type, key->nullable || with_grouping_id});
  AggregateLayout layout;
  layout.keys = lay_out(keys, sizeof(abi::GroupEntry));
  uint32_t at = layout.keys.size;
  for (const plan::AggregateCall& call : aggregate.calls) {
    layout.distinct_offset.push_back(call.distinct ? at : 0);
    if (call.distinct) at += 8;
    layout.state_offset.push_back(at);
    at += (call.function->state_size + 7) / 8 * 8;
  }
  layout.entry_size = at;
  return layout;
}

abi::EmitWhat what_is_shown(const plan::Query& query, const plan::Node& node, const plan::Aggregate& aggregate) {
  if (aggregate.is_maintained) return aggregate.keys.empty() && !aggregate.window ? abi::EmitWhat::All : abi::EmitWhat::Touched;
  if (!node.is_stream || query.mode == abi::EmitMode::Complete || query.evaluates_anew) return abi::EmitWhat::All;
  if (aggregate.is_distinct) return abi::EmitWhat::Inserted;
  return query.mode == abi::EmitMode::Append ? abi::EmitWhat::Closed : abi::EmitWhat::Touched;
}

void describe_time(const plan::Query& query, const plan::Node& node, const plan::Aggregate& aggregate,
                   abi::AggregateSpec& spec) {
  bool forgets = node.is_stream && query.mode != abi::EmitMode::Complete && !query.evaluates_anew;
  if (aggregate.window) {
    const bool session = aggregate.window->kind == plan::WindowKind::Session;
    spec.time = session ? abi::TimeKind::Session : abi::TimeKind::Window;
    spec.cumulates = aggregate.window->kind == plan::WindowKind::Cumulating;
    spec.size_us = aggregate.window->size_us;
    spec.slide_us = aggregate.window->slide_us;
    spec.offset_us = aggregate.window->offset_us;
    spec.pane_us = std::gcd(spec.size_us, spec.slide_us);
    spec.drops_late = forgets && aggregate.window_has_watermark;
  } else if (aggregate.time_key && forgets) {
    spec.time = abi::TimeKind::Key;
    spec.drops_late = true;
  }
}

/// What of an entry lies outside of it: keys' bytes, and what the aggregates keep.
void describe_memory(AggregateState& state) {
  state.spec.saved_size = state.kept.entry_size;
  state.spec.owned = owned_fields(state.kept.keys);
  for (size_t i = 0; i < state.node->calls.size(); ++i) {
    const plan::AggregateCall& call = state.node->calls[i];
    if (call.distinct) state.spec.owned.push_back({state.kept.distinct_offset[i], abi::OwnedKind::Distinct});
    if (!call.function->takes_table) continue;
    if (call.function->memory) {
      state.spec.owned.push_back({state.kept.state_offset[i] + call.function->memory->offset, call.function->memory->kind});
    } else {
      state.spec.unsaved = call.function->name;
    }
  }
}

void describe_sessions(AggregateState& state) {
  state.spec.keys_size = state.kept.keys.size;
  for (const abi::OwnedField& key : owned_fields(state.kept.keys)) state.spec.text_keys.push_back(key.offset);
  for (const plan::AggregateCall& call : state.node->calls) {
    state.spec.states_own_memory |= call.function->takes_table || call.distinct;
  }
}

}  // namespace

AggregateState aggregate_state(const plan::Query& query, const plan::Node& node, const plan::Aggregate& aggregate) {
  AggregateState state;
  state.node = &aggregate;
  state.plan_node = &node;
  bool several_sets = aggregate.grouping_sets.size() > 1 || aggregate.emits_grouping_id ||
                      (aggregate.grouping_sets.size() == 1 &&
                       aggregate.grouping_sets[0] != (aggregate.keys.size() >= 64 ? ~0ull : (1ull << aggregate.keys.size()) - 1));
  state.kept = layout_of(aggregate, false);
  state.shown = layout_of(aggregate, several_sets);
  describe_time(query, node, aggregate, state.spec);
  if (state.spec.time == abi::TimeKind::Session) {
    if (several_sets) throw not_supported_yet(node.span, "session windows with several grouping sets", "a query for each of them works");
    describe_sessions(state);
  }
  bool several_panes = aggregate.window && state.spec.pane_us < state.spec.size_us;
  state.rolls_up = several_sets || several_panes || state.spec.time == abi::TimeKind::Session;
  state.spec.entry_size = state.kept.entry_size;
  describe_memory(state);
  state.spec.has_keys = !aggregate.keys.empty();
  state.spec.what = what_is_shown(query, node, aggregate);
  state.spec.rollup_entry_size = state.shown.entry_size;
  state.spec.rollup_has_keys = !state.shown.keys.fields.empty();
  return state;
}

}  // namespace millrace::pipeline
