#include "compiler/analysis/function_forms.h"

#include <algorithm>
#include <array>

#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"

namespace millrace {

namespace {

using Arguments = std::vector<ExprPtr>;

constexpr size_t kAny = SIZE_MAX;

ExprPtr choose(ExprPtr condition, ExprPtr then, ExprPtr otherwise, SourceSpan span) {
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  branches.emplace_back(std::move(condition), std::move(then));
  return make_case(std::move(branches), std::move(otherwise), span);
}

ExprPtr coalesce(Arguments arguments, SourceSpan span) { return make_coalesce(std::move(arguments), span); }

ExprPtr zero_if_null(Arguments arguments, SourceSpan span) {
  arguments.push_back(make_integer(0, TypeKind::Int, span));
  return make_coalesce(std::move(arguments), span);
}

ExprPtr make_if(Arguments arguments, SourceSpan span) {
  ExprPtr condition = to_boolean(std::move(arguments[0]), "the condition of if()");
  return choose(std::move(condition), std::move(arguments[1]), std::move(arguments[2]), span);
}

ExprPtr nvl2(Arguments arguments, SourceSpan span) {
  ExprPtr condition = make_is_null(std::move(arguments[0]), true, span);
  return choose(std::move(condition), std::move(arguments[1]), std::move(arguments[2]), span);
}

ExprPtr null_if(Arguments arguments, SourceSpan span) {
  ExprPtr value = settle(std::move(arguments[0]));
  ExprPtr same = make_comparison(expr::ComparisonOp::Equal, expr::clone(*value), std::move(arguments[1]), span);
  const SqlType type = value->type;
  return choose(std::move(same), make_null(type, span), std::move(value), span);
}

ExprPtr null_if_zero(Arguments arguments, SourceSpan span) {
  arguments.push_back(make_integer(0, TypeKind::Int, span));
  return null_if(std::move(arguments), span);
}

ExprPtr is_null(Arguments arguments, SourceSpan span) { return make_is_null(std::move(arguments[0]), false, span); }
ExprPtr is_not_null(Arguments arguments, SourceSpan span) { return make_is_null(std::move(arguments[0]), true, span); }

ExprPtr extreme(bool greatest, Arguments arguments, SourceSpan span) {
  std::vector<ExprPtr*> all;
  for (ExprPtr& argument : arguments) all.push_back(&argument);
  const SqlType type = unify(all, "the arguments", span);
  if (type.is_nested()) throw SqlError(span, "greatest and least do not take " + to_string(type));
  return make_inferred(expr::Extreme{greatest, std::move(arguments)}, type, span);
}
ExprPtr greatest(Arguments arguments, SourceSpan span) { return extreme(true, std::move(arguments), span); }
ExprPtr least(Arguments arguments, SourceSpan span) { return extreme(false, std::move(arguments), span); }

ExprPtr type_of(Arguments arguments, SourceSpan span) { return make_string(fold_case(to_string(arguments[0]->type)), span); }

ExprPtr array(Arguments arguments, SourceSpan span) { return make_array(std::move(arguments), span); }
ExprPtr get(Arguments arguments, SourceSpan span) { return make_element(std::move(arguments[0]), std::move(arguments[1]), span); }
ExprPtr map(Arguments arguments, SourceSpan span) { return make_map(std::move(arguments), span); }

/// No operator fails a query, so that try_add is `+`.
template <expr::ArithmeticOp op>
ExprPtr arithmetic(Arguments arguments, SourceSpan span) {
  return make_arithmetic(op, std::move(arguments[0]), std::move(arguments[1]), span);
}

constexpr auto kForms = std::to_array<FunctionForm>({
    {"coalesce", 1, kAny, coalesce},
    {"nvl", 2, 2, coalesce},
    {"ifnull", 2, 2, coalesce},
    {"zeroifnull", 1, 1, zero_if_null},
    {"nullif", 2, 2, null_if},
    {"nullifzero", 1, 1, null_if_zero},
    {"if", 3, 3, make_if},
    {"iff", 3, 3, make_if},
    {"nvl2", 3, 3, nvl2},
    {"isnull", 1, 1, is_null},
    {"isnotnull", 1, 1, is_not_null},
    {"greatest", 2, kAny, greatest},
    {"least", 2, kAny, least},
    {"array", 0, kAny, array},
    {"map", 0, kAny, map},
    {"get", 2, 2, get},
    {"typeof", 1, 1, type_of},
    {"try_add", 2, 2, arithmetic<expr::ArithmeticOp::Add>},
    {"try_subtract", 2, 2, arithmetic<expr::ArithmeticOp::Subtract>},
    {"try_multiply", 2, 2, arithmetic<expr::ArithmeticOp::Multiply>},
    {"try_divide", 2, 2, arithmetic<expr::ArithmeticOp::Divide>},
    {"try_mod", 2, 2, arithmetic<expr::ArithmeticOp::Modulo>},
});

}  // namespace

const FunctionForm* find_function_form(std::string_view name) {
  const auto found = std::find_if(kForms.begin(), kForms.end(), [&](const FunctionForm& form) { return form.name == name; });
  return found == kForms.end() ? nullptr : &*found;
}

}  // namespace millrace
