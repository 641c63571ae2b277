#include <array>

#include "compiler/analysis/expr_binder.h"
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
  const std::string wanted = min == max ? std::to_string(min) : "at least " + std::to_string(min);
  throw SqlError(span, fold_case(call.name.text) + "() takes " + wanted + (wanted == "1" ? " argument" : " arguments") +
                           ", not " + std::to_string(count));
}

constexpr size_t kAny = SIZE_MAX;

std::vector<ExprPtr> list_of(ExprPtr a, ExprPtr b) {
  std::vector<ExprPtr> list;
  list.push_back(std::move(a));
  list.push_back(std::move(b));
  return list;
}

ExprPtr make_if(ExprPtr condition, ExprPtr then, ExprPtr otherwise, SourceSpan span) {
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  branches.emplace_back(std::move(condition), std::move(then));
  return make_case(std::move(branches), std::move(otherwise), span);
}

ExprPtr make_extreme(bool greatest, std::vector<ExprPtr> operands, SourceSpan span) {
  std::vector<ExprPtr*> all;
  for (ExprPtr& operand : operands) all.push_back(&operand);
  const SqlType type = unify(all, "the arguments", span);
  if (type.is_nested()) throw SqlError(span, "greatest and least do not take " + to_string(type));
  return make_inferred(expr::Extreme{greatest, std::move(operands)}, type, span);
}

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
  if (call.over) throw not_supported_yet(call.over->span, "window functions (OVER)");
  const std::string name = fold_case(call.name.text);
  if (is_window_function(name) && !is_scalar_function(name)) return bind_window_call(call, e.span);
  if (name == "grouping") return bind_grouping(call, e.span);
  if (name == "grouping_id") return bind_grouping_id(call, e.span);
  if (is_aggregate_function(name)) return bind_aggregate_call(call, e);
  if (call.distinct || call.star || call.filter || !call.within_order.empty()) {
    throw SqlError(
        e.span, "'" + name + "' is no aggregate function" + (is_scalar_function(name) ? "" : did_you_mean_aggregate(name)));
  }
  if (ExprPtr form = bind_form(call, e.span)) return form;
  if (!is_scalar_function(name) && is_language_function(name))
    throw not_supported_yet(call.name.span, "function '" + name + "'");
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
  const auto argument = [&](size_t i) { return bind(*call.arguments[i]); };
  if (name == "coalesce") return require_arguments(call, 1, kAny, span), make_coalesce(bind_all(call.arguments), span);
  if (name == "nvl" || name == "ifnull")
    return require_arguments(call, 2, 2, span), make_coalesce(bind_all(call.arguments), span);
  if (name == "greatest" || name == "least") {
    require_arguments(call, 2, kAny, span);
    return make_extreme(name == "greatest", bind_all(call.arguments), span);
  }
  if (name == "if" || name == "iff") {
    require_arguments(call, 3, 3, span);
    return make_if(to_boolean(argument(0), "the condition of if()"), argument(1), argument(2), span);
  }
  if (name == "nvl2") {
    require_arguments(call, 3, 3, span);
    return make_if(make_is_null(argument(0), true, span), argument(1), argument(2), span);
  }
  if (name == "nullif") {
    require_arguments(call, 2, 2, span);
    ExprPtr value = argument(0);
    ExprPtr same = make_comparison(expr::ComparisonOp::Equal, expr::clone(*value), argument(1), span);
    SqlType type = value->type;
    return make_if(std::move(same), make_null(type, span), settle(std::move(value)), span);
  }
  if (name == "isnull" || name == "isnotnull") {
    require_arguments(call, 1, 1, span);
    return make_is_null(argument(0), name == "isnotnull", span);
  }
  if (name == "zeroifnull")
    return require_arguments(call, 1, 1, span),
           make_coalesce(list_of(argument(0), make_integer(0, TypeKind::Int, span)), span);
  if (name == "typeof")
    return require_arguments(call, 1, 1, span), make_string(fold_case(to_string(argument(0)->type)), span);
  if (name == "struct")
    return require_arguments(call, 1, kAny, span), make_struct(bind_all(call.arguments), field_names(call.arguments), span);
  if (name == "named_struct") return bind_named_struct(call, span);
  if (name == "extract" || name == "date_part" || name == "datepart") return bind_extract(call, span);
  return nullptr;
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

/// EXTRACT(YEAR FROM t): the field's function.
ExprPtr ExprBinder::bind_extract(const ast::Call& call, SourceSpan span) {
  struct Field {
    std::string_view name, function;
  };
  constexpr std::array<Field, 19> kFields{{{"year", "year"},
                                           {"years", "year"},
                                           {"quarter", "quarter"},
                                           {"month", "month"},
                                           {"months", "month"},
                                           {"week", "weekofyear"},
                                           {"weeks", "weekofyear"},
                                           {"day", "day"},
                                           {"days", "day"},
                                           {"dayofweek", "dayofweek"},
                                           {"dow", "dayofweek"},
                                           {"doy", "dayofyear"},
                                           {"dayofyear", "dayofyear"},
                                           {"hour", "hour"},
                                           {"hours", "hour"},
                                           {"minute", "minute"},
                                           {"minutes", "minute"},
                                           {"second", "second"},
                                           {"seconds", "second"}}};
  require_arguments(call, 2, 2, span);
  const ast::Expr& first = *call.arguments[0];
  const auto* literal = std::get_if<ast::Literal>(&first.node);
  const auto* column = std::get_if<ast::ColumnName>(&first.node);
  const std::string field = fold_case(literal ? literal->text : column ? column->parts.front().text : "");
  std::vector<std::string> known;
  for (const Field& candidate : kFields) {
    known.emplace_back(candidate.name);
    if (field != candidate.name) continue;
    std::vector<ExprPtr> arguments;
    arguments.push_back(bind(*call.arguments[1]));
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
