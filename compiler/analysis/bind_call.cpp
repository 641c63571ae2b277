#include <array>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/function_forms.h"
#include "compiler/analysis/generator_call.h"
#include "compiler/analysis/language_functions.h"
#include "compiler/analysis/window_call.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/function_catalog.h"
#include "compiler/types/coercion.h"

namespace millrace {

namespace {

void require_arguments(const ast::Call& call, size_t min, size_t max, SourceSpan span) {
  const size_t count = call.arguments.size();
  if (count >= min && count <= max) return;
  const std::string wanted = (min == max ? "" : "at least ") + counted(min, "argument");
  throw SqlError(span, fold_case(call.name.text) + "() takes " + wanted + ", not " + std::to_string(count));
}

constexpr size_t kAny = SIZE_MAX;

/// Names by which a struct's fields go when none are given: a column's own, else col1, col2 …
std::vector<std::string> field_names(const std::vector<ast::ExprPtr>& exprs) {
  std::vector<std::string> names;
  for (const ast::ExprPtr& e : exprs) {
    const auto* column = std::get_if<ast::ColumnName>(&e->node);
    names.push_back(column ? column->parts.back().text : "col" + std::to_string(names.size() + 1));
  }
  return names;
}

}  // namespace

ExprPtr ExprBinder::bind_node(const ast::Call& call, const ast::Expr& e) {
  if (call.over) return bind_over_call(call, e);
  const std::string name = fold_case(call.name.text);
  if (const auto own = session_.functions.find(name); own != session_.functions.end()) return bind_user_function(*own->second, call, e.span);
  if (is_row_function(name) && !is_aggregate_function(name)) {
    throw SqlError(e.span, name + "() is a window function, and OVER is missing", "such as " + name + "(…) OVER (PARTITION BY … ORDER BY …)");
  }
  if (is_window_function(name) && !is_scalar_function(name)) return bind_window_call(call, e.span);
  if (is_generator(name)) {
    throw SqlError(e.span, name + "() makes rows: it stands alone in the select list, or in LATERAL VIEW",
                   "make the rows in a subquery: FROM (SELECT …, " + name + "(…) AS x FROM …)");
  }
  if (name == "grouping") return bind_grouping(call, e.span);
  if (name == "grouping_id") return bind_grouping_id(call, e.span);
  if (ExprPtr folded = bind_over_columns(call, e)) return folded;
  if (is_aggregate_function(name) || is_list_aggregate(name)) return bind_aggregate_call(call, e);
  if (call.distinct || call.star || call.filter || !call.within_order.empty()) {
    throw SqlError(
        e.span, "'" + name + "' is no aggregate function" + (is_scalar_function(name) ? "" : did_you_mean_aggregate(name)));
  }
  if (ExprPtr form = bind_form(call, e.span)) return form;
  if (!is_scalar_function(name) && is_language_function(name)) {
    throw not_supported_yet(call.name.span, "function '" + name + "'");
  }
  std::vector<ExprPtr> arguments = bind_all(call.arguments);
  try {
    return make_call(name, std::move(arguments), e.span);
  } catch (SqlError& error) {
    if (!is_scalar_function(name)) error.span = call.name.span;
    throw;
  }
}

/// Functions that are expression forms of their own; nullptr for the others.
ExprPtr ExprBinder::bind_form(const ast::Call& call, SourceSpan span) {
  const std::string name = fold_case(call.name.text);
  if (const FunctionForm* form = find_function_form(name)) {
    require_arguments(call, form->arguments_min, form->arguments_max, span);
    return form->make(bind_all(call.arguments), span);
  }
  if (ExprPtr by_unit = bind_time_unit_call(call, span)) return by_unit;
  if (is_higher_order_function(name)) {
    if (ExprPtr made = bind_higher_order(call, span)) return made;
  }
  if (name == "struct") {
    require_arguments(call, 1, kAny, span);
    return make_struct(bind_all(call.arguments), field_names(call.arguments), span);
  }
  if (name == "named_struct") return bind_named_struct(call, span);
  if (name == "current_timezone" || name == "convert_timezone") return bind_zone_call(call, span);
  if (name == "extract" || name == "date_part" || name == "datepart") return bind_extract(call, span);
  return nullptr;
}

/// convert_timezone([from,] to, t): a time of one zone's clocks as another's show it.
ExprPtr ExprBinder::bind_zone_call(const ast::Call& call, SourceSpan span) {
  const auto set = session_.environment.settings.find("timezone");
  ExprPtr zone = make_string(set == session_.environment.settings.end() ? "UTC" : set->second, span);
  const bool converts = fold_case(call.name.text) == "convert_timezone";
  require_arguments(call, converts ? 2 : 0, converts ? 3 : 0, span);
  if (!converts) return zone;
  std::vector<ExprPtr> arguments = bind_all(call.arguments);
  ExprPtr time = std::move(arguments.back());
  ExprPtr to = std::move(arguments[arguments.size() - 2]);
  if (arguments.size() == 3) zone = std::move(arguments.front());
  std::vector<ExprPtr> utc, local;
  utc.push_back(std::move(time));
  utc.push_back(std::move(zone));
  local.push_back(make_call("to_utc_timestamp", std::move(utc), span));
  local.push_back(std::move(to));
  return make_call("from_utc_timestamp", std::move(local), span);
}

ExprPtr ExprBinder::bind_named_struct(const ast::Call& call, SourceSpan span) {
  if (call.arguments.empty() || call.arguments.size() % 2 != 0)
    throw SqlError(span, "named_struct() takes pairs of a name and a value");
  std::vector<ExprPtr> fields;
  std::vector<std::string> names;
  for (size_t i = 0; i < call.arguments.size(); i += 2) {
    const auto* name = std::get_if<ast::Literal>(&call.arguments[i]->node);
    const bool is_string = name && name->kind == ast::LiteralKind::String;
    if (!is_string) throw SqlError(call.arguments[i]->span, "the name of a field must be a string literal");
    names.push_back(name->text);
    fields.push_back(bind(*call.arguments[i + 1]));
  }
  return make_struct(std::move(fields), std::move(names), span);
}

namespace {

/// A field of an INTERVAL, as Spark numbers them: what is left of it when the fields in front are taken off.
struct IntervalPart {
  std::string_view name;
  TypeKind kind, result;
  int64_t unit, modulus;
};
constexpr int64_t kAll = INT64_MAX;
constexpr auto kIntervalParts = std::to_array<IntervalPart>({
    {"year", TypeKind::IntervalYearMonth, TypeKind::Int, 12, kAll},
    {"month", TypeKind::IntervalYearMonth, TypeKind::TinyInt, 1, 12},
    {"day", TypeKind::IntervalDayTime, TypeKind::Int, 86'400'000'000, kAll},
    {"hour", TypeKind::IntervalDayTime, TypeKind::TinyInt, 3'600'000'000, 24},
    {"minute", TypeKind::IntervalDayTime, TypeKind::TinyInt, 60'000'000, 60},
});

struct TimeField {
  std::string_view name, function;
};
constexpr auto kTimeFields = std::to_array<TimeField>({
    {"year", "year"},           {"y", "year"},           {"years", "year"},           {"yr", "year"},          {"yrs", "year"},
    {"yearofweek", "yearofweek"},
    {"quarter", "quarter"},     {"qtr", "quarter"},      {"month", "month"},          {"mon", "month"},        {"mons", "month"},
    {"months", "month"},        {"week", "weekofyear"},  {"w", "weekofyear"},         {"weeks", "weekofyear"}, {"day", "day"},
    {"d", "day"},               {"days", "day"},         {"dayofweek", "dayofweek"},  {"dow", "dayofweek"},
    {"dayofweek_iso", "dayofweek_iso"},                {"dow_iso", "dayofweek_iso"},
    {"doy", "dayofyear"},       {"dayofyear", "dayofyear"},
    {"hour", "hour"},           {"h", "hour"},           {"hours", "hour"},           {"hr", "hour"},          {"hrs", "hour"},
    {"minute", "minute"},       {"m", "minute"},         {"min", "minute"},           {"mins", "minute"},      {"minutes", "minute"},
    {"second", "second"},       {"s", "second"},         {"sec", "second"},           {"seconds", "second"},   {"secs", "second"},
});

/// Fields of INTERVALs, and the seconds with their fraction, a DECIMAL(8, 6); nullptr for all others.
ExprPtr exact_field(std::string_view field, ExprPtr& from, SourceSpan span) {
  const bool interval = from->type.is_interval();
  const bool time = from->type.is(TypeKind::Timestamp) || from->type.is(TypeKind::String);
  std::vector<ExprPtr> arguments;
  if (field == "second" && (time || from->type.is(TypeKind::IntervalDayTime))) {
    if (time) from = coerce(std::move(from), TypeKind::Timestamp);
    arguments.push_back(std::move(from));
    return make_call(interval ? "__interval_seconds" : "__timestamp_seconds", std::move(arguments), span);
  }
  if (!interval) return nullptr;
  for (const IntervalPart& part : kIntervalParts) {
    if (part.name != field || part.kind != from->type.kind) continue;
    arguments.push_back(std::move(from));
    arguments.push_back(make_integer(part.unit, TypeKind::BigInt, span));
    arguments.push_back(make_integer(part.modulus, TypeKind::BigInt, span));
    ExprPtr made = make_call("__interval_field", std::move(arguments), span);
    made->type = part.result;
    return made;
  }
  throw SqlError(span, "an " + to_string(from->type) + " has no field '" + std::string(field) + "'");
}

}  // namespace

/// EXTRACT(YEAR FROM t): the field's function. Its short names are Spark's.
ExprPtr ExprBinder::bind_extract(const ast::Call& call, SourceSpan span) {
  require_arguments(call, 2, 2, span);
  const ast::Expr& first = *call.arguments[0];
  const auto* literal = std::get_if<ast::Literal>(&first.node);
  const auto* column = std::get_if<ast::ColumnName>(&first.node);
  if (literal && literal->kind == ast::LiteralKind::Null) return make_null(TypeKind::Double, span);
  const std::string field = fold_case(literal ? literal->text : column ? column->parts.front().text : "");
  std::vector<std::string> known;
  for (const TimeField& candidate : kTimeFields) {
    known.emplace_back(candidate.name);
    if (field != candidate.name) continue;
    std::vector<ExprPtr> arguments;
    arguments.push_back(bind(*call.arguments[1]));
    if (ExprPtr part = exact_field(candidate.function, arguments.front(), span)) return part;
    return make_call(std::string(candidate.function), std::move(arguments), span);
  }
  throw SqlError(first.span, "cannot extract '" + field + "'" + did_you_mean(field, known));
}

ExprPtr ExprBinder::bind_window_call(const ast::Call& call, SourceSpan span) const {
  if (!scope_.window) {
    throw SqlError(span, fold_case(call.name.text) + "() is not allowed in " + clause_,
                   "use it in GROUP BY or the select list");
  }
  std::vector<ExprPtr> fields;
  fields.push_back(column(scope_.window->start, span));
  fields.push_back(column(scope_.window->end, span));
  return make_struct(std::move(fields), {"start", "end"}, span);
}

}  // namespace millrace
