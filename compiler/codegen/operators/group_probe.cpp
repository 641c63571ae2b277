#include "compiler/codegen/operators/group_probe.h"

#include <limits>

#include "compiler/base/sql_error.h"
#include "compiler/codegen/nested_access.h"
#include "compiler/codegen/operators/join_keys.h"
#include "compiler/codegen/tuple_access.h"
#include "runtime/abi/calls/state.h"

namespace millrace {

using ir::Bool;
using ir::Emitter;
using ir::Int;
using ir::Label;
using ir::Pointer;
using ir::Word;

namespace {


KeepBytes keep_in(Emitter& e, Pointer<abi::GroupTable> table) {
  return [&e, table](ir::Bytes data, Int size) { return e.call<&abi::mr_group_keep>(table, data, size); };
}

Bool keys_equal(Emitter& e, Pointer<const char> entry, const std::vector<SqlValue>& keys, const pipeline::TupleLayout& layout) {
  Bool all = e.bool_(true);
  for (size_t i = 0; i < keys.size(); ++i) {
    all = e.and_(all, sql::equal_or_both_null(e, load_field(e, entry, layout.fields[i]), keys[i]));
  }
  return all;
}

/// The table's only group.
Pointer<abi::GroupEntry> single_group(Emitter& e, Pointer<abi::GroupTable> table,
                                      const std::function<void(Pointer<abi::GroupEntry>)>& on_insert) {
  auto found = e.slot<abi::GroupEntry*>("group");
  e.set(found, e.load<&abi::GroupTable::only_entry>(table));
  e.if_(e.is_null(e.get(found)), [&] {
    auto entry = e.call<&abi::mr_group_insert>(table, e.word(0));
    e.set(found, entry);
    on_insert(entry);
  });
  return e.get(found);
}

}  // namespace

Int floor_to(Emitter& e, Int t, int64_t width, int64_t offset) {
  Int shifted = offset ? e.sub(t, e.int_(offset)) : t;
  Int rest = e.srem(shifted, e.int_(width));
  rest = e.select(e.lt(rest, e.int_(0)), e.add(rest, e.int_(width)), rest);
  return e.sub(t, rest);
}

Pointer<abi::GroupEntry> find_or_insert_group(Emitter& e, Pointer<abi::GroupTable> table, const std::vector<SqlValue>& keys,
                                              const pipeline::AggregateLayout& layout,
                                              const std::function<void(Pointer<abi::GroupEntry>)>& on_insert) {
  if (keys.empty()) return single_group(e, table, on_insert);
  return find_or_insert_group(e, table, hash_of_keys(e, keys), keys, layout, on_insert);
}

/// Of the first few slots from the hash's home the first with the upper bits of the hash. Without a branch: which one it is is hard to foretell, since about one group of
/// four is not at home.
Word likely_slot(Emitter& e, Pointer<abi::GroupTable> table, Word hash) {
  constexpr int64_t kLooks = 4;
  const Pointer<uint64_t> slots = e.load<&abi::GroupTable::slots>(table);
  const Word mask = e.load<&abi::GroupTable::mask>(table);
  Word found = e.word(0);
  for (int64_t look = kLooks; look-- > 0;) {
    const Word slot = e.element(slots, e.to_int(e.band(e.to_word(e.add(e.to_int(hash), e.int_(look))), mask)));
    found = e.select(e.eq(e.shift_right(slot, abi::kSlotTagShift), e.shift_right(hash, abi::kSlotTagShift)), slot, found);
  }
  return found;
}

void ask_for_entry(Emitter& e, Word slot, int64_t entry_bytes) {
  const ir::Bytes entry = e.to_pointer<const char>(e.band(slot, e.word(abi::kSlotAddressMask)));
  e.ask_for(entry);
  if (entry_bytes > 8) e.ask_for(e.byte_at(entry, e.int_(entry_bytes - 1)));  // mostly in the next cache line
}

Pointer<abi::GroupEntry> find_or_insert_group(Emitter& e, Pointer<abi::GroupTable> table, Word hash, const std::vector<SqlValue>& keys,
                                              const pipeline::AggregateLayout& layout,
                                              const std::function<void(Pointer<abi::GroupEntry>)>& on_insert) {
  Word tag = e.shift_right(hash, 48);
  Pointer<uint64_t> slots = e.load<&abi::GroupTable::slots>(table);
  Word mask = e.load<&abi::GroupTable::mask>(table);

  auto found = e.slot<abi::GroupEntry*>("group");
  auto position = e.slot<uint64_t>("slot");
  e.set(position, e.band(hash, mask));
  Label probe = e.new_label("group.probe"), occupied = e.new_label("group.occupied"), candidate = e.new_label("group.candidate"),
        next = e.new_label("group.next"), insert = e.new_label("group.insert"), brought = e.new_label("group.brought"), done = e.new_label("group.found");
  e.place(probe);
  Word at = e.get(position);
  Word word = e.element(slots, e.to_int(at));
  e.branch(e.eq(word, e.word(0)), insert, occupied);
  e.place(occupied);
  e.branch(e.eq(e.shift_right(word, 48), tag), candidate, next);
  e.in_scope(candidate, [&] {
    Pointer<abi::GroupEntry> entry = e.to_pointer<abi::GroupEntry>(e.band(word, e.word(abi::kSlotAddressMask)));
    e.set(found, entry);
    e.branch(keys_equal(e, e.at<const char>(entry, 0), keys, layout.keys), done, next);
  });
  e.place(next);
  e.set(position, e.band(e.to_word(e.add(e.to_int(at), e.int_(1))), mask));
  e.jump(probe);
  e.place(brought);  // from where the table's slots were before it began to grow
  e.set(position, e.band(hash, mask));
  e.jump(probe);
  e.in_scope(insert, [&] {
    Pointer<abi::GroupEntry> entry = e.call<&abi::mr_group_insert>(table, hash);
    e.unlikely_leave_if(e.is_null(entry), brought);
    for (size_t i = 0; i < keys.size(); ++i) {
      store_field(e, e.at<char>(entry, 0), layout.keys.fields[i], keys[i], keep_in(e, table));
    }
    e.set(found, entry);
    on_insert(entry);
  });
  e.place(done);
  return e.get(found);
}

Bool is_touched(Emitter& e, Pointer<abi::AggregateState> state, Pointer<abi::GroupEntry> entry) {
  Word epoch = e.band(e.to_word(e.load<&abi::AggregateState::epoch>(state)), e.word(UINT32_MAX));
  return e.eq(e.zero_extend(e.load<&abi::GroupEntry::touched>(entry)), epoch);
}

void touch_group(Emitter& e, Pointer<abi::AggregateState> state, Pointer<abi::GroupTable> table, Pointer<abi::GroupEntry> entry) {
  e.if_(e.not_(is_touched(e, state, entry)), [&] {
    e.store<&abi::GroupEntry::touched>(entry, e.low_half(e.load<&abi::AggregateState::epoch>(state)));
    e.call<&abi::mr_group_touch>(table, entry);
  });
}

namespace {

/// The value where it is known not to be NULL.
SqlValue present(SqlValue v) {
  v.null = {};
  return v;
}

/// What a DECIMAL and a pair of DOUBLEs have in common: sixteen bytes.
const SqlType kPairType = SqlType::decimal(38, 0);

/// The sixteen bytes of a DECIMAL as a string.
Pointer<const abi::StringRef> decimal_bytes(Emitter& e, const SqlValue& v) {
  SqlValue bytes = SqlValue::of(SqlType(TypeKind::Binary), ir::Bytes(sql::as_decimal_ref(e, v).raw), e.int_(sizeof(abi::Decimal)));
  return sql::as_string_ref(e, bytes);
}

bool takes_pairs(const std::vector<SqlValue>& arguments) {
  return arguments.size() == 2 && arguments[0].type.is(TypeKind::Double) && arguments[1].type.is(TypeKind::Double);
}

/// The bits by which equal DOUBLEs are equal: one zero, one NaN.
llvm::Value* distinct_bits(Emitter& e, const SqlValue& v) {
  auto& builder = e.builder();
  llvm::Value* x = builder.CreateFAdd(v.real().raw, e.real(0).raw);
  llvm::Value* one = builder.CreateSelect(builder.CreateFCmpUNO(x, x), e.real(std::numeric_limits<double>::quiet_NaN()).raw, x);
  return builder.CreateZExt(builder.CreateBitCast(one, builder.getInt64Ty()), builder.getInt128Ty());
}

/// Two DOUBLEs as one value that a DistinctSet keeps, the first in the lower half.
SqlValue pair_of_doubles(Emitter& e, const SqlValue& first, const SqlValue& second) {
  auto& builder = e.builder();
  llvm::Value* high = builder.CreateShl(distinct_bits(e, second), 64);
  return SqlValue::of(kPairType, ir::Wide(builder.CreateOr(high, distinct_bits(e, first))));
}

Bool add_if_new(Emitter& e, Pointer<abi::GroupTable> table, Pointer<abi::DistinctSet*> set, const SqlValue& v) {
  if (v.is_bytes()) return e.call<&abi::mr_distinct_add_string>(table, set, Pointer<const abi::StringRef>(sql::as_string_ref(e, v)));
  if (v.type.is(TypeKind::Decimal)) return e.call<&abi::mr_distinct_add_string>(table, set, decimal_bytes(e, v));
  if (v.type.is_floating()) return e.call<&abi::mr_distinct_add_double>(table, set, v.real());
  if (v.type.is(TypeKind::Boolean)) return e.call<&abi::mr_distinct_add_int>(table, set, e.widen(v.boolean()));
  return e.call<&abi::mr_distinct_add_int>(table, set, v.integer());
}

}  // namespace

void add_to_aggregate(Emitter& e, Pointer<abi::GroupTable> table, Pointer<abi::GroupEntry> entry, const plan::AggregateCall& call,
                      const pipeline::AggregateLayout& layout, size_t index, const std::vector<SqlValue>& arguments, Int sequence) {
  const AggregateFunction& function = *call.function;
  auto add = [&] {
    std::vector<llvm::Value*> operands;
    if (function.takes_table) operands.push_back(table.raw);
    operands.push_back(e.at<char>(entry, layout.state_offset[index]).raw);
    if (function.rule) operands.push_back(sql::items_of(e, {}, {present(arguments.front())}).raw);
    for (size_t i = 0; !function.rule && i < arguments.size(); ++i) {
      if (function.parameters[i].match == Parameter::Match::Anything) continue;
      SqlValue v = present(arguments[i]);
      operands.push_back(sql::as_operand(e, v));
    }
    if (function.takes_sequence) operands.push_back(sequence.raw);
    e.call_native(function.add, operands);
  };
  if (!call.distinct) {
    add();
    return;
  }
  auto set = e.at<abi::DistinctSet*>(entry, layout.distinct_offset[index]);
  if (takes_pairs(arguments)) {
    e.if_(add_if_new(e, table, set, pair_of_doubles(e, arguments[0], arguments[1])), add);
    return;
  }
  if (arguments.size() != 1 || arguments[0].type.is(TypeKind::Struct)) {
    throw not_supported_yet(call.span, "DISTINCT over several values or a STRUCT");
  }
  e.if_(add_if_new(e, table, set, present(arguments[0])), add);
}

}  // namespace millrace
