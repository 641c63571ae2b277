#include <algorithm>

#include "compiler/analysis/calendar_interval.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/select_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/syntax/ast_printer.h"

namespace millrace {

namespace {

constexpr size_t kMaxGroupingSets = 4096;

uint64_t bit(uint32_t key) { return uint64_t{1} << key; }

bool mentions_aggregate(const expr::Expr& e) {
  const auto* ref = std::get_if<expr::ColumnRef>(&e.node);
  if (ref) return ref->index >= AggregateCollector::kFirstCall || OverCollector::is_stand_in(ref->index);
  bool found = false;
  expr::for_each_child(e, [&](const expr::Expr& child) { found = found || mentions_aggregate(child); });
  return found;
}

/// Whether two expressions have one value: they are the same, or operands of what does not mind have changed places.
bool same_value(const expr::Expr& a, const expr::Expr& b) {
  if (expr::equal(a, b)) return true;
  using Op = expr::ArithmeticOp;
  const auto* left = std::get_if<expr::Arithmetic>(&a.node);
  const auto* right = std::get_if<expr::Arithmetic>(&b.node);
  const bool commutes = left && right && left->op == right->op && (left->op == Op::Add || left->op == Op::Multiply);
  return commutes && a.type == b.type && same_value(*left->left, *right->right) && same_value(*left->right, *right->left);
}

/// A column that the select list's generator will make, above the aggregation.
bool is_generated(const expr::ColumnRef& ref) {
  return ref.index >= AggregateCollector::kFirstGenerated && ref.index < AggregateCollector::kFirstCall;
}

/// Every combination of the elements of CUBE; every prefix of those of ROLLUP, the longest first.
std::vector<uint64_t> expand(ast::GroupingKind kind, const std::vector<uint64_t>& elements, SourceSpan span) {
  std::vector<uint64_t> sets;
  if (kind == ast::GroupingKind::Sets) return elements;
  if (kind == ast::GroupingKind::Rollup) {
    for (size_t length = elements.size() + 1; length-- > 0;) {
      uint64_t bits = 0;
      for (size_t i = 0; i < length; ++i) bits |= elements[i];
      sets.push_back(bits);
    }
    return sets;
  }
  constexpr size_t kMaxCube = 12;
  if (elements.size() > kMaxCube)
    throw SqlError(span, "CUBE takes at most 12 expressions: each doubles the number of grouping sets");
  for (uint64_t left_out = 0; left_out < uint64_t{1} << elements.size(); ++left_out) {
    uint64_t bits = 0;
    for (size_t i = 0; i < elements.size(); ++i) {
      if ((left_out >> (elements.size() - 1 - i) & 1) == 0) bits |= elements[i];
    }
    sets.push_back(bits);
  }
  return sets;
}

}  // namespace

/// Moves an expression over the aggregate's input to its output.
class AboveAggregate {
 public:
  AboveAggregate(const plan::Node& node) : node_(node), aggregate_(std::get<plan::Aggregate>(node.op)) {}

  ExprPtr lift(ExprPtr e) const {
    if (const uint32_t key = key_of(*e); key < aggregate_.keys.size()) return column_of(node_, key, e->span);
    if (std::holds_alternative<expr::ColumnRef>(e->node)) return lift_column(std::move(e));
    if (std::holds_alternative<expr::GetField>(e->node) && is_grouped_struct(*e)) return lift_struct(std::move(e));
    expr::for_each_child(*e, [&](ExprPtr& child) { child = lift(std::move(child)); });
    refresh_fields(*e);
    e->nullable = expr::can_be_null(*e);
    return e;
  }

