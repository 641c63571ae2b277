#include <algorithm>
#include <array>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/function_forms.h"
#include "compiler/analysis/language_functions.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/analysis/over_frame.h"
#include "compiler/analysis/select_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/function_catalog.h"
#include "compiler/syntax/ast_printer.h"

/// Window functions: f(…) OVER (…).
namespace millrace {

namespace {

using abi::OverFunction;

/// A function that goes by the rows of a window rather than by adding them up.
struct RowFunction {
  std::string_view name;
  OverFunction function;
  size_t arguments_min, arguments_max;
};

constexpr std::array<RowFunction, 14> kRowFunctions{{
    {"row_number", OverFunction::RowNumber, 0, 0},
    {"rank", OverFunction::Rank, 0, 0},
    {"dense_rank", OverFunction::DenseRank, 0, 0},
    {"percent_rank", OverFunction::PercentRank, 0, 0},
    {"cume_dist", OverFunction::CumeDist, 0, 0},
    {"ntile", OverFunction::Ntile, 0, 1},
    {"lag", OverFunction::Shift, 1, 3},
    {"lead", OverFunction::Shift, 1, 3},
    {"first", OverFunction::Nth, 1, 2},
    {"first_value", OverFunction::Nth, 1, 2},
    {"any_value", OverFunction::Nth, 1, 2},
    {"last", OverFunction::Last, 1, 2},
    {"last_value", OverFunction::Last, 1, 2},
    {"nth_value", OverFunction::Nth, 2, 3},
}};

const RowFunction* find_row_function(std::string_view name) {
  const auto* found = std::find_if(kRowFunctions.begin(), kRowFunctions.end(), [&](const auto& row) { return row.name == name; });
  return found == kRowFunctions.end() ? nullptr : found;
}

/// first, last and any_value are aggregates of their own: they take FILTER and need no order.
bool is_pick(const RowFunction& row) { return row.function == OverFunction::Last || (row.function == OverFunction::Nth && row.name != "nth_value"); }
bool takes_value(const RowFunction& row) { return row.function >= OverFunction::Shift; }

bool same_sort(const std::vector<plan::SortItem>& a, const std::vector<plan::SortItem>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const plan::SortItem& x, const plan::SortItem& y) {
    return x.descending == y.descending && x.nulls_first == y.nulls_first && expr::equal(*x.expr, *y.expr);
  });
}

bool same_exprs(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const ExprPtr& x, const ExprPtr& y) { return expr::equal(*x, *y); });
}

bool same_bound(const plan::FrameBound& a, const plan::FrameBound& b) {
  return a.kind == b.kind && a.rows == b.rows && !a.value == !b.value && (!a.value || expr::equal(*a.value, *b.value));
}

bool same_over(const OverCollector::Call& a, const OverCollector::Call& b) {
  const plan::AggregateCall& x = a.over.call;
  const plan::AggregateCall& y = b.over.call;
  const bool same_filter = (!x.filter && !y.filter) || (x.filter && y.filter && expr::equal(*x.filter, *y.filter));
  return a.over.function == b.over.function && a.over.number == b.over.number && a.over.ignore_nulls == b.over.ignore_nulls &&
         x.function == y.function && same_filter && same_exprs(x.arguments, y.arguments) && same_exprs(a.partition, b.partition) &&
         same_sort(a.order, b.order) && same_bound(a.over.frame.start, b.over.frame.start) && same_bound(a.over.frame.end, b.over.frame.end);
}

bool is_boolean_literal(const expr::Expr& e) {
  const auto* literal = std::get_if<expr::Literal>(&e.node);
  return literal && std::holds_alternative<bool>(literal->value);
}

}  // namespace

bool mentions_over(const expr::Expr& e) {
  if (const auto* ref = std::get_if<expr::ColumnRef>(&e.node)) return OverCollector::is_stand_in(ref->index);
  bool found = false;
  expr::for_each_child(e, [&](const expr::Expr& child) { found = found || mentions_over(child); });
  return found;
}

bool is_row_function(std::string_view name) { return find_row_function(name) != nullptr; }

/// As in Spark the values of a percentile are those of the whole partition.
static void check_whole_partition(const ast::Call& call, const ast::OverClause& clause) {
  const std::string name = fold_case(call.name.text);
  const bool whole = !call.within_order.empty() || name == "median" || name == "percentile_cont" || name == "percentile_disc";
  if (!whole || (clause.order_by.empty() && !clause.frame)) return;
  throw SqlError(call.name.span, name + "() OVER takes neither ORDER BY nor a frame", "OVER (PARTITION BY …) alone; percentile(x, 0.5) takes both");
}

