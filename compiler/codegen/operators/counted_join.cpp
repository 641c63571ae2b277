#include <functional>

#include "compiler/codegen/operators/join_keys.h"
#include "compiler/codegen/operators/pipeline_compiler.h"
#include "runtime/abi/calls/counted_rows.h"

namespace millrace {

using ir::Bool;
using ir::Int;
using ir::Label;
using ir::Pointer;
using ir::Word;
using plan::JoinKind;

namespace {

using KeptRow = Pointer<abi::CountedRow>;
using Compile = std::function<SqlValue(const expr::Expr&, Row&)>;
using Consume = std::function<void(Row&)>;

/// A change of one side of a join whose sides change: a row that comes, or goes, `weight` times. It is joined with the rows of the other side that
/// are there now, each pair with the product of the weights; then it is counted in its own side. Where rows are shown by whether they have a match, a row
/// knows how many it has, and the change by which it gets its first or loses its last one shows it anew. A row at a time this is
/// right in whatever order changes come [Gupta, Mumick and Subrahmanian, 1993].
class CountedJoin {
 public:
  CountedJoin(ir::Emitter& emitter, const pipeline::CountedRowsState& own, const pipeline::CountedRowsState& other,
              Pointer<abi::CountedRows> own_rows, Pointer<abi::CountedRows> other_rows, Row& row, Compile compile, Consume consume)
      : e(emitter),
        own_(own),
        other_(other),
        own_rows_(own_rows),
        other_rows_(other_rows),
        row_(row),
        compile_(std::move(compile)),
        consume_(std::move(consume)),
        kind_(own.node->kind) {}

  void emit() {
    weight_ = row_.column(own_.weight_column).integer();
    for (const auto& key : own_.keys()) keys_.push_back(compile_(*key, row_));
    hash_ = hash_of_keys(e, keys_);
    unmatchable_ = any_key_null(e, keys_);
    matches_ = e.slot<int64_t>("matches");
    e.set(matches_, e.int_(0));
    meet_all();
    if (shows_by_match(own_)) show_own();
    if (unmatchable_) e.if_(e.not_(unmatchable_), [this] { count(); });
    else count();
  }

 private:
  bool pads() const { return kind_ == JoinKind::Left || kind_ == JoinKind::LeftSingle || kind_ == JoinKind::Full; }
  bool shows_pairs() const { return pads() || kind_ == JoinKind::Inner || kind_ == JoinKind::Cross; }
  /// Whether what is shown of a side's row depends on whether it has a match.
  bool shows_by_match(const pipeline::CountedRowsState& side) const {
    const bool always = kind_ == JoinKind::Inner || kind_ == JoinKind::Cross;
    return side.is_left ? !always : kind_ == JoinKind::Full;
  }

  void meet_all() {
    auto next = e.slot<abi::CountedRow*>("kept");
    e.set(next, first_of_chain());
    Label head = e.new_label("meet.next"), check = e.new_label("meet.check"), skip = e.new_label("meet.skip"),
          match = e.new_label("meet.match"), end = e.new_label("meet.end");
    e.place(head);
    KeptRow kept = e.get(next);
    e.branch(e.is_null(kept), end, check);
    e.in_scope(check, [&] {
      e.leave_if(e.not_(e.eq(e.load<&abi::CountedRow::hash>(kept), hash_)), skip);
      compare_keys(kept, skip);
      if (own_.node->condition) {
        Row both = pair(kept);
        e.leave_if(e.not_(sql::is_true(e, compile_(*own_.node->condition, both))), skip);
      }
      e.jump(match);
    });
    e.place(skip);
    e.set(next, e.load<&abi::CountedRow::next>(kept));
    e.jump(head);
    e.in_scope(match, [&] {
      e.set(next, e.load<&abi::CountedRow::next>(kept));
      meet(kept);
      e.jump_unless_left(head);
    });
    e.place(end);
  }

  KeptRow first_of_chain() {
    Word chain = e.band(hash_, e.load<&abi::CountedRows::mask>(other_rows_));
    Pointer<abi::CountedChain> chains = e.load<&abi::CountedRows::chains>(other_rows_);
    Pointer<abi::CountedRow*> heads(chains.raw);  // first and last in turn
    KeptRow first = e.element(heads, e.mul(e.to_int(chain), e.int_(2)));
    return unmatchable_ ? e.select(unmatchable_, e.null<abi::CountedRow>(), first) : first;
  }

  void compare_keys(KeptRow kept, Label skip) {
    Row other(e);
    add_kept(other, kept, e.int_(1));
    for (size_t i = 0; i < keys_.size(); ++i) {
      SqlValue mine = keys_[i];
      SqlValue its = compile_(*other_.keys()[i], other);
      mine.null = its.null = {};  // rows with a NULL in the key are not kept
      e.leave_if(e.not_(sql::equal(e, mine, its)), skip);
    }
  }

  void meet(KeptRow kept) {
    if (shows_by_match(own_)) e.set(matches_, e.add(e.get(matches_), e.load<&abi::CountedRow::weight>(kept)));
    if (shows_by_match(other_)) change_matches(kept);
    if (!shows_pairs()) return;
    Row both = pair(kept);
    consume_(both);
  }

