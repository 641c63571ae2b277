#include <functional>

#include "compiler/codegen/operators/join_keys.h"
#include "compiler/codegen/operators/pipeline_compiler.h"
#include "runtime/abi/calls/stream_join.h"
#include "runtime/hot/stream_join.h"

namespace millrace {

using ir::Bool;
using ir::Int;
using ir::Label;
using ir::Pointer;
using ir::Word;
using plan::JoinKind;

namespace {

using KeptRow = Pointer<abi::StreamJoinRow>;
using Compile = std::function<SqlValue(const expr::Expr&, Row&)>;

void add_fields(ir::Emitter& e, Row& row, KeptRow kept, const pipeline::TupleLayout& layout) {
  for (const pipeline::FieldLayout& field : layout.fields) {
    row.add([&e, kept, &field] { return load_field(e, e.at<const char>(kept, 0), field); });
  }
}

/// What makes a row of one side find its matches and wait for more.
struct Identity {
  std::vector<SqlValue> keys;
  Word hash;
  Int expires;
  Bool unmatchable;  ///< a key or a bounded time is NULL; empty: never
};

/// A row of one side of a join of streams: met with what the other side keeps, then kept by its own. SEMI and ANTI joins show the
/// left row alone: a left row that has its one match is not kept, and one that is kept is taken out when it has it.
class StreamJoin {
 public:
  StreamJoin(ir::Emitter& emitter, const pipeline::StreamJoinState& own, const pipeline::StreamJoinState& other,
             Pointer<abi::StreamJoinTable> own_table, Pointer<abi::StreamJoinTable> other_table, Row& row, Compile compile)
      : e(emitter),
        own_(own),
        other_(other),
        own_table_(own_table),
        other_table_(other_table),
        row_(row),
        compile_(std::move(compile)),
        kind_(own.node->kind) {}

  template <class Consume>
  void emit(Consume consume) {
    Identity id = identify();
    matched_ = e.slot<bool>("matched");
    e.set(matched_, e.bool_(false));
    probe(id, consume);
    keep(id);
  }

 private:
  bool shows_left_only() const { return kind_ == JoinKind::LeftSemi || kind_ == JoinKind::LeftAnti; }
  /// One match is all that counts for the row in hand, or for the kept one.
  bool first_match_decides() const { return shows_left_only() && own_.is_left; }
  bool match_ends_kept_row() const { return shows_left_only() && !own_.is_left; }

  Identity identify() {
    Identity id;
    for (const auto& key : own_.keys()) id.keys.push_back(compile_(*key, row_));
    id.hash = hash_of_keys(e, id.keys);
    id.unmatchable = any_key_null(e, id.keys);
    id.expires = e.int_(INT64_MAX);
    Bool timeless;
    for (const plan::TimeBound& bound : own_.bounds) {
      SqlValue time = compile_(*bound.time, row_);
      Int end = e.call<&abi::mr_expiry>(time.integer(), e.int_(bound.shift_us));
      id.expires = e.select(e.lt(end, id.expires), end, id.expires);
      timeless = sql::either_null(e, timeless, time.null);
    }
    // Without its time a row fits no condition on it: its end is now.
    if (timeless) id.expires = e.select(timeless, e.int_(INT64_MIN), id.expires);
    id.unmatchable = sql::either_null(e, id.unmatchable, timeless);
    return id;
  }

  template <class Consume>
  void probe(const Identity& id, Consume consume) {
    auto next = e.slot<abi::StreamJoinRow*>("kept");
    e.set(next, first_of_chain(id));
    Label head = e.new_label("meet.next"), check = e.new_label("meet.check"), skip = e.new_label("meet.skip"),
          match = e.new_label("meet.match"), end = e.new_label("meet.end");
    e.place(head);
    KeptRow kept = e.get(next);
    e.branch(e.is_null(kept), end, check);
    e.in_scope(check, [&] {
      Word low = e.band(id.hash, e.word(UINT32_MAX));
      e.leave_if(e.not_(e.eq(e.zero_extend(e.load<&abi::StreamJoinRow::hash>(kept)), low)), skip);
      compare_keys(id, kept, skip);
      if (own_.node->condition) {
        Row both = joined_row(kept);
        e.leave_if(e.not_(sql::is_true(e, compile_(*own_.node->condition, both))), skip);
      }
      e.jump(match);
    });
    e.place(skip);
    e.set(next, e.load<&abi::StreamJoinRow::next>(kept));
    e.jump(head);
    e.in_scope(match, [&] {
      e.set(next, e.load<&abi::StreamJoinRow::next>(kept));
      meet(kept, consume);
      e.jump_unless_left(first_match_decides() ? end : head);
    });
    e.place(end);
  }

  KeptRow first_of_chain(const Identity& id) {
    Word chain = e.band(id.hash, e.load<&abi::StreamJoinTable::mask>(other_table_));
    Pointer<abi::StreamJoinChain> chains = e.load<&abi::StreamJoinTable::chains>(other_table_);
    Pointer<abi::StreamJoinRow*> heads(chains.raw);  // head and tail in turn
    KeptRow first = e.element(heads, e.mul(e.to_int(chain), e.int_(2)));
    return id.unmatchable ? e.select(id.unmatchable, e.null<abi::StreamJoinRow>(), first) : first;
  }

