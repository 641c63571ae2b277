#include "compiler/codegen/operators/aggregate_merge.h"

#include "compiler/codegen/operators/group_probe.h"
#include "runtime/abi/calls/state.h"

namespace millrace {

using ir::Emitter;
using ir::Int;
using ir::Pointer;

namespace {

/// A STRUCT is kept as the run of its fields.
SqlType kept_type(const SqlType& type) { return type.is(TypeKind::Struct) ? SqlType::array(TypeKind::Null) : type; }

SqlValue distinct_value(Emitter& e, Pointer<const abi::DistinctSet> set, Int at, const SqlType& type) {
  if (type.is_bytes()) {
    auto out = e.slot<abi::StringRef>("value");
    e.call<&abi::mr_distinct_string>(set, at, out.pointer());
    return sql::from_string_ref(e, type, out.pointer());
  }
  if (type.is(TypeKind::Decimal)) {
    auto out = e.slot<abi::StringRef>("value");
    e.call<&abi::mr_distinct_string>(set, at, out.pointer());
    llvm::Value* bytes = e.load<&abi::StringRef::data>(out.pointer()).raw;
    return SqlValue::of(type, ir::Wide(e.builder().CreateAlignedLoad(e.builder().getInt128Ty(), bytes, llvm::Align(1))));
  }
  if (type.is_floating()) return SqlValue::of(type, e.call<&abi::mr_distinct_double>(set, at));
  Int v = e.call<&abi::mr_distinct_int>(set, at);
  if (type.is(TypeKind::Boolean)) return SqlValue::of(e.ne(v, e.int_(0)));
  return SqlValue::of(type, v);
}

/// What a call with DISTINCT takes, of a kept value; two DOUBLEs are kept as one of sixteen bytes.
std::vector<SqlValue> distinct_values(Emitter& e, Pointer<const abi::DistinctSet> set, Int at, const plan::AggregateCall& call) {
  if (call.arguments.size() == 1) return {distinct_value(e, set, at, kept_type(call.arguments[0]->type))};
  auto out = e.slot<abi::StringRef>("pair");
  e.call<&abi::mr_distinct_string>(set, at, out.pointer());
  ir::Bytes bytes(e.load<&abi::StringRef::data>(out.pointer()).raw);
  std::vector<SqlValue> pair;
  for (int64_t half : {0, 8}) pair.push_back(SqlValue::of(SqlType(TypeKind::Double), e.as_real(e.to_int(e.load_bytes(bytes, half, 8)))));
  return pair;
}

}  // namespace

void merge_aggregate(Emitter& e, const plan::AggregateCall& call, size_t index, Pointer<abi::GroupTable> table,
                     const GroupInHand& into, const GroupInHand& from) {
  if (call.distinct) {
    auto set = Pointer<const abi::DistinctSet>(
        e.load_at<abi::DistinctSet*>(from.entry, from.layout.distinct_offset[index]).raw);
    // Behind those that are there, for what lists them in order.
    auto before = Pointer<const abi::DistinctSet>(e.load_at<abi::DistinctSet*>(into.entry, into.layout.distinct_offset[index]).raw);
    Int known = e.call<&abi::mr_distinct_count>(before);
    e.for_range(e.int_(0), e.call<&abi::mr_distinct_count>(set), [&](Int at) {
      add_to_aggregate(e, table, into.entry, call, into.layout, index, distinct_values(e, set, at, call), e.add(known, at));
    });
    return;
  }
  std::vector<llvm::Value*> operands;
  if (call.function->takes_table) operands.push_back(table.raw);
  operands.push_back(e.at<char>(into.entry, into.layout.state_offset[index]).raw);
  operands.push_back(e.at<char>(from.entry, from.layout.state_offset[index]).raw);
  e.call_native(call.function->merge, operands);
}

}  // namespace millrace