ExprPtr ExprBinder::bind_over_call(const ast::Call& call, const ast::Expr& e) {
  const std::string name = fold_case(call.name.text);
  if (in_aggregate_) throw SqlError(e.span, "a window function is not allowed inside an aggregate function", "compute it in a subquery, and aggregate outside of it");
  if (in_over_) throw SqlError(e.span, "window functions cannot be nested", "compute the inner one in a subquery");
  if (!lambda_names_.empty()) throw SqlError(e.span, "window functions are not allowed in a lambda", "compute it in a subquery");
  if (!overs_) {
    const bool filters = clause_ == "WHERE" || clause_ == "HAVING";
    throw SqlError(e.span, "window functions are not allowed in " + clause_,
                   filters ? "use QUALIFY, or filter in a query around this one" : "compute it in a subquery");
  }
  if (call.distinct) throw SqlError(e.span, "DISTINCT is not supported in window functions", "drop the doubles in a subquery");
  const ast::OverClause& clause = named_window(*call.over);
  OverCollector::Call made;
  made.span = e.span;
  in_over_ = true;
  for (const ast::ExprPtr& key : clause.partition_by) made.partition.push_back(bind_value(*key));
  for (const ast::SortItem& item : clause.order_by) {
    const bool nulls_first = item.nulls == ast::NullsOrder::Default ? !item.descending : item.nulls == ast::NullsOrder::First;
    made.order.push_back({make_sortable(bind_value(*item.expr), item.expr->span), item.descending, nulls_first});
  }
  made.over.frame = bind_frame(clause, made.order, [this](const ast::Expr& offset) { return bind(offset); });
  ExprPtr bound = nullptr;
  if (find_row_function(name)) {
    bind_row_function(call, clause, made.over);
    in_over_ = false;
    made.over.call.name = ast::to_sql(e);
    bound = collect_over(std::move(made));
  } else if (is_aggregate_function(name) || is_list_aggregate(name)) {
    check_whole_partition(call, clause);
    made.over.function = OverFunction::Aggregate;
    over_in_hand_ = &made;
    bound = bind_aggregate_call(call, e);
    over_in_hand_ = nullptr;
  } else {
    if (!is_scalar_function(name) && is_language_function(name)) throw not_supported_yet(call.name.span, "function '" + name + "'");
    std::vector<std::string> known;
    for (const RowFunction& row : kRowFunctions) known.emplace_back(row.name);
    for (const AggregateFunction& row : aggregate_functions()) known.emplace_back(row.name);
    throw SqlError(call.name.span, "'" + name + "' is no window function" + did_you_mean(name, known),
                   "OVER takes aggregate functions, and those that rank rows or look at others of them");
  }
  in_over_ = false;
  return bound;
}

const ast::OverClause& ExprBinder::named_window(const ast::OverClause& clause) const {
  if (!clause.name) return clause;
  std::vector<std::string> known;
  for (const auto& [name, window] : *overs_->named_windows) {
    known.push_back(name.text);
    if (same_name(name.text, clause.name->text)) return window;
  }
  throw SqlError(clause.name->span, "unknown window '" + clause.name->text + "'" + did_you_mean(clause.name->text, known),
                 "name it behind FROM, WHERE and GROUP BY: WINDOW " + clause.name->text + " AS (PARTITION BY … ORDER BY …)");
}

