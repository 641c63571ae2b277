#include "compiler/codegen/operators/join_keys.h"
#include "compiler/codegen/operators/pipeline_compiler.h"

namespace millrace {

using ir::Bool;
using ir::Int;
using ir::Label;
using ir::Pointer;
using ir::Word;

Word hash_of_keys(ir::Emitter& e, const std::vector<SqlValue>& keys) {
  Word h = e.word(0);
  for (const SqlValue& key : keys) h = sql::hash(e, h, key);
  return h;
}

Bool any_key_null(ir::Emitter& e, const std::vector<SqlValue>& keys) {
  Bool null;
  for (const SqlValue& key : keys) null = sql::either_null(e, null, key.null);
  return null;
}

/// Build side: rows whose key has a NULL can match nothing and are kept by FULL joins only.
void PipelineCompiler::finish(Row& row, const pipeline::JoinTarget& target) {
  const auto& state = std::get<pipeline::JoinState>(query_.states[target.slot]);
  auto table = this->state<abi::JoinTable>(target.slot);
  std::vector<SqlValue> keys, columns;
  for (const auto& key : state.node->right_keys) keys.push_back(compile(*key, row));
  for (uint32_t i = 0; i < row.size(); ++i) columns.push_back(row.column(i));
  auto insert = [&] {
    Pointer<abi::JoinTuple> tuple = e.call<&abi::mr_join_insert>(table, hash_of_keys(e, keys));
    KeepBytes keep = [&](ir::Bytes data, Int size) { return e.call<&abi::mr_join_keep>(table, data, size); };
    for (size_t i = 0; i < columns.size(); ++i) store_field(e, e.at<char>(tuple, 0), state.layout.fields[i], columns[i], keep);
  };
  Bool null = any_key_null(e, keys);
  if (null && !state.matched_offset) e.if_(e.not_(null), insert);
  else insert();
}

namespace {

/// The loop over a probe row's matches. An outer join's row without a match is one more turn with a tuple of NULLs, so that what
/// follows the join is generated once; so is an ANTI join's row. SEMI and ANTI joins leave at the first match.
class Probe {
 public:
  Probe(ir::Emitter& emitter, const pipeline::JoinState& state, Pointer<abi::JoinTable> table, Row& left)
      : e(emitter),
        state_(state),
        table_(table),
        left_(left),
        kind_(state.node->kind),
        outer_(plan::pads_right(kind_)) {}

  /// `fail` is generated where a SINGLE join finds a second match.
  template <class CompileFn, class ConsumeFn, class FailFn>
  void emit(CompileFn compile, ConsumeFn consume, FailFn fail) {
    std::vector<SqlValue> keys;
    for (const auto& key : state_.node->left_keys) keys.push_back(compile(*key, left_));
    Word hash = hash_of_keys(e, keys);
    auto next = e.slot<abi::JoinTuple*>("match");
    auto matched = e.slot<bool>("matched");
    e.set(matched, e.bool_(false));
    e.set(next, first_of_bucket(hash, any_key_null(e, keys)));

    Label head = e.new_label("join.next"), check = e.new_label("join.check"), skip = e.new_label("join.skip"),
          exhausted = e.new_label("join.exhausted"), match = e.new_label("join.match"), end = e.new_label("join.end");
    const bool anti = kind_ == plan::JoinKind::LeftAnti, single = kind_ == plan::JoinKind::LeftSingle;
    Label second = single ? e.new_label("join.second") : end;
    e.place(head);
    Pointer<abi::JoinTuple> tuple = e.get(next);
    e.branch(e.is_null(tuple), exhausted, check);
    auto current = e.slot<abi::JoinTuple*>("current");
    e.in_scope(check, [&] {
      e.set(current, tuple);
      e.leave_if(e.not_(e.eq(e.load<&abi::JoinTuple::hash>(tuple), hash)), skip);
      compare_keys(keys, tuple, compile, skip);
      if (state_.node->condition) {
        Row both = joined_row(tuple, Bool());
        e.leave_if(e.not_(sql::is_true(e, compile(*state_.node->condition, both))), skip);
      }
      e.jump(anti ? end : match);
    });
    e.place(skip);
    e.set(next, e.load<&abi::JoinTuple::next>(tuple));
    e.jump(head);
    e.place(exhausted);
    if (outer_) {
      e.set(current, e.null<abi::JoinTuple>());
      e.branch(e.get(matched), end, match);
    } else {
      if (kind_ == plan::JoinKind::LeftMark) e.set(current, e.null<abi::JoinTuple>());
      e.jump(anti || kind_ == plan::JoinKind::LeftMark ? match : end);
    }
    e.in_scope(match, [&] {
      if (single) e.leave_if(e.get(matched), second);
      e.set(matched, e.bool_(true));
      if (kind_ == plan::JoinKind::LeftMark) {
        Row marked = marked_row(e.not_(e.is_null(e.get(current))));
        consume(marked, e.null<abi::JoinTuple>());
        e.jump_unless_left(end);
        return;
      }
      if (plan::shows_left_only(kind_)) {
        consume(left_, e.null<abi::JoinTuple>());
        e.jump_unless_left(end);
        return;
      }
      consume_pair(e.get(current), next, consume);
      e.jump_unless_left(head);
    });
    if (single) {
      e.place(second);
      fail();
      e.jump(end);
    }
    e.place(end);
  }

