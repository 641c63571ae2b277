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
    if (state_.spec.time == abi::TimeKind::Session) {
      merge_states(source, e.load<&abi::GroupTable::only_entry>(target_));  // the two are of one key
      return;
    }
    std::vector<SqlValue> keys;
    for (const auto& field : state_.kept.keys.fields) keys.push_back(load_field(e, e.at<const char>(source, 0), field));
    if (state_.shown.keys.fields.size() == keys.size()) {
      merge_into(source, keys);  // one grouping set: only the windows' panes are merged
      return;
    }
    // A loop over the sets rather than code for each: a cube of n keys has 2^n of them.
    const auto& sets = state_.node->grouping_sets;
    ir::Pointer<const uint64_t> masks(e.bytes(words(sets)).raw);
    e.for_range(e.int_(0), e.int_(static_cast<int64_t>(sets.size())), [&](Int i) {
      ir::Word mask = e.element(masks, i);
      merge_into(source, keys_of_set(keys, mask));
    });
  }

  static std::string words(const std::vector<uint64_t>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(uint64_t)};
  }

  /// The set's grouping_id(), then the keys, NULL where the set lacks them. Spark's id has the first key as its highest bit, set
  /// when the key is rolled up.
  std::vector<SqlValue> keys_of_set(const std::vector<SqlValue>& keys, ir::Word mask) {
    std::vector<SqlValue> out(1);
    ir::Word id = e.word(0);
    for (size_t i = 0; i < keys.size(); ++i) {
      ir::Word absent = e.bxor(e.band(e.shift_right(mask, static_cast<unsigned>(i)), e.word(1)), e.word(1));
      id = e.bor(e.to_word(e.add(e.to_int(id), e.to_int(id))), absent);
      out.push_back(blank_if(keys[i], e.eq(absent, e.word(1))));
    }
    out[0] = SqlValue::of(SqlType(TypeKind::BigInt), e.to_int(id));
    return out;
  }

  /// NULL, with a machine value that hashes alike in every group, where `absent` holds.
  SqlValue blank_if(const SqlValue& key, ir::Bool absent) {
    SqlValue nothing = sql::null_of(e, key.type);
    return sql::choose(e, absent, [&] { return nothing; }, [&] { return key; });
  }

  void merge_into(Pointer<abi::GroupEntry> source, const std::vector<SqlValue>& keys) {
    Pointer<abi::GroupEntry> into = find_or_insert_group(e, target_, keys, state_.shown, [](Pointer<abi::GroupEntry>) {});
    if (state_.spec.what == abi::EmitWhat::Touched) {
      e.if_(is_touched(e, runtime_state_, source), [&] { touch_group(e, runtime_state_, target_, into); });
    }
    merge_states(source, into);
  }

  void merge_states(Pointer<abi::GroupEntry> source, Pointer<abi::GroupEntry> into) {
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
      add_to_aggregate(e, target_, into, call, state_.shown, i, {distinct_value(set, at, kept_type(call.arguments[0]->type))}, at);
    });
  }

  /// A STRUCT is kept as the run of its fields.
  static SqlType kept_type(const SqlType& type) { return type.is(TypeKind::Struct) ? SqlType::array(TypeKind::Null) : type; }

  SqlValue distinct_value(Pointer<const abi::DistinctSet> set, Int at, const SqlType& type) {
    if (type.is_bytes()) {
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