  /// The kept row has `weight` matches more.
  void change_matches(KeptRow kept) {
    Int before = e.load<&abi::CountedRow::matches>(kept);
    Int after = e.add(before, weight_);
    e.store<&abi::CountedRow::matches>(kept, after);
    Bool had = e.lt(e.int_(0), before), has = e.lt(e.int_(0), after);
    e.if_(e.not_(e.eq(had, has)), [&] { show_anew(kept, has); });
    if (kind_ == JoinKind::LeftSingle) {
      e.if_(e.lt(e.int_(1), after), [&] { e.call<&abi::mr_counted_suspect>(other_rows_, kept); });
    }
  }

  void show_anew(KeptRow kept, Bool has) {
    Int there = e.load<&abi::CountedRow::weight>(kept);
    Int gone = e.sub(e.int_(0), there);
    if (kind_ == JoinKind::LeftMark) {
      show_marked(kept, e.not_(has), gone);
      show_marked(kept, has, there);
      return;
    }
    Row row(e);
    const bool shown_with_match = kind_ == JoinKind::LeftSemi;
    Int weight = shown_with_match ? e.select(has, there, gone) : e.select(has, gone, there);
    if (pads() && !other_.is_left) add_missing(row, own_);
    add_kept(row, kept, weight);
    if (pads() && other_.is_left) add_missing(row, own_);
    consume_(row);
  }

  void show_marked(KeptRow kept, Bool mark, Int weight) {
    Row row(e);
    add_kept(row, kept, weight);
    row.add_value(SqlValue::of(mark));
    consume_(row);
  }

  /// The row in hand, as it is shown with the matches that it has found.
  void show_own() {
    Bool has = e.lt(e.int_(0), e.get(matches_));
    if (kind_ == JoinKind::LeftMark) {
      Row row(e);
      add_own(row);
      row.add_value(SqlValue::of(has));
      consume_(row);
      return;
    }
    Bool shown = kind_ == JoinKind::LeftSemi ? has : e.not_(has);
    e.if_(shown, [this] {
      Row row(e);
      if (pads() && !own_.is_left) add_missing(row, other_);
      add_own(row);
      if (pads() && own_.is_left) add_missing(row, other_);
      consume_(row);
    });
  }

  void count() {
    Pointer<char> staged = e.load<&abi::CountedRows::staged>(own_rows_);
    KeepBytes as_it_is = [](ir::Bytes data, Int) { return data; };
    for (uint32_t i = 0; i < row_.size(); ++i) store_field(e, staged, own_.layout.fields[i], row_.column(i), as_it_is);
    e.call<&abi::mr_counted_add>(own_rows_, hash_, weight_, e.get(matches_));
  }

  Row pair(KeptRow kept) {
    Row both(e);
    if (own_.is_left) add_own(both);
    add_kept(both, kept, e.load<&abi::CountedRow::weight>(kept));
    if (!own_.is_left) add_own(both);
    return both;
  }
  void add_own(Row& to) {
    for (uint32_t i = 0; i < row_.size(); ++i) to.add([this, i] { return row_.column(i); });
  }
  void add_kept(Row& to, KeptRow kept, Int weight) {
    for (uint32_t i = 0; i < other_.layout.fields.size(); ++i) {
      if (i == other_.weight_column) to.add_value(SqlValue::of(SqlType(TypeKind::BigInt), weight));
      else to.add([this, kept, i] { return load_field(e, e.at<const char>(kept, 0), other_.layout.fields[i]); });
    }
  }
  /// NULLs for a side that has no match; they are there once.
  void add_missing(Row& to, const pipeline::CountedRowsState& side) {
    const Schema& schema = side.side().schema;
    for (uint32_t i = 0; i < schema.size(); ++i) {
      if (i == side.weight_column) to.add([this] { return SqlValue::of(SqlType(TypeKind::BigInt), e.int_(1)); });
      else to.add([this, &schema, i] { return sql::null_of(e, schema[i].type); });
    }
  }

  ir::Emitter& e;
  const pipeline::CountedRowsState& own_;
  const pipeline::CountedRowsState& other_;
  Pointer<abi::CountedRows> own_rows_, other_rows_;
  Row& row_;
  Compile compile_;
  Consume consume_;
  JoinKind kind_;
  Int weight_;
  std::vector<SqlValue> keys_;
  Word hash_;
  Bool unmatchable_;  ///< a key is NULL; empty: never
  ir::Slot<int64_t> matches_;
};

}  // namespace

void PipelineCompiler::consume(size_t next, Row& row, const pipeline::CountedJoinOp& op) {
  const auto& own = std::get<pipeline::CountedRowsState>(query_.states[op.own_slot]);
  const auto& other = std::get<pipeline::CountedRowsState>(query_.states[op.other_slot]);
  pin(row);
  CountedJoin(e, own, other, state<abi::CountedRows>(op.own_slot), state<abi::CountedRows>(op.other_slot), row,
              [this](const expr::Expr& x, Row& over) { return compile(x, over); }, [this, next](Row& shown) { consume(next, shown); })
      .emit();
}

}  // namespace millrace