 private:
  ExprPtr lift_column(ExprPtr e) const {
    const auto& ref = std::get<expr::ColumnRef>(e->node);
    const auto first_call = static_cast<uint32_t>(aggregate_.keys.size() + (aggregate_.emits_grouping_id ? 1 : 0));
    if (is_generated(ref) || subquery_of(*e) || OverCollector::is_stand_in(ref.index)) return e;
    if (ref.index == AggregateCollector::kGroupingId) return column_of(node_, first_call - 1, e->span);
    if (ref.index >= AggregateCollector::kFirstCall) {
      return column_of(node_, first_call + ref.index - AggregateCollector::kFirstCall, e->span);
    }
    if (is_grouped_struct(*e)) return lift_struct(std::move(e));
    throw SqlError(e->span, "column '" + ref.name + "' is neither grouped nor inside an aggregate function",
                   "add it to GROUP BY, or say which value is meant: first(" + ref.name + "), max(" + ref.name + ")");
  }

  /// The first key of this value; their number: there is none.
  uint32_t key_of(const expr::Expr& e) const {
    const auto found = std::find_if(aggregate_.keys.begin(), aggregate_.keys.end(), [&](const ExprPtr& key) { return same_value(e, *key); });
    return static_cast<uint32_t>(found - aggregate_.keys.begin());
  }

  bool is_grouped(const expr::Expr& e) const { return key_of(e) < aggregate_.keys.size() || is_grouped_struct(e); }

  /// A STRUCT all of whose fields, and theirs in turn, are keys.
  bool is_grouped_struct(const expr::Expr& e) const {
    if (!e.type.is(TypeKind::Struct)) return false;
    for (uint32_t i = 0; i < e.type.fields.size(); ++i) {
      if (!is_grouped(*make_get_field(expr::clone(e), i, e.span))) return false;
    }
    return !e.type.fields.empty();
  }

  /// A grouped STRUCT is grouped by its fields, and made again above.
  ExprPtr lift_struct(ExprPtr e) const {
    std::vector<ExprPtr> fields;
    std::vector<std::string> names;
    const SourceSpan span = e->span;
    for (uint32_t i = 0; i < e->type.fields.size(); ++i) {
      names.push_back(e->type.fields[i].name);
      fields.push_back(make_get_field(expr::clone(*e), i, span));
    }
    for (ExprPtr& field : fields) field = lift(std::move(field));
    return make_struct(std::move(fields), std::move(names), span);
  }

  static void refresh_fields(expr::Expr& e) {
    auto* made = std::get_if<expr::MakeStruct>(&e.node);
    for (size_t i = 0; made && i < made->fields.size(); ++i) e.type.fields[i].nullable = made->fields[i]->nullable;
  }

  const plan::Node& node_;
  const plan::Aggregate& aggregate_;
};

/// A key once: two equal expressions are one. A STRUCT is as many keys as it has fields.
std::vector<uint32_t> SelectAnalyzer::add_key(ExprPtr key, const std::string& name) {
  std::vector<uint32_t> added;
  if (is_calendar_interval(key->type)) throw SqlError(key->span, "GROUP BY does not take INTERVALs of months and days", "group by their text: CAST(i AS STRING)");
  if (auto* made = std::get_if<expr::MakeStruct>(&key->node)) {
    for (size_t i = 0; i < made->fields.size(); ++i) {
      const std::string& field = key->type.fields[i].name;
      const std::string field_name = name == "window" ? "window_" + field : name + "." + field;
      for (const uint32_t part : add_key(std::move(made->fields[i]), field_name)) added.push_back(part);
    }
    return added;
  }
  if (key->type.is(TypeKind::Struct)) {
    for (uint32_t i = 0; i < key->type.fields.size(); ++i) {
      const std::string field_name = name + "." + key->type.fields[i].name;
      for (const uint32_t part : add_key(make_get_field(expr::clone(*key), i, key->span), field_name)) added.push_back(part);
    }
    return added;
  }
  if (holds_map(key->type)) throw SqlError(key->span, "GROUP BY does not take MAPs", "group by map_keys(m) or m['key']");
  if (key->type.is(TypeKind::Null)) key = coerce(std::move(key), TypeKind::Boolean);
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const ExprPtr& other) { return same_value(*other, *key); });
  if (found != keys_.end()) return {static_cast<uint32_t>(found - keys_.begin())};
  if (keys_.size() == plan::kMaxGroupKeys) throw SqlError(key->span, "GROUP BY takes at most 64 expressions");
  keys_.push_back(std::move(key));
  key_names_.push_back(name);
  return {static_cast<uint32_t>(keys_.size() - 1)};
}

