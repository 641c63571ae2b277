#include "compiler/codegen/operators/rollup.h"

#include "compiler/codegen/operators/aggregate_merge.h"
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
      merge_aggregate(e, state_.node->calls[i], i, target_, {into, state_.shown}, {source, state_.kept});
    }
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
