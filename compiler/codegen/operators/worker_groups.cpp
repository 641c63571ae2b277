#include "compiler/codegen/operators/worker_groups.h"

#include <functional>

#include "compiler/codegen/operators/aggregate_merge.h"
#include "compiler/codegen/operators/group_probe.h"
#include "compiler/codegen/operators/join_keys.h"
#include "compiler/codegen/tuple_access.h"
#include "compiler/functions/aggregate_order.h"
#include "runtime/abi/calls/state.h"
#include "runtime/abi/context.h"
#include "runtime/hot/update_log.h"

namespace millrace {

using ir::Bytes;
using ir::Emitter;
using ir::Int;
using ir::Pointer;
using ir::Word;
using pipeline::StagedRowLayout;
using pipeline::UpdateLogLayout;

namespace {

struct RollupArguments {
  Pointer<abi::AggregateState> state;
  Pointer<abi::GroupTable> target;
};

/// So many groups ahead of the one in hand, what that one will look for is asked for: the slot first, then the group that the slot leads to.
constexpr int64_t kSlotsAhead = 32;
constexpr int64_t kGroupsAhead = 16;

/// A function that does something with each of a worker's groups. `ask(group, at, count)` asks for what will be needed of groups behind it.
void for_each_group(Emitter& e, const std::string& name, const std::function<void(const RollupArguments&, Pointer<abi::GroupEntry* const>, Int, Int)>& ask,
                    const std::function<void(const RollupArguments&, Pointer<abi::GroupEntry>)>& body) {
  auto& build = e.builder();
  auto arguments = e.begin_function(name, {build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getInt64Ty()});
  RollupArguments given{Pointer<abi::AggregateState>(arguments[1]), Pointer<abi::GroupTable>(arguments[2])};
  Pointer<abi::GroupEntry* const> entries(arguments[3]);
  const Int count(arguments[4]);
  e.for_range(e.int_(0), count, [&](Int i) {
    ask(given, entries, i, count);
    body(given, e.element(entries, i));
  });
  e.end_function();
}

Pointer<abi::GroupEntry> whole_of(Emitter& e, Pointer<abi::GroupEntry> group, const pipeline::AggregateState& state) {
  return e.load_at<abi::GroupEntry*>(group, state.kept.whole_offset);
}

/// Of the query's own table: a group has the low half of its key's hash, which is all of it that counts in tables of less than 2^32 slots.
void ask_for_adoption(Emitter& e, const RollupArguments& given, Pointer<abi::GroupEntry* const> entries, Int i, Int count) {
  const Word mask = e.load<&abi::GroupTable::mask>(given.target);
  const Bytes slots(e.load<&abi::GroupTable::slots>(given.target).raw);
  const auto slot_of = [&](Int at) {
    const Word hash = e.zero_extend(e.load<&abi::GroupEntry::hash>(e.element(entries, at)));
    return e.byte_at(slots, e.mul(e.to_int(e.band(hash, mask)), e.int_(8)));
  };
  const Int far = e.add(i, e.int_(kSlotsAhead));
  e.if_(e.lt(far, count), [&] {
    e.ask_for(slot_of(far));
    const Word slot = e.load_at<uint64_t>(slot_of(e.add(i, e.int_(kGroupsAhead))), 0);
    e.ask_for(e.to_pointer<char>(e.band(slot, e.word(abi::kSlotAddressMask))));
  });
}

void ask_for_whole(Emitter& e, Pointer<abi::GroupEntry* const> entries, Int i, Int count, const pipeline::AggregateState& state) {
  const Int ahead = e.add(i, e.int_(kGroupsAhead));
  e.if_(e.lt(ahead, count), [&] {
    const Pointer<abi::GroupEntry> whole = whole_of(e, e.element(entries, ahead), state);
    e.ask_for(whole);
    e.ask_for(e.at<char>(whole, static_cast<int64_t>(state.kept.entry_size) - 1));
  });
}

}  // namespace

namespace {

/// The arguments of an aggregate, as written down from a field on.
std::vector<SqlValue> load_arguments(Emitter& e, Bytes record, const std::vector<pipeline::FieldLayout>& fields, size_t first, size_t count) {
  std::vector<SqlValue> values;
  for (size_t a = 0; a < count; ++a) values.push_back(load_field(e, record, fields[first + a]));
  return values;
}

/// A row that is wanted has no NULL among them.
void store_arguments(Emitter& e, Pointer<char> record, const std::vector<pipeline::FieldLayout>& fields, size_t first, const OrderedInput& input,
                     const KeepBytes& keep) {
  for (size_t a = 0; a < input.arguments.size(); ++a) {
    SqlValue v = input.arguments[a];
    v.null = {};
    store_field(e, record, fields[first + a], v, keep);
  }
}

}  // namespace

void generate_adopt(Emitter& e, const std::string& name, const pipeline::AggregateState& state) {
  const auto ask = [&](const RollupArguments& given, Pointer<abi::GroupEntry* const> entries, Int i, Int count) { ask_for_adoption(e, given, entries, i, count); };
  for_each_group(e, name, ask, [&](const RollupArguments& given, Pointer<abi::GroupEntry> group) {
    std::vector<SqlValue> keys;
    for (const auto& field : state.kept.keys.fields) keys.push_back(load_field(e, e.at<const char>(group, 0), field));
    auto on_insert = [&](Pointer<abi::GroupEntry> entry) {
      if (state.spec.what == abi::EmitWhat::Inserted) touch_group(e, given.state, given.target, entry);
    };
    Pointer<abi::GroupEntry> whole = find_or_insert_group(e, given.target, keys, state.kept, on_insert);
    if (state.spec.what == abi::EmitWhat::Touched) touch_group(e, given.state, given.target, whole);
    e.store_at(group, state.kept.whole_offset, whole);
  });
}

void generate_merge(Emitter& e, const std::string& name, const pipeline::AggregateState& state) {
  const auto ask = [&](const RollupArguments&, Pointer<abi::GroupEntry* const> entries, Int i, Int count) { ask_for_whole(e, entries, i, count, state); };
  for_each_group(e, name, ask, [&](const RollupArguments& given, Pointer<abi::GroupEntry> group) {
    const GroupInHand into{whole_of(e, group, state), state.kept};
    for (size_t i = 0; i < state.node->calls.size(); ++i) {
      const plan::AggregateCall& call = state.node->calls[i];
      if (merges_in_any_order(*call.function)) merge_aggregate(e, call, i, given.target, into, {group, state.kept});
    }
  });
}

void generate_replay(Emitter& e, const std::string& name, const pipeline::AggregateState& state) {
  auto& build = e.builder();
  auto arguments = e.begin_function(name, {build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getInt64Ty()});
  ir::Bytes records(arguments[2]);
  const std::vector<pipeline::FieldLayout>& fields = state.log.fields.fields;
  e.for_range(e.int_(0), Int(arguments[3]), [&](Int i) {
    ir::Bytes record = e.byte_at(records, e.mul(i, e.int_(state.log.fields.size)));
    auto group = whole_of(e, e.load_at<abi::GroupEntry*>(record, UpdateLogLayout::kGroupOffset), state);
    auto table = e.load<&abi::GroupTable::whole>(e.load_at<abi::GroupTable*>(record, UpdateLogLayout::kTableOffset));
    for (const UpdateLogLayout::Call& ordered : state.log.calls) {
      const plan::AggregateCall& call = state.node->calls[ordered.index];
      e.if_(load_field(e, record, fields[ordered.wanted_field]).boolean(), [&] {
        const std::vector<SqlValue> values = load_arguments(e, record, fields, ordered.first_field, call.arguments.size());
        add_to_aggregate(e, table, group, call, state.kept, ordered.index, values, e.int_(0));
      });
    }
  });
  e.end_function();
}

namespace {

/// Adds one row that was written down.
void add_staged_row(Emitter& e, const RollupArguments& given, Bytes record, const pipeline::AggregateState& state) {
  const StagedRowLayout& staged = state.staged;
  const std::vector<pipeline::FieldLayout>& fields = staged.fields.fields;
  const Int number = e.load_at<int64_t>(record, StagedRowLayout::kNumberOffset);
  std::vector<SqlValue> keys;
  for (size_t i = 0; i < state.node->keys.size(); ++i) keys.push_back(load_field(e, record, fields[i]));
  auto on_insert = [&](Pointer<abi::GroupEntry> entry) {
    e.store_at(entry, state.kept.whole_offset, number);
    if (state.spec.what == abi::EmitWhat::Inserted) touch_group(e, given.state, given.target, entry);
  };
  const Word hash = e.load_at<uint64_t>(record, StagedRowLayout::kHashOffset);
  const Pointer<abi::GroupEntry> group = find_or_insert_group(e, given.target, hash, keys, state.kept, on_insert);
  if (state.spec.what == abi::EmitWhat::Touched) touch_group(e, given.state, given.target, group);
  for (size_t i = 0; i < staged.calls.size(); ++i) {
    const plan::AggregateCall& call = state.node->calls[i];
    auto add = [&] {
      const std::vector<SqlValue> values = load_arguments(e, record, fields, staged.calls[i].first_field, call.arguments.size());
      add_to_aggregate(e, given.target, group, call, state.kept, i, values, number);
    };
    if (staged.calls[i].wanted_field) e.if_(load_field(e, record, fields[*staged.calls[i].wanted_field]).boolean(), add);
    else add();
  }
}

/// Has the groups of some rows brought near, all of their slots first.
void ask_for_staged(Emitter& e, const RollupArguments& given, const std::function<Bytes(Int)>& record, Int rows, int64_t entry_bytes) {
  const Word mask = e.load<&abi::GroupTable::mask>(given.target);
  const Bytes slots(e.load<&abi::GroupTable::slots>(given.target).raw);
  const auto hash_of = [&](Int i) { return e.load_at<uint64_t>(record(i), StagedRowLayout::kHashOffset); };
  e.if_(e.le(e.int_(kLargeTableSlots - 1), e.to_int(mask)), [&] {
    e.for_range(e.int_(0), rows, [&](Int i) { e.ask_for(e.byte_at(slots, e.mul(e.to_int(e.band(hash_of(i), mask)), e.int_(8)))); });
    e.for_range(e.int_(0), rows, [&](Int i) { ask_for_entry(e, likely_slot(e, given.target, hash_of(i)), entry_bytes); });
  });
}

}  // namespace

void generate_add_staged(Emitter& e, const std::string& name, const pipeline::AggregateState& state) {
  constexpr int64_t kRowsAhead = 64;
  auto& build = e.builder();
  auto arguments = e.begin_function(name, {build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getInt64Ty()});
  const RollupArguments given{Pointer<abi::AggregateState>(arguments[1]), Pointer<abi::GroupTable>(arguments[2])};
  const Bytes records(arguments[3]);
  const Int count(arguments[4]);
  const int64_t record_bytes = state.staged.fields.size;
  e.for_range(e.int_(0), e.sdiv(e.add(count, e.int_(kRowsAhead - 1)), e.int_(kRowsAhead)), [&](Int strip) {
    const Int from = e.mul(strip, e.int_(kRowsAhead));
    const Int left = e.sub(count, from);
    const Int rows = e.select(e.lt(left, e.int_(kRowsAhead)), left, e.int_(kRowsAhead));
    const auto record = [&](Int i) { return e.byte_at(records, e.mul(e.add(from, i), e.int_(record_bytes))); };
    ask_for_staged(e, given, record, rows, state.kept.entry_size);
    e.for_range(e.int_(0), rows, [&](Int i) { add_staged_row(e, given, record(i), state); });
  });
  e.end_function();
}

void stage_row(Emitter& e, Pointer<abi::UpdateLog* const> logs, const StagedRowLayout& layout, const StagedRow& row) {
  const Word hash = hash_of_keys(e, row.keys);
  const Word part = e.band(e.shift_right(hash, abi::kGroupPartShift), e.word(abi::kGroupParts - 1));
  const Pointer<abi::UpdateLog> log = e.element(logs, e.to_int(part));
  const Pointer<char> record = e.call<&abi::mr_log_append>(log, e.int_(layout.fields.size));
  const KeepBytes keep = [&e, log](ir::Bytes data, Int size) { return e.call<&abi::mr_log_keep>(log, data, size); };
  const std::vector<pipeline::FieldLayout>& fields = layout.fields.fields;
  e.store_at(record, StagedRowLayout::kHashOffset, hash);
  e.store_at(record, StagedRowLayout::kNumberOffset, row.number);
  for (size_t i = 0; i < row.keys.size(); ++i) store_field(e, record, fields[i], row.keys[i], keep);
  for (size_t i = 0; i < layout.calls.size(); ++i) {
    const OrderedInput& input = row.inputs[i];
    store_arguments(e, record, fields, layout.calls[i].first_field, input, keep);
    const ir::Bool wanted = input.wanted ? input.wanted : e.bool_(true);
    if (layout.calls[i].wanted_field) store_field(e, record, fields[*layout.calls[i].wanted_field], SqlValue::of(wanted), keep);
  }
}

void write_down(Emitter& e, Pointer<abi::UpdateLog> log, const UpdateLogLayout& layout, Pointer<abi::GroupTable> table,
                Pointer<abi::GroupEntry> group, const std::vector<OrderedInput>& inputs) {
  Pointer<char> record = e.call<&abi::mr_log_append>(log, e.int_(layout.fields.size));
  KeepBytes keep = [&e, log](ir::Bytes data, Int size) { return e.call<&abi::mr_log_keep>(log, data, size); };
  e.store_at(record, UpdateLogLayout::kGroupOffset, group);
  e.store_at(record, UpdateLogLayout::kTableOffset, table);
  for (const UpdateLogLayout::Call& ordered : layout.calls) {
    const OrderedInput& input = inputs[ordered.index];
    store_arguments(e, record, layout.fields.fields, ordered.first_field, input, keep);
    ir::Bool wanted = input.wanted ? input.wanted : e.bool_(true);
    store_field(e, record, layout.fields.fields[ordered.wanted_field], SqlValue::of(wanted), keep);
  }
}

}  // namespace millrace