/// A GROUP BY expression: a position, an alias, or an expression over the input.
ExprPtr SelectAnalyzer::bind_grouping_expr(const ast::Expr& e) {
  ExprBinder over_input = binder("GROUP BY", false, aliases_.size());
  const auto number = position_literal(e);
  if (!number) return over_input.bind_value(e);
  for (const ast::SelectItem& item : select_.items) {
    const bool star =
        std::holds_alternative<ast::Star>(item.expr->node) || std::holds_alternative<ast::Columns>(item.expr->node);
    if (star) throw SqlError(e.span, "a GROUP BY position cannot count over '*'", "name the column");
  }
  const uint32_t position = output_position(*number, select_.items.size(), "GROUP BY", e.span);
  try {
    return over_input.bind_value(*select_.items[position].expr);
  } catch (SqlError& error) {
    error.span = e.span;
    throw;
  }
}

std::vector<uint32_t> SelectAnalyzer::add_grouping_expr(const ast::Expr& e) {
  ExprPtr key = bind_grouping_expr(e);
  const auto* column = std::get_if<ast::ColumnName>(&e.node);
  const bool window = std::holds_alternative<expr::MakeStruct>(key->node) && input_.scope.window;
  std::vector<uint32_t> added = add_key(std::move(key), window   ? "window"
                                                        : column ? column->parts.back().text
                                                                 : ast::to_sql(e));
  const bool known = std::find(key_elements_.begin(), key_elements_.end(), added) != key_elements_.end();
  if (!known) key_elements_.push_back(added);
  return added;
}

uint64_t SelectAnalyzer::bits_of(const std::vector<ast::ExprPtr>& exprs) {
  uint64_t bits = 0;
  for (const ast::ExprPtr& e : exprs) {
    for (const uint32_t key : add_grouping_expr(*e)) bits |= bit(key);
  }
  return bits;
}

/// Several elements of GROUP BY mean every pairing of their sets.
void SelectAnalyzer::cross(const std::vector<uint64_t>& sets) {
  std::vector<uint64_t> crossed;
  for (const uint64_t left : grouping_sets_) {
    for (const uint64_t right : sets) crossed.push_back(left | right);
  }
  if (crossed.size() > kMaxGroupingSets)
    throw SqlError(select_.group_by->span, "GROUP BY comes to more than 4096 grouping sets");
  grouping_sets_ = std::move(crossed);
}

void SelectAnalyzer::add_element(const ast::GroupingElement& element) {
  std::vector<uint64_t> bits;
  for (const auto& set : element.sets) bits.push_back(bits_of(set));
  if (element.kind == ast::GroupingKind::Simple) return cross({bits.empty() ? 0 : bits.front()});
  cross(expand(element.kind, bits, element.span));
}

/// The start of a window determines its end (unless it cumulates), so that grouping by one of them is grouping by both: the end
/// is what the watermark passes. The WINDOW clause groups by its window whatever GROUP BY says.
void SelectAnalyzer::add_window_keys() {
  if (!input_.scope.window) return;
  ExprPtr start = column_of(*input_.node, input_.scope.window->start, span_);
  ExprPtr end = column_of(*input_.node, input_.scope.window->end, span_);
  const auto has = [&](const expr::Expr& e) {
    return std::any_of(keys_.begin(), keys_.end(), [&](const ExprPtr& key) { return expr::equal(*key, e); });
  };
  const bool one_set = grouping_sets_.size() == 1;
  const bool start_tells = input_.scope.window->kind != plan::WindowKind::Cumulating;
  const bool implied = one_set && has(*start) != has(*end) && (start_tells || has(*end));
  if (!select_.window && !implied) return;
  uint64_t bits = 0;
  for (const uint32_t key : add_key(std::move(start), "window_start")) bits |= bit(key);
  for (const uint32_t key : add_key(std::move(end), "window_end")) bits |= bit(key);
  for (uint64_t& set : grouping_sets_) set |= bits;
}