/// Checks and binds what is not an aggregate.
void ExprBinder::bind_row_function(const ast::Call& call, const ast::OverClause& clause, plan::OverCall& over) {
  const std::string name = fold_case(call.name.text);
  const RowFunction& row = *find_row_function(name);
  const size_t count = call.arguments.size();
  if (call.star || count < row.arguments_min || count > row.arguments_max) {
    const std::string wanted = row.arguments_min == row.arguments_max ? counted(row.arguments_min, "argument")
                                                                      : std::to_string(row.arguments_min) + " to " + counted(row.arguments_max, "argument");
    throw SqlError(call.name.span, name + "() takes " + wanted + ", not " + (call.star ? "*" : std::to_string(count)));
  }
  over.function = row.function;
  if (!is_pick(row)) {
    if (call.filter) throw SqlError(call.filter->span, "FILTER is for aggregate functions, and " + name + "() is none");
    if (clause.order_by.empty()) {
      throw SqlError(call.over->span, "window function " + name + "() needs an order", "add ORDER BY: OVER (PARTITION BY … ORDER BY …)");
    }
  }
  if (call.ignore_nulls && !takes_value(row)) throw SqlError(call.name.span, name + "() does not take IGNORE NULLS");
  check_frame_of(row.function, name, clause, over);
  plan::AggregateCall& bound = over.call;
  bound.span = call.name.span;
  if (call.filter) bound.filter = to_boolean(bind(*call.filter), "the condition of FILTER");
  over.ignore_nulls = call.ignore_nulls;
  if (takes_value(row)) return bind_row_value(call, name, over);
  const bool real = row.function == OverFunction::PercentRank || row.function == OverFunction::CumeDist;
  bound.type = real ? TypeKind::Double : TypeKind::Int;
  bound.nullable = false;
  if (row.function != OverFunction::Ntile) return;
  over.number = call.arguments.empty() ? 1 : constant_integer(*bind(*call.arguments.front()), "the number of buckets of ntile()");
  if (over.number < 1) throw SqlError(call.arguments.front()->span, "ntile() takes 1 bucket or more");
}

/// A frame is for functions that look at one. That of the numbering functions may be said.
void ExprBinder::check_frame_of(OverFunction function, const std::string& name, const ast::OverClause& clause, plan::OverCall& over) {
  if (function >= OverFunction::Nth || !clause.frame) return;
  const bool up_to_row = over.frame.start.kind == abi::FrameBound::Kind::Partition && over.frame.end.kind != abi::FrameBound::Kind::Partition &&
                         over.frame.end.kind != abi::FrameBound::Kind::Value && over.frame.end.rows == 0;
  if (function == OverFunction::Shift || !up_to_row) {
    throw SqlError(clause.span, name + "() does not take a frame", "leave ROWS or RANGE out");
  }
  over.frame = {};
}

/// lag, lead, first_value, last_value, nth_value: a value of another row.
void ExprBinder::bind_row_value(const ast::Call& call, const std::string& name, plan::OverCall& over) {
  plan::AggregateCall& bound = over.call;
  in_over_ = true;
  for (const ast::ExprPtr& argument : call.arguments) bound.arguments.push_back(bind(*argument));
  const bool shifts = over.function == OverFunction::Shift;
  const size_t nulls_at = name == "nth_value" ? 2 : 1;
  if (!shifts && bound.arguments.size() > nulls_at) {
    const expr::Expr& flag = *bound.arguments[nulls_at];
    if (!is_boolean_literal(flag)) throw SqlError(flag.span, "whether " + name + "() ignores NULLs must be TRUE or FALSE");
    over.ignore_nulls = over.ignore_nulls || std::get<bool>(std::get<expr::Literal>(flag.node).value);
  }
  over.number = 1;
  if (name == "nth_value" || (shifts && bound.arguments.size() > 1)) {
    over.number = constant_integer(*bound.arguments[1], "the offset of " + name + "()");
    if (!shifts && over.number < 1) throw SqlError(bound.arguments[1]->span, "nth_value() counts from 1");
  }
  if (name == "lag") over.number = -over.number;
  if (shifts && bound.arguments.size() > 2) {
    std::swap(bound.arguments[1], bound.arguments[2]);
    bound.arguments.resize(2);
    unify({&bound.arguments[0], &bound.arguments[1]}, "the value of " + name + "() and what stands for a missing row", call.name.span);
  } else {
    bound.arguments.resize(1);
  }
  bound.type = bound.arguments.front()->type;
  bound.nullable = !shifts || bound.arguments.size() < 2 || bound.arguments[0]->nullable || bound.arguments[1]->nullable;
}

/// The same function over the same window is computed once.
ExprPtr ExprBinder::collect_over(OverCollector::Call call) {
  auto& calls = overs_->calls;
  const SourceSpan span = call.span;
  const auto found = std::find_if(calls.begin(), calls.end(), [&](const auto& other) { return same_over(call, other); });
  const auto index = static_cast<uint32_t>(found - calls.begin());
  if (found == calls.end()) calls.push_back(std::move(call));
  const plan::AggregateCall& kept = calls[index].over.call;
  return expr::column(OverCollector::kFirstOver + index, kept.name, kept.type, kept.nullable, span);
}

}  // namespace millrace
