#include "compiler/codegen/operators/rollup.h"

#include "compiler/codegen/operators/group_probe.h"
#include "compiler/codegen/tuple_access.h"
#include "runtime/abi/calls/state.h"
#include "runtime/abi/context.h"

namespace millrace {

using ir::Emitter;
using ir::Int;
using ir::Pointer;

namespace {

class Rollup {
 public:
  Rollup(Emitter& emitter, const pipeline::AggregateState& state) : e(emitter), state_(state) {}

  void emit(const std::string& name) {
    auto& build = e.builder();
    auto arguments =
        e.begin_function(name, {build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getPtrTy(), build.getInt64Ty()});
    context_ = Pointer<abi::PipelineContext>(arguments[0]);
    runtime_state_ = Pointer<abi::AggregateState>(arguments[1]);
    target_ = Pointer<abi::GroupTable>(arguments[2]);
    Pointer<abi::GroupEntry* const> entries(arguments[3]);
    e.for_range(e.int_(0), Int(arguments[4]), [&](Int i) { merge_group(e.element(entries, i)); });
    e.end_function();
  }

 private:
  void merge_group(Pointer<abi::GroupEntry> source) {
    std::vector<SqlValue> keys;
    for (const auto& field : state_.kept.keys.fields) keys.push_back(load_field(e, e.at<const char>(source, 0), field));
    bool with_id = state_.shown.keys.fields.size() > keys.size();
    for (uint64_t set : state_.node->grouping_sets) merge_into(source, set_keys(keys, set, with_id));
  }

  std::vector<SqlValue> set_keys(const std::vector<SqlValue>& keys, uint64_t set, bool with_id) {
    std::vector<SqlValue> out;
    if (with_id) out.push_back(SqlValue::of(SqlType(TypeKind::BigInt), e.int_(grouping_id(set, keys.size()))));
    for (size_t i = 0; i < keys.size(); ++i) {
      bool present = set >> i & 1;
      SqlValue key = present ? keys[i] : sql::null_of(e, keys[i].type);
      if (present && with_id && !key.may_be_null()) key.null = e.bool_(false);
      out.push_back(std::move(key));
    }
    return out;
  }

  /// Spark's grouping_id(): the first key is the highest bit, which is set when the key is rolled up.
  static int64_t grouping_id(uint64_t set, size_t keys) {
    int64_t id = 0;
    for (size_t i = 0; i < keys; ++i) id = id << 1 | static_cast<int64_t>(!(set >> i & 1));
    return id;
  }

  void merge_into(Pointer<abi::GroupEntry> source, const std::vector<SqlValue>& keys) {
    Pointer<abi::GroupEntry> into = find_or_insert_group(e, target_, keys, state_.shown, [](Pointer<abi::GroupEntry>) {});
    if (state_.spec.what == abi::EmitWhat::Touched) {
      e.if_(is_touched(e, runtime_state_, source), [&] { touch_group(e, runtime_state_, target_, into); });
    }
    for (size_t i = 0; i < state_.node->calls.size(); ++i) {
      if (state_.node->calls[i].distinct) merge_distinct(source, into, i);
      else merge_state(source, into, i);
    }
  }

  void merge_state(Pointer<abi::GroupEntry> source, Pointer<abi::GroupEntry> into, size_t i) {
    const AggregateFunction& function = *state_.node->calls[i].function;
    std::vector<llvm::Value*> operands;
    if (function.takes_table) operands.push_back(target_.raw);
    operands.push_back(e.at<char>(into, state_.shown.state_offset[i]).raw);
    operands.push_back(e.at<char>(source, state_.kept.state_offset[i]).raw);
    e.call_native(function.merge, operands);
  }

  /// The values of one set are added to the other: what both have counts once.
  void merge_distinct(Pointer<abi::GroupEntry> source, Pointer<abi::GroupEntry> into, size_t i) {
    const plan::AggregateCall& call = state_.node->calls[i];
    auto set = Pointer<const abi::DistinctSet>(e.load_at<abi::DistinctSet*>(source, state_.kept.distinct_offset[i]).raw);
    e.for_range(e.int_(0), e.call<&abi::mr_distinct_count>(set), [&](Int at) {
      add_to_aggregate(e, target_, into, call, state_.shown, i, {distinct_value(set, at, call.arguments[0]->type)}, at);
    });
  }

  SqlValue distinct_value(Pointer<const abi::DistinctSet> set, Int at, const SqlType& type) {
    if (type.is(TypeKind::String) || type.is(TypeKind::Binary)) {
      auto out = e.slot<abi::StringRef>("value");
      e.call<&abi::mr_distinct_string>(set, at, out.pointer());
      return sql::from_string_ref(e, type, out.pointer());
    }
    if (type.is_floating()) return SqlValue::of(type, e.call<&abi::mr_distinct_double>(set, at));
    Int v = e.call<&abi::mr_distinct_int>(set, at);
    if (type.is(TypeKind::Boolean)) return SqlValue::of(e.ne(v, e.int_(0)));
    return SqlValue::of(type, v);
  }

  Emitter& e;
  const pipeline::AggregateState& state_;
  Pointer<abi::PipelineContext> context_;
  Pointer<abi::AggregateState> runtime_state_;
  Pointer<abi::GroupTable> target_;
};

}  // namespace

void generate_rollup(Emitter& e, const std::string& name, const pipeline::AggregateState& state) {
  Rollup(e, state).emit(name);
}

}  // namespace millrace