  void compare_keys(const Identity& id, KeptRow kept, Label skip) {
    Row other(e);
    add_fields(e, other, kept, other_.layout);
    for (size_t i = 0; i < id.keys.size(); ++i) {
      SqlValue mine = id.keys[i];
      SqlValue its = compile_(*other_.keys()[i], other);
      mine.null = its.null = {};  // rows with a NULL in the key are in no chain
      e.leave_if(e.not_(sql::equal(e, mine, its)), skip);
    }
  }

  template <class Consume>
  void meet(KeptRow kept, Consume consume) {
    e.set(matched_, e.bool_(true));
    if (other_.spec.shows_unmatched || match_ends_kept_row()) {
      e.store<&abi::StreamJoinRow::matched>(kept, e.bool_(true));
    }
    if (match_ends_kept_row()) e.call<&abi::mr_stream_join_unlink>(other_table_, kept);
    if (kind_ == JoinKind::LeftAnti) return;
    if (kind_ != JoinKind::LeftSemi) {
      Row both = joined_row(kept);
      consume(both);
    } else if (own_.is_left) {
      consume(row_);
    } else {
      Row left(e);
      add_fields(e, left, kept, other_.layout);
      consume(left);
    }
  }

  void keep(const Identity& id) {
    auto insert = [&] { insert_row(id); };
    auto unless_matched = [&] {
      if (first_match_decides()) e.if_(e.not_(e.get(matched_)), insert);
      else insert();
    };
    const bool waits_in_vain = own_.spec.shows_unmatched;
    if (id.unmatchable && !waits_in_vain) e.if_(e.not_(id.unmatchable), unless_matched);
    else unless_matched();
  }

  void insert_row(const Identity& id) {
    Bool linked = id.unmatchable ? e.not_(id.unmatchable) : e.bool_(true);
    KeptRow kept = e.call<&abi::mr_stream_join_insert>(own_table_, id.hash, id.expires, linked, e.get(matched_));
    KeepBytes bytes = [&](ir::Bytes data, Int size) { return e.call<&abi::mr_stream_join_keep>(own_table_, data, size); };
    for (uint32_t i = 0; i < row_.size(); ++i) {
      store_field(e, e.at<char>(kept, 0), own_.layout.fields[i], row_.column(i), bytes);
    }
  }

  Row joined_row(KeptRow kept) {
    Row both(e);
    if (!own_.is_left) add_fields(e, both, kept, other_.layout);
    for (uint32_t i = 0; i < row_.size(); ++i) both.add([this, i] { return row_.column(i); });
    if (own_.is_left) add_fields(e, both, kept, other_.layout);
    return both;
  }

  ir::Emitter& e;
  const pipeline::StreamJoinState& own_;
  const pipeline::StreamJoinState& other_;
  Pointer<abi::StreamJoinTable> own_table_, other_table_;
  Row& row_;
  Compile compile_;
  JoinKind kind_;
  ir::Slot<bool> matched_;
};

}  // namespace

/// Late rows are dropped and counted: what they would have matched may be forgotten.
void PipelineCompiler::consume(size_t next, Row& row, const pipeline::StreamJoinOp& op) {
  const auto& own = std::get<pipeline::StreamJoinState>(query_.states[op.own_slot]);
  const auto& other = std::get<pipeline::StreamJoinState>(query_.states[op.other_slot]);
  pin(row);
  auto join = [&] {
    StreamJoin(e, own, other, state<abi::StreamJoinTable>(op.own_slot), state<abi::StreamJoinTable>(op.other_slot), row,
               [this](const expr::Expr& x, Row& over) { return compile(x, over); })
        .emit([this, next](Row& joined) { consume(next, joined); });
  };
  const auto& watermark = own.side().watermark_column;
  if (!watermark) {
    join();
    return;
  }
  SqlValue time = row.column(*watermark);
  Bool late = e.le(time.integer(), e.load<&abi::PipelineContext::watermark_us>(context_));
  if (time.may_be_null()) late = e.and_(late, e.not_(time.null));
  e.if_(late,
[&] { count_late(); }, join);
}

void PipelineCompiler::produce(const pipeline::ExpiredSource& source) {
  const auto& state = std::get<pipeline::StreamJoinState>(query_.states[source.slot]);
  auto table = this->state<abi::StreamJoinTable>(source.slot);
  Int count = e.call<&abi::mr_stream_join_expire>(context_, table);
  Pointer<abi::StreamJoinRow* const> rows = e.call<&abi::mr_stream_join_expired>(Pointer<const abi::StreamJoinTable>(table.raw));
  e.for_range(e.int_(0), count, [&](Int i) {
    KeptRow kept = e.element(rows, i);
    Row row(e);
    auto pad = [&](const plan::Node& side) {
      for (const Column& column : side.schema) row.add([this, &column] { return sql::null_of(e, column.type); });
    };
    if (!state.is_left) pad(*state.node->left);
    add_fields(e, row, kept, state.layout);
    if (state.is_left && state.node->kind != JoinKind::LeftAnti) pad(*state.node->right);
    consume(0, row);
  });
}

}  // namespace millrace
