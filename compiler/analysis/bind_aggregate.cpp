#include <algorithm>
#include <utility>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/function_forms.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/function_catalog.h"
#include "compiler/syntax/ast_printer.h"
#include "compiler/types/decimal_rules.h"

namespace millrace {

namespace {

bool same_call(const plan::AggregateCall& a, const plan::AggregateCall& b) {
  const bool same_filter = (!a.filter && !b.filter) || (a.filter && b.filter && expr::equal(*a.filter, *b.filter));
  return a.function == b.function && a.distinct == b.distinct && same_filter &&
         std::equal(a.arguments.begin(), a.arguments.end(), b.arguments.begin(), b.arguments.end(),
                    [](const ExprPtr& x, const ExprPtr& y) { return expr::equal(*x, *y); });
}

[[noreturn]] void throw_unbound(const BindResult<AggregateFunction>& bound, const ast::Call& call,
                                const std::vector<ExprPtr>& arguments) {
  const std::string name = fold_case(call.name.text);
  if (bound.failure != BindFailure::WrongArgumentTypes) {
    throw SqlError(call.name.span, "aggregate '" + name + "' does not take " + counted(arguments.size(), "argument"),
                   bound.hint);
  }
  std::string types;
  for (const ExprPtr& argument : arguments) types += (types.empty() ? "" : ", ") + to_string(argument->type);
  throw SqlError(call.name.span, "aggregate '" + name + "' does not take (" + types + ")", bound.hint);
}

/// first(x, true): NULLs are passed over anyhow.
void drop_ignore_nulls(const std::string& name, plan::AggregateCall& call) {
  const bool takes = name == "first" || name == "last" || name == "any_value" || name == "first_value" || name == "last_value";
  if (!takes || call.arguments.size() != 2) return;
  const auto* literal = std::get_if<expr::Literal>(&call.arguments[1]->node);
  const auto* ignores = literal ? std::get_if<bool>(&literal->value) : nullptr;
  if (!ignores) throw SqlError(call.arguments[1]->span, "the second argument of " + name + "() is TRUE or FALSE: whether NULLs are passed over");
  call.arguments.pop_back();
}

/// count(DISTINCT a, b), count(DISTINCT a_struct): of rows in which no value is NULL, by a text that tells any two apart.
void make_one_value(plan::AggregateCall& call, SourceSpan span) {
  std::vector<ExprPtr> tests;
  std::vector<std::string> names;
  for (const ExprPtr& argument : call.arguments) {
    tests.push_back(make_is_null(expr::clone(*argument), true, span));
    names.push_back("v" + std::to_string(names.size()));
  }
  std::vector<ExprPtr> one;
  one.push_back(make_struct(std::move(call.arguments), std::move(names), span));
  ExprPtr text = make_call("to_json", std::move(one), span);
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  branches.emplace_back(make_logic(expr::LogicOp::And, std::move(tests), span), std::move(text));
  call.arguments.clear();
  call.arguments.push_back(make_case(std::move(branches), nullptr, span));
}

plan::FrameBound clone_bound(const plan::FrameBound& bound) {
  return {bound.kind, bound.rows, bound.value ? expr::clone(*bound.value) : nullptr};
}

/// A window function without its arguments, once more.
OverCollector::Call window_of(const OverCollector::Call& call) {
  OverCollector::Call copy;
  for (const ExprPtr& key : call.partition) copy.partition.push_back(expr::clone(*key));
  for (const plan::SortItem& item : call.order) copy.order.push_back({expr::clone(*item.expr), item.descending, item.nulls_first});
  copy.over.function = call.over.function;
  copy.over.number = call.over.number;
  copy.over.ignore_nulls = call.over.ignore_nulls;
  const plan::Frame& frame = call.over.frame;
  copy.over.frame = {clone_bound(frame.start), clone_bound(frame.end), frame.key ? expr::clone(*frame.key) : nullptr};
  copy.span = call.span;
  return copy;
}

}  // namespace

ExprPtr ExprBinder::bind_aggregate_call(const ast::Call& call, const ast::Expr& e) {
  const std::string name = fold_case(call.name.text);
  if (in_aggregate_)
    throw SqlError(e.span, "aggregate functions cannot be nested", "aggregate in a subquery, then again outside of it");
  if (!lambda_names_.empty()) throw SqlError(e.span, "aggregate functions are not allowed in a lambda", "aggregate in a subquery");
  if (!aggregates_ && !over_in_hand_ && outer_) {
    if (ExprPtr found = outer_->find_aggregate(e)) return found;
  }
  if (!aggregates_ && !over_in_hand_)
    throw SqlError(e.span, "aggregate functions are not allowed in " + clause_, clause_ == "WHERE" ? "use HAVING" : "");
  if (is_list_aggregate(name)) return bind_quantile(call, e);
  const bool joins = name == "string_agg" || name == "listagg";
  if (!call.within_order.empty() && !joins) throw not_supported_yet(e.span, "ORDER BY within an aggregate");
  if (joins && !call.arguments.empty() && call.arguments.size() <= 2) return bind_string_agg(call, e);
  return bind_registered_aggregate(name, call, e);
}

ExprPtr ExprBinder::find_aggregate(const ast::Expr& call) {
  if (in_aggregate_ || !aggregates_) return nullptr;
  // Its columns must be this query's; a name that is the subquery's is unknown here.
  try {
    return bind(call);
  } catch (const SqlError&) {
    return nullptr;
  }
}

/// string_agg(x, ', '): the strings are collected, and joined above the aggregation.
ExprPtr ExprBinder::bind_string_agg(const ast::Call& call, const ast::Expr& e) {
  ExprPtr separator = call.arguments.size() > 1 ? bind_value(*call.arguments[1]) : make_string("", e.span);
  if (!expr::is_constant(*separator)) throw SqlError(separator->span, "the separator of string_agg() must be a constant");
  separator = is_null_literal(*separator) ? make_string("", e.span) : coerce_checked(std::move(separator), TypeKind::String, "the separator of string_agg()");
  if (!call.within_order.empty()) return bind_ordered_string_agg(call, std::move(separator), e);
  std::vector<ExprPtr> arguments;
  arguments.push_back(bind_registered_aggregate("collect_list", call, e));
  arguments.push_back(std::move(separator));
  return make_call("__string_agg", std::move(arguments), e.span);
}

/// What count(DISTINCT *) counts.
std::vector<ExprPtr> ExprBinder::every_column(SourceSpan span) {
  std::vector<ExprPtr> values;
  for (const ScopeColumn* column : scope_.visible()) {
    ast::Name parts;
    if (!column->qualifier.empty()) parts.push_back({.text = column->qualifier, .span = span});
    parts.push_back({.text = column->name, .span = span});
    values.push_back(bind_value(ast::Expr{ast::ColumnName{std::move(parts)}, span}));
  }
  if (values.empty()) throw SqlError(span, "'*' has no columns here: there is no FROM");
  return values;
}

/// What the star of count(t.*) means.
std::vector<const ScopeColumn*> ExprBinder::columns_of(const ast::Star& star, SourceSpan span) const {
  if (star.qualifier.empty() && !star.of) return scope_.visible();
  if (star.of) throw SqlError(span, "count() takes '*' or the star of a relation, such as count(t.*)");
  auto columns = scope_.of_relation(star.qualifier.front().text);
  if (columns.empty() || star.qualifier.size() > 1 || !star.except.empty()) throw SqlError(span, "count() takes '*' or the star of a relation, such as count(t.*)");
  return columns;
}

/// A call of the registered aggregate `name`; of collect_list, for string_agg, with the first argument only.
ExprPtr ExprBinder::bind_registered_aggregate(const std::string& name, const ast::Call& call, const ast::Expr& e) {
  // What a window function is computed of may be an aggregate itself.
  OverCollector::Call* const over = std::exchange(over_in_hand_, nullptr);
  in_aggregate_ = over == nullptr;
  plan::AggregateCall bound_call;
  const bool joins = name == "collect_list" && fold_case(call.name.text) != name;
  for (const ast::ExprPtr& argument : call.arguments) {
    if (joins && !bound_call.arguments.empty()) break;
    if (const auto* star = std::get_if<ast::Star>(&argument->node); star && name == "count") {  // rows in which every one of these is there
      for (const ScopeColumn* column : columns_of(*star, argument->span)) bound_call.arguments.push_back(this->column(column->index, argument->span));
      continue;
    }
    bound_call.arguments.push_back(bind_value(*argument));
    if (joins) bound_call.arguments.back() = coerce_checked(std::move(bound_call.arguments.back()), TypeKind::String, "what string_agg() joins");
  }
  if (call.distinct && call.arguments.empty() && name == "count") bound_call.arguments = every_column(e.span);
  if (call.filter) bound_call.filter = to_boolean(bind(*call.filter), "the condition of FILTER");
  in_aggregate_ = false;
  over_in_hand_ = over;
  drop_ignore_nulls(name, bound_call);
  const bool counts_structs = name == "count" && bound_call.arguments.size() == 1 && bound_call.arguments.front()->type.is(TypeKind::Struct);
  const bool picks = (name == "min_by" || name == "max_by");  // the same among rows and among distinct ones
  if (call.distinct && name == "count" && (bound_call.arguments.size() > 1 || counts_structs)) make_one_value(bound_call, e.span);
  if (ExprPtr of_list = aggregate_of_list(name, bound_call, e.span)) return of_list;
  if (call.distinct && !bound_call.arguments.empty() && bound_call.arguments.front()->type.is(TypeKind::Struct)) {
    throw not_supported_yet(e.span, "DISTINCT over a STRUCT in an aggregate", "take its text: " + name + "(DISTINCT to_json(s))");
  }
  bound_call.distinct = call.distinct && !picks;
  bound_call.name = ast::to_sql(e);
  const bool averages = (name == "avg" || name == "mean" || name == "try_avg") && bound_call.arguments.size() == 1;
  if (averages && bound_call.arguments[0]->type.is(TypeKind::Timestamp)) bound_call.arguments[0] = coerce(std::move(bound_call.arguments[0]), TypeKind::Double);
  if (averages && (bound_call.arguments[0]->type.is(TypeKind::Decimal) || bound_call.arguments[0]->type.is_interval())) {
    return bind_exact_average(std::move(bound_call), call, e.span);
  }
  if (picks && bound_call.arguments.size() == 2 && bound_call.arguments[0]->type.is(TypeKind::Decimal)) {
    // Of a DECIMAL the text is kept.
    const SqlType type = bound_call.arguments[0]->type;
    bound_call.arguments[0] = coerce(std::move(bound_call.arguments[0]), TypeKind::String);
    return coerce(collect_registered(name, std::move(bound_call), call, e.span), type);
  }
  return collect_registered(name, std::move(bound_call), call, e.span);
}

/// avg of DECIMALs and INTERVALs: their sum divided by their count, above the aggregation.
ExprPtr ExprBinder::bind_exact_average(plan::AggregateCall average, const ast::Call& call, SourceSpan span) {
  const SqlType type = average.arguments[0]->type;
  const std::string argument = "(" + std::string(average.distinct ? "DISTINCT " : "") + ast::to_sql(*call.arguments[0]) + ")";
  plan::AggregateCall count;
  count.arguments.push_back(expr::clone(*average.arguments[0]));
  if (average.filter) count.filter = expr::clone(*average.filter);
  count.distinct = average.distinct;
  count.name = "count" + argument;
  average.name = "sum" + argument;
  // Over a window: two calls of one window.
  OverCollector::Call* const over = over_in_hand_;
  OverCollector::Call copy = over ? window_of(*over) : OverCollector::Call{};
  if (over) over_in_hand_ = &copy;
  ExprPtr sum = collect_registered("sum", std::move(average), call, span);
  over_in_hand_ = over;
  ExprPtr rows = collect_registered("count", std::move(count), call, span);
  if (type.is_interval()) return make_arithmetic(expr::ArithmeticOp::Divide, std::move(sum), std::move(rows), span);
  ExprPtr quotient = make_arithmetic(expr::ArithmeticOp::Divide, std::move(sum), std::move(rows), span);
  return coerce(std::move(quotient), decimal_rules::average_of_rows(type));
}

/// Casts the arguments to the overload's types and adds the call to the aggregation.
ExprPtr ExprBinder::collect_registered(const std::string& name, plan::AggregateCall bound_call, const ast::Call& call, SourceSpan span) {
  std::vector<SqlType> types;
  for (const ExprPtr& argument : bound_call.arguments) types.push_back(argument->type);
  const BindResult<AggregateFunction> bound = bind_aggregate(name, types);
  if (bound.failure != BindFailure::None) throw_unbound(bound, call, bound_call.arguments);
  for (size_t i = 0; i < bound_call.arguments.size(); ++i) {
    bound_call.arguments[i] = coerce(std::move(bound_call.arguments[i]), bound.overload.argument_types[i]);
  }
  bound_call.function = bound.overload.function;
  bound_call.distinct = bound_call.distinct || bound.overload.function->distinct;
  bound_call.type = bound.overload.result;
  bound_call.nullable = bound.overload.function->form != ResultForm::Value;
  bound_call.span = span;
  return collect(std::move(bound_call), span);
}

ExprPtr ExprBinder::collect(plan::AggregateCall call, SourceSpan span) {
  if (over_in_hand_) {
    over_in_hand_->over.call = std::move(call);
    return collect_over(std::move(*over_in_hand_));
  }
  auto& calls = aggregates_->calls;
  const auto found = std::find_if(calls.begin(), calls.end(), [&](const auto& other) { return same_call(call, other); });
  const auto index = static_cast<uint32_t>(found - calls.begin());
  if (found == calls.end()) calls.push_back(std::move(call));
  const plan::AggregateCall& kept = calls[index];
  return expr::column(AggregateCollector::kFirstCall + index, kept.name, kept.type, kept.nullable, span);
}

void ExprBinder::require_grouping_keys(const ast::Call& call) {
  if (aggregates_ && aggregates_->has_sets) return;
  throw SqlError(call.name.span, fold_case(call.name.text) + "() needs GROUP BY with CUBE, ROLLUP or GROUPING SETS");
}

const std::vector<uint32_t>& ExprBinder::grouping_element(const ast::Expr& e) {
  const ExprPtr bound = bind_value(e);
  const auto& keys = *aggregates_->keys;
  for (const auto& element : *aggregates_->elements) {
    if (expr::equal(*keys[element.front()], *bound)) return element;
    const auto* window = std::get_if<expr::MakeStruct>(&bound->node);
    if (window && element.size() == window->fields.size() && expr::equal(*keys[element.front()], *window->fields.front()))
      return element;
  }
  throw SqlError(e.span, "'" + ast::to_sql(e) + "' is no GROUP BY expression");
}

/// 1 when the key is rolled up: bit (n-1-key) of Spark's grouping id.
ExprPtr ExprBinder::grouping_bit(uint32_t key, SourceSpan span) const {
  const auto shift = static_cast<uint32_t>(aggregates_->keys->size() - 1 - key);
  ExprPtr id = expr::column(AggregateCollector::kGroupingId, "grouping_id", TypeKind::BigInt, false, span);
  ExprPtr shifted = shift == 0 ? std::move(id)
                               : make_arithmetic(expr::ArithmeticOp::IntegerDivide, std::move(id),
                                                 make_integer(int64_t{1} << shift, TypeKind::BigInt, span), span);
  return make_arithmetic(expr::ArithmeticOp::BitAnd, std::move(shifted), make_integer(1, TypeKind::BigInt, span), span);
}

ExprPtr ExprBinder::bind_grouping(const ast::Call& call, SourceSpan span) {
  require_grouping_keys(call);
  if (call.arguments.size() != 1) throw SqlError(span, "grouping() takes one GROUP BY expression");
  aggregates_->uses_grouping_id = true;
  return coerce(grouping_bit(grouping_element(*call.arguments.front()).front(), span), TypeKind::TinyInt);
}

ExprPtr ExprBinder::bind_grouping_id(const ast::Call& call, SourceSpan span) {
  require_grouping_keys(call);
  std::vector<uint32_t> keys;
  for (const ast::ExprPtr& argument : call.arguments) keys.push_back(grouping_element(*argument).front());
  if (call.arguments.empty()) {
    for (const auto& element : *aggregates_->elements) keys.push_back(element.front());
  }
  if (keys.empty()) return make_integer(0, TypeKind::BigInt, span);  // GROUPING SETS (()) alone
  aggregates_->uses_grouping_id = true;
  bool all_in_order = keys.size() == aggregates_->keys->size();
  for (uint32_t i = 0; i < keys.size(); ++i) all_in_order = all_in_order && keys[i] == i;
  if (all_in_order) return expr::column(AggregateCollector::kGroupingId, "grouping_id", TypeKind::BigInt, false, span);
  ExprPtr id = grouping_bit(keys.front(), span);
  for (size_t i = 1; i < keys.size(); ++i) {
    id = make_arithmetic(expr::ArithmeticOp::Multiply, std::move(id), make_integer(2, TypeKind::BigInt, span), span);
    id = make_arithmetic(expr::ArithmeticOp::BitOr, std::move(id), grouping_bit(keys[i], span), span);
  }
  return id;
}

}  // namespace millrace
