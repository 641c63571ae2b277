#include <algorithm>
#include <utility>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/function_forms.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/function_catalog.h"

/// percentile, median, mode and their like: their values are collected, and the answer is computed of the list above the aggregation.
namespace millrace {

namespace {

void check_count(const ast::Call& call, size_t min, size_t max, const std::string& usage) {
  const size_t count = call.arguments.size();
  if (count >= min && count <= max && !call.star) return;
  throw SqlError(call.name.span, fold_case(call.name.text) + "() does not take " + counted(count, "argument"), usage);
}

/// Which part of the list is wanted: a constant DOUBLE from 0 to 1, or an ARRAY of them.
ExprPtr fraction(ExprPtr e) {
  if (!expr::is_constant(*e)) throw SqlError(e->span, "the fraction must be a constant, such as 0.5");
  const bool array = e->type.is(TypeKind::Array);
  const auto outside = [](const expr::Expr& x) {
    const auto* literal = std::get_if<expr::Literal>(&x.node);
    const auto* number = literal ? std::get_if<double>(&literal->value) : nullptr;
    return number && !(*number >= 0 && *number <= 1);
  };
  e = coerce_checked(std::move(e), array ? SqlType::array(TypeKind::Double) : SqlType(TypeKind::Double), "the fraction");
  bool wrong = outside(*e);
  expr::for_each_child(*e, [&](const expr::Expr& child) { wrong = wrong || outside(child); });
  if (wrong) throw SqlError(e->span, "the fraction must lie between 0 and 1");
  return e;
}

ExprPtr number(double value, SourceSpan span) { return expr::make(expr::Literal{value}, TypeKind::Double, false, span); }

}  // namespace

/// collect_list(value) with the call's DISTINCT and FILTER; `type`: what the values are cast to, null for as they are.
ExprPtr ExprBinder::collected(const ast::Expr& value, const ast::Call& call, const SqlType* type, const ast::Expr& e) {
  OverCollector::Call* const over = std::exchange(over_in_hand_, nullptr);
  in_aggregate_ = over == nullptr;
  ExprPtr bound = bind_value(value);
  if (type) bound = coerce_checked(std::move(bound), *type, "the argument of " + fold_case(call.name.text) + "()");
  if (fold_case(call.name.text) == "percentile_disc" && bound->type.is_numeric()) bound = coerce(std::move(bound), TypeKind::Double);
  ExprPtr filter = call.filter ? to_boolean(bind(*call.filter), "the condition of FILTER") : nullptr;
  in_aggregate_ = false;
  over_in_hand_ = over;
  return collected(std::move(bound), std::move(filter), call.distinct, e.span);
}

ExprPtr ExprBinder::collected(ExprPtr value, ExprPtr filter, bool distinct, SourceSpan span) {
  plan::AggregateCall list;
  const BindResult<AggregateFunction> found = bind_aggregate("collect_list", {value->type});
  if (found.failure != BindFailure::None) throw SqlError(value->span, "values of type " + to_string(value->type) + " cannot be collected");
  list.arguments.push_back(std::move(value));
  list.filter = std::move(filter);
  list.function = found.overload.function;
  list.distinct = distinct;
  list.type = found.overload.result;
  list.nullable = true;
  list.name = "collect_list";
  list.span = span;
  return collect(std::move(list), span);
}

namespace {

ExprPtr call_of(const std::string& name, ExprPtr a, ExprPtr b, SourceSpan span) {
  std::vector<ExprPtr> arguments;
  arguments.push_back(std::move(a));
  if (b) arguments.push_back(std::move(b));
  return make_call(name, std::move(arguments), span);
}

ExprPtr pair_of(ExprPtr first, ExprPtr second, SourceSpan span) {
  std::vector<ExprPtr> fields;
  fields.push_back(std::move(first));
  fields.push_back(std::move(second));
  return make_struct(std::move(fields), {"key", "value"}, span);
}

}  // namespace

namespace {

bool constant_boolean(const expr::Expr& e, const std::string& what) {
  const auto* literal = std::get_if<expr::Literal>(&e.node);
  const auto* value = literal ? std::get_if<bool>(&literal->value) : nullptr;
  if (!value) throw SqlError(e.span, what + " must be TRUE or FALSE");
  return *value;
}

}  // namespace

/// percentile(value, fraction, count): every value as often as its count says.
ExprPtr ExprBinder::collected_with_counts(const ast::Call& call, const ast::Expr& e) {
  OverCollector::Call* const over = std::exchange(over_in_hand_, nullptr);
  in_aggregate_ = over == nullptr;
  ExprPtr value = coerce_checked(bind_value(*call.arguments[0]), TypeKind::Double, "the argument of percentile()");
  ExprPtr count = coerce_checked(bind_value(*call.arguments[2]), TypeKind::Int, "the frequency of percentile()");
  ExprPtr filter = call.filter ? to_boolean(bind(*call.filter), "the condition of FILTER") : nullptr;
  in_aggregate_ = false;
  over_in_hand_ = over;
  std::vector<ExprPtr> there;
  if (filter) there.push_back(std::move(filter));
  there.push_back(make_is_null(expr::clone(*value), true, e.span));
  there.push_back(make_is_null(expr::clone(*count), true, e.span));
  ExprPtr list = collected(pair_of(std::move(value), std::move(count), e.span), make_logic(expr::LogicOp::And, std::move(there), e.span), call.distinct, e.span);
  ExprPtr lists = mapped(std::move(list), [&](const expr::Expr& entry, const expr::Expr&) {
    return call_of("array_repeat", make_get_field(expr::clone(entry), 0, e.span), make_get_field(expr::clone(entry), 1, e.span), e.span);
  }, e.span);
  return call_of("flatten", std::move(lists), nullptr, e.span);
}

/// A list of what `body` makes of each element and its position.
ExprPtr ExprBinder::mapped(ExprPtr list, const std::function<ExprPtr(const expr::Expr& entry, const expr::Expr& at)>& body, SourceSpan span) {
  const SqlType element = list->type.fields.front().type;
  expr::OverElements made{expr::LambdaForm::Transform, {}, {}, nullptr};
  made.operands.push_back(std::move(list));
  const ExprPtr entry = lambda_parameter("entry", element, span), at = lambda_parameter("at", TypeKind::Int, span);
  lambda_depth_ -= 2;
  for (const ExprPtr* parameter : {&entry, &at}) made.parameters.push_back(std::get<expr::LambdaParameter>((*parameter)->node));
  made.body = body(*entry, *at);
  SqlType type = SqlType::array(made.body->type);
  return make_inferred(std::move(made), std::move(type), span);
}

/// The list sorted by field `key` of its elements; of equal ones the first comes first.
ExprPtr ExprBinder::sorted_by_field(ExprPtr list, uint32_t key, bool ascending, SourceSpan span) {
  list = mapped(std::move(list), [&](const expr::Expr& entry, const expr::Expr& at) {
    std::vector<ExprPtr> fields;
    fields.push_back(make_get_field(expr::clone(entry), key, span));
    fields.push_back(ascending ? expr::clone(at) : make_negate(expr::clone(at), span));
    fields.push_back(expr::clone(entry));
    return make_struct(std::move(fields), {"key", "at", "entry"}, span);
  }, span);
  list = call_of("sort_array", std::move(list), make_boolean(ascending, span), span);
  return mapped(std::move(list), [&](const expr::Expr& entry, const expr::Expr&) { return make_get_field(expr::clone(entry), 2, span); }, span);
}

/// string_agg(x, ',') WITHIN GROUP (ORDER BY k, …): the strings are collected beside their keys, and sorted by the last key first.
ExprPtr ExprBinder::bind_ordered_string_agg(const ast::Call& call, ExprPtr separator, const ast::Expr& e) {
  OverCollector::Call* const over = std::exchange(over_in_hand_, nullptr);
  in_aggregate_ = over == nullptr;
  ExprPtr value = coerce_checked(bind_value(*call.arguments[0]), TypeKind::String, "what string_agg() joins");
  std::vector<ExprPtr> fields;
  std::vector<std::string> names{"value"};
  std::vector<bool> ascending{true};
  fields.push_back(expr::clone(*value));
  for (const ast::SortItem& item : call.within_order) {
    ExprPtr key = bind_value(*item.expr);
    const bool own = expr::equal(*key, *value);
    if (call.distinct && (!own || call.within_order.size() > 1)) throw SqlError(item.expr->span, "string_agg(DISTINCT x) can be ordered by x only");
    const bool nulls_first = item.nulls == ast::NullsOrder::First;
    if (item.nulls != ast::NullsOrder::Default && nulls_first == item.descending) {
      fields.push_back(make_is_null(expr::clone(*key), false, e.span));
      ascending.push_back(!nulls_first);
    }
    fields.push_back(std::move(key));
    ascending.push_back(!item.descending);
  }
  while (names.size() < fields.size()) names.push_back("key" + std::to_string(names.size()));
  ExprPtr filter = call.filter ? to_boolean(bind(*call.filter), "the condition of FILTER") : nullptr;
  in_aggregate_ = false;
  over_in_hand_ = over;
  if (call.distinct) {
    ExprPtr list = collected(std::move(value), std::move(filter), true, e.span);
    list = call_of("sort_array", std::move(list), make_boolean(ascending.back(), e.span), e.span);
    return call_of("__string_agg", std::move(list), std::move(separator), e.span);
  }
  std::vector<ExprPtr> there;
  if (filter) there.push_back(std::move(filter));
  there.push_back(make_is_null(std::move(value), true, e.span));
  ExprPtr list = collected(make_struct(std::move(fields), std::move(names), e.span), expr::join_conjuncts(std::move(there)), false, e.span);
  for (size_t key = ascending.size(); key-- > 1;) list = sorted_by_field(std::move(list), static_cast<uint32_t>(key), ascending[key], e.span);
  list = mapped(std::move(list), [&](const expr::Expr& entry, const expr::Expr&) { return make_get_field(expr::clone(entry), 0, e.span); }, e.span);
  return call_of("__string_agg", std::move(list), std::move(separator), e.span);
}

/// first, last, min, max, min_by and max_by of types for which there is no state of a fixed size; nullptr when there is one.
ExprPtr ExprBinder::aggregate_of_list(const std::string& name, plan::AggregateCall& call, SourceSpan span) {
  if (call.arguments.empty()) return nullptr;
  const SqlType& value = call.arguments[0]->type;
  const bool by = name == "max_by" || name == "min_by";
  if (by && call.arguments.size() == 2) {
    const SqlType& order = call.arguments[1]->type;
    constexpr int kDigitsOfDouble = 15;  // a DECIMAL of more is not ordered as a DOUBLE
    const bool plain_order = (order.is_numeric() && order.precision <= kDigitsOfDouble) || order.is(TypeKind::Date) || order.is(TypeKind::Timestamp);
    const bool plain_value = !value.is_nested() && !value.is(TypeKind::Boolean) && !value.is(TypeKind::Binary);
    if (plain_order && plain_value) return nullptr;
    ExprPtr there = make_is_null(expr::clone(*call.arguments[1]), true, span);
    if (call.filter) {
      std::vector<ExprPtr> both;
      both.push_back(std::move(call.filter));
      both.push_back(std::move(there));
      there = make_logic(expr::LogicOp::And, std::move(both), span);
    }
    ExprPtr list = collected(pair_of(std::move(call.arguments[1]), std::move(call.arguments[0]), span), std::move(there), call.distinct, span);
    ExprPtr best = call_of(name == "max_by" ? "array_max" : "array_min", std::move(list), nullptr, span);
    return make_get_field(std::move(best), 1, span);
  }
  if (call.arguments.size() != 1 || !value.is_nested()) return nullptr;
  const bool first = name == "first" || name == "first_value" || name == "any_value";
  const bool last = name == "last" || name == "last_value";
  if (!first && !last && name != "max" && name != "min") return nullptr;
  ExprPtr list = collected(std::move(call.arguments[0]), std::move(call.filter), call.distinct, span);
  if (name == "max" || name == "min") return call_of("array_" + name, std::move(list), nullptr, span);
  return call_of("element_at", std::move(list), make_integer(first ? 1 : -1, TypeKind::Int, span), span);
}

ExprPtr ExprBinder::bind_quantile(const ast::Call& call, const ast::Expr& e) {
  const std::string name = fold_case(call.name.text);
  const SqlType real = TypeKind::Double;
  std::vector<ExprPtr> arguments;
  if (name == "percentile_cont" || name == "percentile_disc") {
    const std::string usage = name + "(0.5) WITHIN GROUP (ORDER BY x)";
    check_count(call, 1, 1, usage);
    if (call.within_order.size() != 1) throw SqlError(call.name.span, name + "() needs WITHIN GROUP (ORDER BY …)", usage);
    const ast::SortItem& order = call.within_order.front();
    const bool exact = name == "percentile_disc";
    arguments.push_back(collected(*order.expr, call, exact ? nullptr : &real, e));
    arguments.push_back(fraction(bind_value(*call.arguments[0])));
    if (order.descending && arguments[1]->type.is(TypeKind::Array)) throw not_supported_yet(e.span, "several fractions of a descending order");
    if (order.descending && exact) arguments[1] = make_negate(std::move(arguments[1]), e.span);
    else if (order.descending) arguments[1] = make_arithmetic(expr::ArithmeticOp::Subtract, number(1, e.span), std::move(arguments[1]), e.span);
    return make_call(exact ? "__percentile_disc" : "__percentile", std::move(arguments), e.span);
  }
  if (name == "mode") {
    const bool within = call.within_order.size() == 1 && call.arguments.empty();
    if (!within) check_count(call, 1, 2, "mode(x)");
    bool least = within;
    if (call.arguments.size() == 2) least = constant_boolean(*bind_value(*call.arguments[1]), "whether mode() takes the least of several");
    ExprPtr list = collected(within ? *call.within_order.front().expr : *call.arguments[0], call, nullptr, e);
    // Of several values that are equally frequent the first one is taken.
    const bool ascending = !within || !call.within_order.front().descending;
    if (least) list = call_of("sort_array", std::move(list), make_boolean(ascending, e.span), e.span);
    return call_of("__mode", std::move(list), nullptr, e.span);
  }
  if (!call.within_order.empty()) throw SqlError(e.span, name + "() takes no WITHIN GROUP", "percentile_cont and percentile_disc do");
  if (name == "median") {
    check_count(call, 1, 1, "median(x)");
    arguments.push_back(collected(*call.arguments[0], call, &real, e));
    arguments.push_back(number(0.5, e.span));
    return make_call("__percentile", std::move(arguments), e.span);
  }
  if (name == "histogram_numeric") {
    check_count(call, 2, 2, "histogram_numeric(x, 5)");
    ExprPtr list = collected(*call.arguments[0], call, nullptr, e);
    const SqlType type = list->type.fields.front().type;
    if (!type.is_numeric() && !type.is(TypeKind::Null) && !type.is(TypeKind::Timestamp)) {
      throw SqlError(call.arguments[0]->span, "the argument of histogram_numeric() must be a number or a TIMESTAMP, not " + to_string(type));
    }
    arguments.push_back(coerce(std::move(list), SqlType::array(real)));
    arguments.push_back(coerce_checked(bind_value(*call.arguments[1]), TypeKind::Int, "the number of bins"));
    if (!expr::is_constant(*arguments[1])) throw SqlError(arguments[1]->span, "the number of bins must be a constant");
    ExprPtr bins = make_call("__histogram", std::move(arguments), e.span);
    if (type.is(TypeKind::Double) || type.is(TypeKind::Null)) return bins;
    // As in Spark the places of the bins are of the values' type.
    return mapped(std::move(bins), [&](const expr::Expr& bin, const expr::Expr&) {
      std::vector<ExprPtr> fields;
      fields.push_back(coerce(make_get_field(expr::clone(bin), 0, e.span), type));
      fields.push_back(make_get_field(expr::clone(bin), 1, e.span));
      return make_struct(std::move(fields), {"x", "y"}, e.span);
    }, e.span);
  }
  const bool exact = name == "percentile";
  check_count(call, 2, 3, exact ? "percentile(x, 0.5)" : name + "(x, 0.5 [, accuracy])");
  const bool weighted = exact && call.arguments.size() == 3;
  arguments.push_back(weighted ? collected_with_counts(call, e) : collected(*call.arguments[0], call, exact ? &real : nullptr, e));
  arguments.push_back(fraction(bind_value(*call.arguments[1])));
  return make_call(exact ? "__percentile" : "__percentile_disc", std::move(arguments), e.span);
}

}  // namespace millrace
