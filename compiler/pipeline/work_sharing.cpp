#include "compiler/pipeline/work_sharing.h"

#include <algorithm>

#include "compiler/functions/aggregate_order.h"
#include "runtime/abi/group_table.h"

namespace millrace::pipeline {
namespace {

// A build row is to stay small beside what it remembers.
constexpr int32_t kMostThreadsRemembered = 8;

/// Empty when the pipeline's rows can be computed side by side.
std::string obstacle(const PhysicalQuery& query, const Pipeline& p) {
  if (!std::holds_alternative<ScanSource>(p.source)) return "rows do not come from a source";
  for (const auto& op : p.ops) {
    if (std::holds_alternative<LimitOp>(op)) return "LIMIT counts rows in their order";
    bool by_itself = std::holds_alternative<FilterOp>(op) || std::holds_alternative<ProjectOp>(op) ||
                     std::holds_alternative<ObserveOp>(op) || std::holds_alternative<WindowOp>(op) ||
                     std::holds_alternative<GenerateOp>(op) || std::holds_alternative<ProbeOp>(op);
    if (!by_itself) return "an operator keeps state of its own";
    const auto* probe = std::get_if<ProbeOp>(&op);
    if (probe && std::get<JoinState>(query.states[probe->slot]).matched_offset != 0) return "a join marks the rows that it has matched";
  }
  if (std::holds_alternative<OutputTarget>(p.target)) return "";
  const auto* target = std::get_if<AggregateTarget>(&p.target);
  if (!target) return "rows are kept in their order";
  const auto& state = std::get<AggregateState>(query.states[target->slot]);
  if (state.spec.time == abi::TimeKind::Key) return "a key is a time, and each instant has a table";
  if (state.spec.time != abi::TimeKind::None && state.spec.time != abi::TimeKind::Window) return "windows depend on each other's rows";
  // A worker's set of values does not know which row brought each.
  const auto in_order = [](const plan::AggregateCall& call) { return call.distinct && call.function->takes_sequence; };
  if (std::any_of(state.node->calls.begin(), state.node->calls.end(), in_order)) return "distinct values are listed in the order of their arrival";
  return "";
}

std::string obstacle(const PhysicalQuery& query) {
  if (query.query->generators > 0) return "numbers that follow from a seed come in the rows' order";
  for (const Pipeline& p : query.pipelines) {
    std::string why = p.phase == abi::Phase::Stream ? obstacle(query, p) : "";
    if (!why.empty()) return why;
  }
  return "";
}

/// Of each block one pipeline sees all rows before the next one does.
bool reads_a_stream_twice(const PhysicalQuery& query) {
  std::vector<int32_t> sources;
  for (const Pipeline& p : query.pipelines) {
    const auto* scan = std::get_if<ScanSource>(&p.source);
    if (scan && p.phase == abi::Phase::Stream) sources.push_back(scan->source);
  }
  std::sort(sources.begin(), sources.end());
  return std::adjacent_find(sources.begin(), sources.end()) != sources.end();
}

/// Sums of doubles round, lists have an order.
UpdateLogLayout log_layout(const plan::Aggregate& aggregate) {
  UpdateLogLayout log;
  Schema columns;
  for (size_t i = 0; i < aggregate.calls.size(); ++i) {
    const plan::AggregateCall& call = aggregate.calls[i];
    if (merges_in_any_order(*call.function)) continue;
    UpdateLogLayout::Call ordered{i, columns.size(), 0};
    for (const auto& argument : call.arguments) columns.push_back({"", argument->type, false});
    ordered.wanted_field = columns.size();
    columns.push_back({"", TypeKind::Boolean, false});
    log.calls.push_back(ordered);
  }
  log.fields = lay_out(columns, UpdateLogLayout::kHeaderBytes);
  return log;
}

/// Groups that a joined row remembers are found without their keys.
bool remembers_groups(const PhysicalQuery& query, int32_t slot) {
  return std::any_of(query.pipelines.begin(), query.pipelines.end(), [slot](const Pipeline& p) {
    const auto* target = std::get_if<AggregateTarget>(&p.target);
    return target != nullptr && target->slot == slot && target->join_slot >= 0;
  });
}

StagedRowLayout staged_layout(const plan::Aggregate& aggregate) {
  StagedRowLayout staged;
  staged.is_used = true;
  Schema columns;
  for (const auto& key : aggregate.keys) columns.push_back({"", key->type, key->nullable});
  for (const plan::AggregateCall& call : aggregate.calls) {
    StagedRowLayout::Call& places = staged.calls.emplace_back();
    places.first_field = columns.size();
    for (const auto& argument : call.arguments) columns.push_back({"", argument->type, false});
    if (!call.filter && call.arguments.empty()) continue;
    places.wanted_field = columns.size();
    columns.push_back({"", TypeKind::Boolean, false});
  }
  staged.fields = lay_out(columns, StagedRowLayout::kHeaderBytes);
  return staged;
}

/// Each worker has groups of its own, which a build row has to remember.
void share_remembered_groups(PhysicalQuery& query, AggregateTarget& target, int32_t threads) {
  if (target.join_slot < 0) return;
  auto& join = std::get<JoinState>(query.states[target.join_slot]);
  bool remembers = threads <= kMostThreadsRemembered;
  join.group_offset = remembers ? join.layout.size : 0;
  if (remembers) join.layout.size += kRememberedGroupBytes * static_cast<uint32_t>(threads + 1);
  if (!remembers) target.join_slot = -1;
}

void share_groups(PhysicalQuery& query, AggregateTarget& target, int32_t threads) {
  share_remembered_groups(query, target, threads);
  auto& state = std::get<AggregateState>(query.states[target.slot]);
  if (state.kept.whole_offset != 0) return;
  state.kept.whole_offset = state.kept.entry_size;
  state.kept.entry_size += sizeof(abi::GroupEntry*);
  state.spec.entry_size = state.kept.entry_size;
  state.log = log_layout(*state.node);
  const bool has_one_table = state.spec.time == abi::TimeKind::None && state.spec.has_keys;
  if (has_one_table && !remembers_groups(query, target.slot)) state.staged = staged_layout(*state.node);
}

}  // namespace

void share_work(PhysicalQuery& query, int32_t threads) {
  if (!query.query->streaming) return;
  query.needs_one_worker = reads_a_stream_twice(query);
  query.takes_turns_because = query.needs_one_worker ? "a stream is read twice" : obstacle(query);
  query.shares_rows = query.takes_turns_because.empty();
  if (!query.shares_rows) return;
  for (Pipeline& p : query.pipelines) {
    if (p.phase != abi::Phase::Stream) continue;
    if (auto* target = std::get_if<AggregateTarget>(&p.target)) share_groups(query, *target, threads);
  }
}

}  // namespace millrace::pipeline