void SelectAnalyzer::bind_group_by() {
  bits_of(select_.group_by->listed);
  for (const ast::GroupingElement& element : select_.group_by->elements) add_element(element);
  add_window_keys();
  const auto& elements = select_.group_by->elements;
  collector_.has_sets = std::any_of(elements.begin(), elements.end(), [](const auto& e) { return e.kind != ast::GroupingKind::Simple; });
  collector_.keys = &keys_;
  collector_.elements = &key_elements_;
}

/// GROUP BY ALL: every select expression without an aggregate.
void SelectAnalyzer::bind_group_by_all() {
  uint64_t bits = 0;
  for (const Item& item : items_) {
    if (mentions_aggregate(*item.expr)) continue;
    if (std::holds_alternative<expr::Literal>(item.expr->node)) continue;
    const auto* column = std::get_if<expr::ColumnRef>(&item.expr->node);
    if (column && is_generated(*column)) {
      throw SqlError(item.expr->span, "GROUP BY ALL cannot group by rows that are made in the same SELECT",
                     "make them in a subquery, and group outside of it");
    }
    for (const uint32_t key : add_key(expr::clone(*item.expr), item.name)) bits |= bit(key);
  }
  grouping_sets_ = {bits};
  add_window_keys();
}

/// Sessions are those of the rows that are grouped together, so that PARTITION BY can only repeat what GROUP BY says.
void SelectAnalyzer::check_partition() const {
  if (!input_.scope.window) return;
  for (const uint32_t column : input_.scope.window->partition) {
    const ExprPtr wanted = column_of(*input_.node, column, span_);
    const bool grouped = std::any_of(keys_.begin(), keys_.end(), [&](const ExprPtr& key) { return expr::equal(*key, *wanted); });
    const std::string& name = input_.node->schema[column].name;
    if (!grouped) throw SqlError(span_, "SESSION is partitioned by '" + name + "', but GROUP BY does not name it", "add it to GROUP BY");
  }
}

namespace {

/// Grouping sets, each once, and how often it was said: GROUP BY a, ROLLUP (a) has {a} twice.
struct CountedSets {
  std::vector<uint64_t> sets;
  std::vector<int64_t> times;

  explicit CountedSets(const std::vector<uint64_t>& written) {
    for (const uint64_t set : written) {
      const auto found = std::find(sets.begin(), sets.end(), set);
      if (found == sets.end()) times.push_back(1);
      else ++times[static_cast<size_t>(found - sets.begin())];
      if (found == sets.end()) sets.push_back(set);
    }
  }
  bool repeats() const { return std::any_of(times.begin(), times.end(), [](int64_t n) { return n > 1; }); }
};

/// Shows the groups of a set as often as it was said: by a column behind the others that numbers the copies.
plan::NodePtr repeat_sets(plan::NodePtr node, const CountedSets& counted, SourceSpan span) {
  const auto keys = static_cast<uint32_t>(std::get<plan::Aggregate>(node->op).keys.size());
  const auto numbers = [&](int64_t count) {
    std::vector<ExprPtr> elements;
    for (int64_t i = 0; i < count; ++i) elements.push_back(make_integer(i, TypeKind::Int, span));
    return make_array(std::move(elements), span);
  };
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  for (size_t i = 0; i < counted.sets.size(); ++i) {
    if (counted.times[i] == 1) continue;
    uint64_t id = 0;
    for (uint32_t key = 0; key < keys; ++key) id |= (counted.sets[i] & bit(key)) == 0 ? bit(keys - 1 - key) : 0;
    ExprPtr is_set = make_comparison(expr::ComparisonOp::Equal, column_of(*node, keys, span),
                                     make_integer(static_cast<int64_t>(id), TypeKind::BigInt, span), span);
    branches.emplace_back(std::move(is_set), numbers(counted.times[i]));
  }
  plan::Generate copies;
  copies.collection = make_case(std::move(branches), numbers(1), span);
  copies.input = std::move(node);
  return make_generate(std::move(copies), span);
}

}  // namespace