 private:
  template <class CompileFn>
  void compare_keys(const std::vector<SqlValue>& keys, Pointer<abi::JoinTuple> tuple, CompileFn compile, Label skip) {
    Row right = right_row(tuple, Bool());
    for (size_t i = 0; i < keys.size(); ++i) {
      SqlValue own = keys[i];
      SqlValue other = compile(*state_.node->right_keys[i], right);
      if (state_.matched_offset && other.null) e.leave_if(other.null, skip);
      own.null = other.null = {};  // neither side gets here with a NULL
      e.leave_if(e.not_(sql::equal(e, own, other)), skip);
    }
  }

  template <class ConsumeFn>
  void consume_pair(Pointer<abi::JoinTuple> found, ir::Slot<abi::JoinTuple*> next, ConsumeFn consume) {
    Bool missing;
    if (outer_) missing = e.is_null(found);
    if (state_.matched_offset) {
      e.if_(e.not_(missing), [&] { e.store_at(found, state_.matched_offset, e.bool_(true)); });
    }
    if (outer_) found = e.select(missing, nulls(), found);
    Row both = joined_row(found, missing);
    e.set(next, e.load<&abi::JoinTuple::next>(found));
    consume(both, found);
  }

  Pointer<abi::JoinTuple> first_of_bucket(Word hash, Bool null) {
    Pointer<abi::JoinTuple*> buckets = e.load<&abi::JoinTable::buckets>(table_);
    Word bucket = e.band(hash, e.load<&abi::JoinTable::mask>(table_));
    Pointer<abi::JoinTuple> first = e.element(buckets, e.to_int(bucket));
    return null ? e.select(null, e.null<abi::JoinTuple>(), first) : first;
  }

  /// A tuple of zero bytes: what a missing match is read from, its columns' NULL flags set on top.
  Pointer<abi::JoinTuple> nulls() {
    return Pointer<abi::JoinTuple>(e.bytes(std::string(state_.layout.size, '\0')).raw);
  }

  Row right_row(Pointer<abi::JoinTuple> tuple, Bool missing) {
    Row row(e);
    add_right(row, tuple, missing);
    return row;
  }

  void add_right(Row& row, Pointer<abi::JoinTuple> tuple, Bool missing) {
    for (const pipeline::FieldLayout& field : state_.layout.fields) {
      row.add([this, tuple, &field, missing] {
        return sql::with_null(e, load_field(e, e.at<const char>(tuple, 0), field), missing);
      });
    }
  }

  Row marked_row(Bool mark) {
    Row row(e);
    for (uint32_t i = 0; i < left_.size(); ++i) row.add([this, i] { return left_.column(i); });
    row.add([mark] { return SqlValue::of(mark); });
    return row;
  }

  Row joined_row(Pointer<abi::JoinTuple> tuple, Bool missing) {
    Row row(e);
    for (uint32_t i = 0; i < left_.size(); ++i) row.add([this, i] { return left_.column(i); });
    add_right(row, tuple, missing);
    return row;
  }

  ir::Emitter& e;
  const pipeline::JoinState& state_;
  Pointer<abi::JoinTable> table_;
  Row& left_;
  plan::JoinKind kind_;
  bool outer_;
};

}  // namespace

void PipelineCompiler::consume(size_t next, Row& row, const pipeline::ProbeOp& op) {
  const auto& state = std::get<pipeline::JoinState>(query_.states[op.slot]);
  pin(row);
  Probe(e, state, this->state<abi::JoinTable>(op.slot), row)
      .emit([this](const expr::Expr& x, Row& over) { return compile(x, over); }, [this, next](Row& joined, Pointer<abi::JoinTuple> match) {
              matched_ = match;
              consume(next, joined);
            }, [this] { e.store<&abi::PipelineContext::error>(context_, e.constant(abi::PipelineError::SeveralRows)); });
}

void PipelineCompiler::produce(const pipeline::UnmatchedSource& source) {
  const auto& state = std::get<pipeline::JoinState>(query_.states[source.slot]);
  auto table = Pointer<const abi::JoinTable>(this->state<abi::JoinTable>(source.slot).raw);
  Pointer<abi::JoinTuple* const> rows = e.call<&abi::mr_join_rows>(table);
  e.for_range(e.int_(0), e.load<&abi::JoinTable::count>(table), [&](Int i) {
    Pointer<abi::JoinTuple> tuple = e.element(rows, i);
    e.if_(e.not_(e.load_at<bool>(tuple, state.matched_offset)), [&] {
      Row row(e);
      for (const Column& column : state.node->left->schema) {
        row.add([this, &column] { return sql::null_of(e, column.type); });
      }
      for (const pipeline::FieldLayout& field : state.layout.fields) {
        row.add([this, tuple, &field] { return load_field(e, e.at<const char>(tuple, 0), field); });
      }
      consume(0, row);
    });
  });
}

}  // namespace millrace
