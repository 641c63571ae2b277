#include "compiler/codegen/operators/groups_ahead.h"

#include "compiler/codegen/operators/group_probe.h"
#include "compiler/codegen/sql_value.h"
#include "runtime/hot/json.h"

namespace millrace {

using ir::Bytes;
using ir::Int;
using ir::Pointer;
using ir::Word;

namespace {

bool is_read_as_known(const SqlType& type) {
  return type.is(TypeKind::String) || type.is(TypeKind::Double) || type.is(TypeKind::TinyInt) || type.is(TypeKind::SmallInt) || type.is(TypeKind::Int) ||
         type.is(TypeKind::BigInt);
}

/// Goes back from the last operator's columns to those that it was given; false when they are computed.
bool go_back(std::vector<uint32_t>& columns, const pipeline::ProjectOp& op) {
  for (uint32_t& column : columns) {
    const auto* source = std::get_if<expr::ColumnRef>(&op.node->exprs[column]->node);
    if (source == nullptr) return false;
    column = source->index;
  }
  return true;
}
bool go_back(std::vector<uint32_t>&, const pipeline::FilterOp&) { return true; }
bool go_back(std::vector<uint32_t>&, const pipeline::ObserveOp&) { return true; }
bool go_back(std::vector<uint32_t>&, const auto&) { return false; }

}  // namespace

std::vector<uint32_t> GroupsAhead::key_fields(const pipeline::PhysicalQuery& query, const pipeline::Pipeline& pipeline, const abi::ScanSpec& scan,
                                              const std::vector<SqlType>& types) {
  const auto* target = std::get_if<pipeline::AggregateTarget>(&pipeline.target);
  if (target == nullptr || target->join_slot >= 0) return {};
  std::vector<uint32_t> columns;
  for (const auto& key : std::get<pipeline::AggregateState>(query.states[static_cast<size_t>(target->slot)]).node->keys) {
    const auto* column = std::get_if<expr::ColumnRef>(&key->node);
    if (column == nullptr) return {};
    columns.push_back(column->index);
  }
  for (size_t i = pipeline.ops.size(); i-- > 0;) {
    if (!std::visit([&](const auto& op) { return go_back(columns, op); }, pipeline.ops[i])) return {};
  }
  for (const uint32_t column : columns) {
    if (column >= types.size() || column >= abi::kKnownFieldsMax || scan.fields[column].late || !is_read_as_known(types[column])) return {};
  }
  return columns;
}

void GroupsAhead::ask(Pointer<abi::AggregateState> state, int64_t entry_bytes, Int from, Int to) {
  Pointer<abi::GroupTable> table = e.load<&abi::AggregateState::current>(state);
  auto* hashes_type = llvm::ArrayType::get(e.builder().getInt64Ty(), kRows);
  Pointer<uint64_t> hashes(e.stack_slot(hashes_type, "hashes"));
  e.if_(e.not_(e.is_null(table)), [&] {
    const Int mask = e.to_int(e.load<&abi::GroupTable::mask>(table));
    e.if_(e.le(e.int_(kLargeTableSlots - 1), mask), [&] {
      ask_for_slots(table, from, to, hashes);
      e.for_range(e.int_(0), e.sub(to, from), [&](Int i) {
        ask_for_entry(e, likely_slot(e, table, e.element(hashes, i)), entry_bytes);
      });
    });
  });
}

/// Notes each row's hash; a row of which little is known at once gets any.
void GroupsAhead::ask_for_slots(Pointer<abi::GroupTable> table, Int from, Int to, Pointer<uint64_t> hashes) {
  const Word mask = e.load<&abi::GroupTable::mask>(table);
  const Bytes slots(e.load<&abi::GroupTable::slots>(table).raw);
  uint64_t wanted = 0;
  for (const uint32_t key : keys_) wanted |= uint64_t{1} << key;
  e.for_range(from, to, [&](Int row) {
    const Int place = e.sub(row, placed_.from);
    const Bytes note = e.byte_at(Bytes(hashes.raw), e.mul(e.sub(row, from), e.int_(8)));
    e.store_at<uint64_t>(note, 0, e.word(0));
    e.if_(e.eq(e.band(e.element(placed_.known, place), e.word(wanted)), e.word(wanted)), [&] {
      const auto row_bytes = static_cast<int64_t>(placed_.fields * sizeof(abi::JsonField));
      const Word hash = hash_of(e.byte_at(placed_.places, e.mul(place, e.int_(row_bytes))));
      e.store_at<uint64_t>(note, 0, hash);
      e.ask_for(e.byte_at(slots, e.mul(e.to_int(e.band(hash, mask)), e.int_(8))));
    });
  });
}

Word GroupsAhead::hash_of(Bytes places) {
  Word hash = e.word(0);
  for (const uint32_t key : keys_) {
    const auto at = static_cast<int64_t>(key * sizeof(abi::JsonField));
    const Bytes text = e.byte_at(placed_.base, e.to_int(e.zero_extend(e.load_at<uint32_t>(places, at))));
    const Int size = e.to_int(e.zero_extend(e.load_at<uint32_t>(places, at + 4)));
    const SqlType& type = types_[key];
    SqlValue value;
    if (type.is(TypeKind::String)) value = SqlValue::of(type, e.byte_at(text, e.int_(1)), e.sub(size, e.int_(2)));
    else if (type.is(TypeKind::Double)) value = SqlValue::of(type, e.call<&abi::mr_json_known_double>(text, size));
    else value = SqlValue::of(type, e.call<&abi::mr_json_digits>(text, size));
    hash = sql::hash(e, hash, value);
  }
  return hash;
}

}  // namespace millrace