plan::NodePtr SelectAnalyzer::aggregate() {
  if (!select_.group_by) add_window_keys();
  check_partition();
  const CountedSets counted(grouping_sets_);
  plan::Aggregate aggregate;
  aggregate.input = std::move(input_.node);
  aggregate.keys = std::move(keys_);
  aggregate.grouping_sets = counted.sets;
  aggregate.emits_grouping_id = collector_.uses_grouping_id || counted.repeats() || (query_.tells_groups_apart() && grouping_sets_.size() > 1);
  aggregate.calls = std::move(collector_.calls);
  plan::NodePtr node = make_aggregate(std::move(aggregate), key_names_, span_);
  move_above_aggregate(*node);
  if (counted.repeats()) node = repeat_sets(std::move(node), counted, select_.group_by->span);
  join_subqueries_above(node);
  if (!having_) return node;
  return make_filter(std::move(node), std::move(having_), select_.having->span);
}

/// What a subquery takes from the rows around it is the aggregate's too.
void SelectAnalyzer::lift_subqueries(const expr::Expr& e, const AboveAggregate& above, std::vector<bool>& lifted) {
  for (const uint32_t index : subqueries_in(e)) {
    if (lifted[index]) continue;
    lifted[index] = true;
    Subquery& subquery = subqueries_.subqueries[index];
    for (auto* values : {&subquery.outer, &subquery.operands}) {
      for (ExprPtr& value : *values) {
        lift_subqueries(*value, above, lifted);
        value = above.lift(std::move(value));
      }
    }
  }
}

void SelectAnalyzer::move_above_aggregate(const plan::Node& node) {
  const AboveAggregate above(node);
  std::optional<SourceSpan> failed;
  std::vector<bool> lifted(subqueries_.subqueries.size(), false);
  for (const Item& item : items_) lift_subqueries(*item.expr, above, lifted);
  if (having_) lift_subqueries(*having_, above, lifted);
  if (qualify_) lift_subqueries(*qualify_, above, lifted);
  for (const ExprPtr& e : distinct_on_) lift_subqueries(*e, above, lifted);
  for (OverCollector::Call& call : overs_.calls) {
    for_each_expr(call, [&](ExprPtr& e) { lift_subqueries(*e, above, lifted); });
  }
  if (generate_) lift_subqueries(*generate_->collection, above, lifted);
  for (const SortKey& key : sort_keys_) {
    if (key.expr) lift_subqueries(*key.expr, above, lifted);
  }
  for (Item& item : items_) {
    try {
      item.expr = above.lift(std::move(item.expr));
    } catch (const SqlError& error) {
      // The columns of one `*` are one mistake.
      if (failed != error.span) session_.report(error);
      failed = error.span;
    }
  }
  if (failed) throw already_reported(span_);
  if (generate_) generate_->collection = above.lift(std::move(generate_->collection));
  if (having_) having_ = above.lift(std::move(having_));
  if (qualify_) qualify_ = above.lift(std::move(qualify_));
  for (ExprPtr& e : distinct_on_) e = above.lift(std::move(e));
  for (OverCollector::Call& call : overs_.calls) {
    for_each_expr(call, [&](ExprPtr& e) { e = above.lift(std::move(e)); });
  }
  for (SortKey& key : sort_keys_) {
    if (key.expr) key.expr = above.lift(std::move(key.expr));
  }
}

}  // namespace millrace
