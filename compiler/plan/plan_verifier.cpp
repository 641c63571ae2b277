#include "compiler/plan/plan_verifier.h"

#include <cstdio>
#include <cstdlib>

#include "compiler/expr/expr_printer.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/plan_nullability.h"
#include "compiler/plan/plan_printer.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace::plan {

namespace {

using expr::Expr;

constexpr size_t kKeysMax = 64;  // a grouping set is one 64-bit word

class Verifier {
 public:
  explicit Verifier(const Query* query) : query_(query) {}

  void node(const Node& n) {
    for_each_input(n, [&](const Node& input) { node(input); });
    current_ = &n;
    std::visit([&](const auto& op) { check(op); }, n.op);
    if (n.watermark_column) {
      require(*n.watermark_column < n.schema.size(), "the watermark column is out of range");
      require(n.schema[*n.watermark_column].type.is(TypeKind::Timestamp), "the watermark column is not a TIMESTAMP");
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    std::fprintf(stderr, "internal error: bad plan: %s, in\n%s", what.c_str(), print(*current_).c_str());
    if (query_) std::fprintf(stderr, "of\n%s", print(*query_).c_str());
    std::abort();
  }
  void require(bool holds, const std::string& what) const {
    if (!holds) fail(what);
  }

  /// Column references in range and of the type that the column has.
  void over(const Expr& e, const Schema& columns) const {
    if (const auto* ref = std::get_if<expr::ColumnRef>(&e.node)) {
      require(ref->index < columns.size(), "column " + expr::to_string(e) + " is out of range");
      const Column& column = columns[ref->index];
      require(column.type == e.type, "column " + expr::to_string(e) + " is taken as " + to_string(e.type));
      require(e.nullable || !column.nullable, "column " + expr::to_string(e) + " is taken as NOT NULL");
    }
    expr::for_each_child(e, [&](const Expr& child) { over(child, columns); });
  }
  void predicate(const Expr& e, const Schema& columns) const {
    over(e, columns);
    require(e.type.is(TypeKind::Boolean), "the predicate " + expr::to_string(e) + " is not BOOLEAN");
  }
  void gives(const Expr& e, const Column& column) const {
    require(e.type == column.type, "column " + column.name + " does not have the type of " + expr::to_string(e));
    require(column.nullable || !e.nullable, "column " + column.name + " is NOT NULL, but " + expr::to_string(e) + " may be");
  }
  void same_columns(const Schema& from, size_t first_of_output) const {
    const Schema& to = current_->schema;
    require(first_of_output + from.size() <= to.size(), "columns are missing");
    for (size_t i = 0; i < from.size(); ++i) {
      const Column& column = to[first_of_output + i];
      require(column.type == from[i].type, "column " + column.name + " has another type than the input's");
      require(column.nullable || !from[i].nullable, "column " + column.name + " is NOT NULL, but the input's may be");
    }
  }
  void passes_through(const Node& input) const {
    require(input.schema.size() == current_->schema.size(), "the schema is not the input's");
    same_columns(input.schema, 0);
  }
  void width(size_t columns) const { require(current_->schema.size() == columns, "the schema has the wrong width"); }

  void check(const Scan& n) const {
    width(n.fields.size());
    if (!query_) return;
    require(n.relation < query_->sources.size(), "the scanned relation is out of range");
    const Schema& declared = query_->sources[n.relation].columns;
    for (size_t i = 0; i < n.fields.size(); ++i) {
      require(n.fields[i] < declared.size(), "a scanned field is out of range");
      require(declared[n.fields[i]].type == current_->schema[i].type, "a scanned field has another type than declared");
    }
  }
  void check(const ObserveTime& n) const {
    passes_through(*n.input);
    over(*n.time, n.input->schema);
    require(n.time->type.is(TypeKind::Timestamp), "the observed time is not a TIMESTAMP");
  }
  void check(const Values& n) const {
    for (const auto& row : n.rows) {
      width(row.size());
      for (size_t i = 0; i < row.size(); ++i) {
        over(*row[i], {});
        gives(*row[i], current_->schema[i]);
      }
    }
  }
  void check(const Filter& n) const {
    width(n.input->schema.size());
    same_columns(schema_above_filter(n), 0);
    predicate(*n.predicate, n.input->schema);
  }
  void check(const Project& n) const {
    width(n.exprs.size());
    for (size_t i = 0; i < n.exprs.size(); ++i) {
      over(*n.exprs[i], n.input->schema);
      gives(*n.exprs[i], current_->schema[i]);
    }
  }
  void check(const WindowAssign& n) const {
    width(n.input->schema.size() + 2);
    same_columns(schema_above_window(n), 0);
    over(*n.time, n.input->schema);
    require(n.time->type.is(TypeKind::Timestamp), "the window's time is not a TIMESTAMP");
    check_window(n.window, n.input->schema.size());
  }
  void check_window(const WindowSpec& window, size_t first_of_output) const {
    require(window.size_us > 0 && window.slide_us > 0 && window.slide_us <= window.size_us, "a window's size or slide is bad");
    for (size_t i = first_of_output; i < first_of_output + 2; ++i) {
      require(i < current_->schema.size(), "the window's columns are missing");
      require(current_->schema[i].type.is(TypeKind::Timestamp), "a window bound is not a TIMESTAMP");
    }
  }
  void check(const Generate& n) const {
    const SqlType& type = n.collection->type;
    require(type.is(TypeKind::Array) || type.is(TypeKind::Map), "rows are generated out of " + to_string(type));
    const Schema generated = generated_columns(n);
    width(n.input->schema.size() + generated.size());
    same_columns(n.input->schema, 0);
    same_columns(generated, n.input->schema.size());
    over(*n.collection, n.input->schema);
  }
  void check(const Aggregate& n) const {
    const size_t window_columns = n.window ? 2 : 0;
    width(window_columns + n.keys.size() + (n.emits_grouping_id ? 1 : 0) + n.calls.size());
    require(!n.window == !n.window_time, "a fused window goes with its time");
    if (n.window) {
      over(*n.window_time, n.input->schema);
      check_window(*n.window, 0);
    }
    require(!n.time_key || *n.time_key < n.keys.size(), "the time key is out of range");
    check_grouping_sets(n);
    for (size_t i = 0; i < n.keys.size(); ++i) {
      over(*n.keys[i], n.input->schema);
      const Column& column = current_->schema[window_columns + i];
      require(column.type == n.keys[i]->type, "column " + column.name + " does not have its key's type");
    }
    for (size_t i = 0; i < n.calls.size(); ++i) {
      check_call(n.calls[i], n.input->schema, current_->schema[current_->schema.size() - n.calls.size() + i]);
    }
  }
  void check_grouping_sets(const Aggregate& n) const {
    require(!n.grouping_sets.empty(), "an aggregate has no grouping set");
    require(n.keys.size() <= kKeysMax, "an aggregate has too many keys");
    for (uint64_t set : n.grouping_sets) {
      const uint64_t beyond = n.keys.size() == kKeysMax ? 0 : set >> n.keys.size();
      require(beyond == 0, "a grouping set names a key that is not there");
    }
  }
  void check_call(const AggregateCall& call, const Schema& input, const Column& column) const {
    require(call.function != nullptr, "an aggregate call has no function");
    for (const ExprPtr& argument : call.arguments) over(*argument, input);
    if (call.filter) predicate(*call.filter, input);
    require(call.type == column.type, "column " + column.name + " does not have its call's type");
    require(column.nullable || !call.nullable, "column " + column.name + " is NOT NULL, but its call may give NULL");
  }
  void check(const Join& n) const {
    const bool left_only = shows_left_only(n.kind);
    const bool pads_left = n.kind == JoinKind::Right || n.kind == JoinKind::Full;
    Schema left = n.left->schema;
    Schema right = n.right->schema;
    width(left.size() + (n.kind == JoinKind::LeftMark ? 1 : left_only ? 0 : right.size()));
    require(n.left_keys.size() == n.right_keys.size(), "the join's keys are not paired");
    for (size_t i = 0; i < n.left_keys.size(); ++i) {
      over(*n.left_keys[i], left);
      over(*n.right_keys[i], right);
      require(n.left_keys[i]->type == n.right_keys[i]->type, "a pair of join keys differs in type");
    }
    Schema both = left;
    both.insert(both.end(), right.begin(), right.end());
    if (n.condition) predicate(*n.condition, both);
    require(!n.left_weight == !n.right_weight, "only one side of a join has weights");
    if (n.joins_changes()) {
      over(*n.left_weight, left);
      over(*n.right_weight, right);
    }
    for (Column& column : left) column.nullable = column.nullable || pads_left;
    for (Column& column : right) column.nullable = column.nullable || pads_right(n.kind);
    same_columns(left, 0);
    if (!left_only) same_columns(right, left.size());
  }
  void check(const Union& n) const {
    require(!n.inputs.empty(), "a union has no input");
    for (const NodePtr& input : n.inputs) passes_through(*input);
  }
  void check(const Sort& n) const {
    passes_through(*n.input);
    for (const SortItem& item : n.items) over(*item.expr, n.input->schema);
  }
  void check(const Over& n) const {
    const Schema& input = n.input->schema;
    width(input.size() + n.calls.size());
    same_columns(input, 0);
    for_each_expr(*current_, [&](const Expr& e) { over(e, input); });
    for (size_t i = 0; i < n.calls.size(); ++i) {
      const AggregateCall& call = n.calls[i].call;
      if (call.filter) predicate(*call.filter, input);
      const Column& column = current_->schema[input.size() + i];
      require(call.type == column.type, "column " + column.name + " does not have its window function's type");
      require(column.nullable || !call.nullable, "column " + column.name + " is NOT NULL, but its window function may give NULL");
    }
  }
  void check(const Limit& n) const {
    passes_through(*n.input);
    require(n.count >= -1 && n.offset >= 0, "a limit is negative");
  }
  void check(const Keep& n) const {
    passes_through(*n.input);
    require(!current_->is_stream, "a Keep passes a stream on");
  }
  void check(const Differentiate& n) const {
    const size_t width_below = n.input->schema.size();
    require(n.visible <= width_below, "more columns are passed on than there are");
    for (uint32_t key : n.keys) require(key < n.visible, "a key is not passed on");
    require(!n.present || *n.present < width_below, "the column that says what is present is out of range");
    width(n.visible + 1);
    require(current_->schema.back().type.is(TypeKind::BigInt), "a weight is not a BIGINT");
  }
  void check(const Integrate& n) const {
    require(!n.input->schema.empty() && n.input->schema.back().type.is(TypeKind::BigInt), "changes come without a weight");
    width(n.input->schema.size() - 1 + (n.group ? 1 : 0));
    for (uint32_t column : n.group.value_or(std::vector<uint32_t>())) require(column + 1 < n.input->schema.size(), "a column of the group is out of range");
    for (uint32_t key : n.keys) require(key < current_->schema.size(), "a key is out of range");
    require(!current_->is_stream, "an Integrate passes a stream on");
  }
  void check(const ShowChanges& n) const {
    const size_t width_below = n.input->schema.size();
    require(!n.weight || *n.weight < width_below, "the weight is out of range");
    require(n.visible <= width_below, "more columns are shown than there are");
    for (uint32_t key : n.keys) require(key < width_below, "a key is out of range");
    require(!n.present || *n.present < width_below, "the column that says what is present is out of range");
    width(n.form == abi::ChangeForm::Envelope ? 3 : n.visible + (n.form == abi::ChangeForm::Op ? 1 : 0));
  }

  const Query* query_;
  const Node* current_ = nullptr;
};

}  // namespace

void verify(const Query& query) { Verifier(&query).node(*query.root); }

}  // namespace millrace::plan
