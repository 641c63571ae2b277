#include "compiler/analysis/function_forms.h"

#include <algorithm>
#include <array>

#include "compiler/analysis/calendar_interval.h"
#include "compiler/analysis/number_format_calls.h"
#include "compiler/analysis/random_calls.h"
#include "compiler/analysis/record_calls.h"
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
  ExprPtr value = std::move(arguments[0]);
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

/// As Spark's catalog writes it: `struct<a:int,b:map<string,int>>`.
std::string catalog_text(const SqlType& type) {
  if (!type.is_nested() || is_calendar_interval(type)) return fold_case(to_string(type));
  std::string out = type.is(TypeKind::Struct) ? "struct<" : type.is(TypeKind::Map) ? "map<" : "array<";
  for (const StructField& field : type.fields) {
    if (out.back() != '<') out += ',';
    if (type.is(TypeKind::Struct)) out += field.name + ':';
    out += catalog_text(field.type);
  }
  return out + '>';
}
ExprPtr type_of(Arguments arguments, SourceSpan span) { return make_string(catalog_text(arguments[0]->type), span); }

ExprPtr array(Arguments arguments, SourceSpan span) { return make_array(std::move(arguments), span); }
ExprPtr get(Arguments arguments, SourceSpan span) { return make_element(std::move(arguments[0]), std::move(arguments[1]), span); }
ExprPtr map(Arguments arguments, SourceSpan span) { return make_map(std::move(arguments), span); }

/// No operator fails a query, so that try_add is `+`.
template <expr::ArithmeticOp op>
ExprPtr arithmetic(Arguments arguments, SourceSpan span) {
  return make_arithmetic(op, std::move(arguments[0]), std::move(arguments[1]), span);
}

ExprPtr nan_value(Arguments arguments, SourceSpan span) {
  ExprPtr value = coerce_checked(std::move(arguments[0]), TypeKind::Double, "the first argument of nanvl()");
  ExprPtr otherwise = coerce_checked(std::move(arguments[1]), TypeKind::Double, "the second argument of nanvl()");
  Arguments tested;
  tested.push_back(expr::clone(*value));
  return choose(make_call("isnan", std::move(tested), span), std::move(otherwise), std::move(value), span);
}

bool are_bytes(const Arguments& arguments, size_t first) {
  return arguments.size() > first && std::all_of(arguments.begin() + static_cast<ptrdiff_t>(first), arguments.end(),
                                                 [](const ExprPtr& e) { return e->type.is(TypeKind::Binary); });
}

/// What joins nothing but BINARY values is BINARY.
ExprPtr concat(Arguments arguments, SourceSpan span) {
  const bool bytes = are_bytes(arguments, 0);
  ExprPtr joined = make_call("concat", std::move(arguments), span);
  return bytes ? explicit_cast(std::move(joined), TypeKind::Binary, span) : std::move(joined);
}

/// hour('10:11:12'): text may be the time of a day alone.
template <char First>
ExprPtr field_of_time(Arguments arguments, SourceSpan span) {
  const std::string name = First == 'h' ? "hour" : First == 'm' ? "minute" : "second";
  if (arguments[0]->type.is(TypeKind::String)) {
    Arguments with_day, either;
    with_day.push_back(make_string("1970-01-01 ", span));
    with_day.push_back(expr::clone(*arguments[0]));
    either.push_back(coerce(std::move(arguments[0]), TypeKind::Timestamp));
    either.push_back(coerce(make_call("concat", std::move(with_day), span), TypeKind::Timestamp));
    arguments[0] = make_coalesce(std::move(either), span);
  }
  return make_call(name, std::move(arguments), span);
}

/// elt(n, a, b, …): the n-th of the values.
ExprPtr element_of_list(Arguments arguments, SourceSpan span) {
  const bool bytes = are_bytes(arguments, 1);
  const ExprPtr number = coerce_checked(std::move(arguments[0]), TypeKind::Int, "the first argument of elt()");
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  for (size_t i = 1; i < arguments.size(); ++i) {
    ExprPtr hit = make_comparison(expr::ComparisonOp::Equal, expr::clone(*number), make_integer(static_cast<int64_t>(i), TypeKind::Int, span), span);
    branches.emplace_back(std::move(hit), bytes ? std::move(arguments[i]) : coerce_checked(std::move(arguments[i]), TypeKind::String, "a value of elt()"));
  }
  return make_case(std::move(branches), nullptr, span);
}

ExprPtr equal_null(Arguments arguments, SourceSpan span) {
  return make_comparison(expr::ComparisonOp::NullSafeEqual, std::move(arguments[0]), std::move(arguments[1]), span);
}

/// decode(x, a, b, c, d, e): b if x is a, d if x is c, else e; of two arguments the text of bytes.
ExprPtr decode(Arguments arguments, SourceSpan span) {
  if (arguments.size() == 2) return make_call("__decode", std::move(arguments), span);
  const ExprPtr value = std::move(arguments[0]);
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  size_t i = 1;
  for (; i + 1 < arguments.size(); i += 2) {
    ExprPtr hit = make_comparison(expr::ComparisonOp::NullSafeEqual, expr::clone(*value), std::move(arguments[i]), span);
    branches.emplace_back(std::move(hit), std::move(arguments[i + 1]));
  }
  return make_case(std::move(branches), i < arguments.size() ? std::move(arguments[i]) : nullptr, span);
}

/// NULL for a position that the number does not have.
ExprPtr bit_get(Arguments arguments, SourceSpan span) {
  const SqlType type = arguments[0]->type.is_integer() ? arguments[0]->type : SqlType(TypeKind::BigInt);
  const int64_t width = int64_t{8} << (static_cast<int>(type.kind) - static_cast<int>(TypeKind::TinyInt));
  ExprPtr value = coerce_checked(std::move(arguments[0]), TypeKind::BigInt, "the first argument of bit_get()");
  const ExprPtr position = coerce_checked(std::move(arguments[1]), TypeKind::Int, "the second argument of bit_get()");
  Arguments bounds;
  bounds.push_back(make_comparison(expr::ComparisonOp::GreaterEqual, expr::clone(*position), make_integer(0, TypeKind::Int, span), span));
  bounds.push_back(make_comparison(expr::ComparisonOp::Less, expr::clone(*position), make_integer(width, TypeKind::Int, span), span));
  Arguments shifted;
  shifted.push_back(std::move(value));
  shifted.push_back(choose(make_logic(expr::LogicOp::And, std::move(bounds), span), expr::clone(*position), make_null(TypeKind::Int, span), span));
  ExprPtr bits = make_call("shiftright", std::move(shifted), span);
  return coerce(make_arithmetic(expr::ArithmeticOp::BitAnd, std::move(bits), make_integer(1, TypeKind::BigInt, span), span), TypeKind::TinyInt);
}

template <TypeKind kind>
ExprPtr cast_to(Arguments arguments, SourceSpan span) {
  return explicit_cast(std::move(arguments[0]), kind, span);
}

ExprPtr cast_to_decimal(Arguments arguments, SourceSpan span) { return explicit_cast(std::move(arguments[0]), SqlType::decimal(10, 0), span); }

/// Of no maps an empty one.
ExprPtr map_concat(Arguments arguments, SourceSpan span) {
  if (!arguments.empty()) return make_call("map_concat", std::move(arguments), span);
  return coerce(make_map({}, span), SqlType::map(TypeKind::String, TypeKind::String));
}

/// Of BINARY in bytes.
ExprPtr pad(const char* name, const char* of_bytes, Arguments arguments, SourceSpan span) {
  const bool bytes = arguments[0]->type.is(TypeKind::Binary) && (arguments.size() == 2 || arguments[2]->type.is(TypeKind::Binary));
  return make_call(bytes ? of_bytes : name, std::move(arguments), span);
}
ExprPtr lpad(Arguments arguments, SourceSpan span) { return pad("lpad", "__lpad_bytes", std::move(arguments), span); }
ExprPtr rpad(Arguments arguments, SourceSpan span) { return pad("rpad", "__rpad_bytes", std::move(arguments), span); }

/// concat_ws(', ', a, b): of ARRAYs among them the elements.
ExprPtr concat_ws(Arguments arguments, SourceSpan span) {
  const bool arrays = std::any_of(arguments.begin() + 1, arguments.end(), [](const ExprPtr& e) { return e->type.is(TypeKind::Array); });
  if (!arrays) return make_call("concat_ws", std::move(arguments), span);
  const SqlType strings = SqlType::array(TypeKind::String);
  Arguments lists;
  for (size_t i = 1; i < arguments.size(); ++i) {
    Arguments one;
    if (!arguments[i]->type.is(TypeKind::Array)) {
      one.push_back(coerce_checked(std::move(arguments[i]), TypeKind::String, "an argument of concat_ws()"));
      lists.push_back(make_array(std::move(one), span));
      continue;
    }
    // Of a NULL array, as of a NULL string, nothing.
    one.push_back(coerce_checked(std::move(arguments[i]), strings, "an argument of concat_ws()"));
    one.push_back(coerce(make_array({}, span), strings));
    lists.push_back(make_coalesce(std::move(one), span));
  }
  Arguments joined;
  joined.push_back(make_call("concat", std::move(lists), span));
  joined.push_back(std::move(arguments[0]));
  return make_call("array_join", std::move(joined), span);
}

/// regexp_instr(text, pattern [, group]): Spark's group changes nothing, but a NULL makes NULL.
ExprPtr regexp_instr(Arguments arguments, SourceSpan span) {
  if (arguments.size() < 3) return make_call("regexp_instr", std::move(arguments), span);
  ExprPtr group = coerce_checked(std::move(arguments[2]), TypeKind::Int, "the third argument of regexp_instr()");
  arguments.pop_back();
  ExprPtr place = make_call("regexp_instr", std::move(arguments), span);
  ExprPtr null = make_null(place->type, span);
  return choose(make_is_null(std::move(group), false, span), std::move(null), std::move(place), span);
}

ExprPtr default_schema(Arguments, SourceSpan span) { return make_string("default", span); }
ExprPtr default_catalog(Arguments, SourceSpan span) { return make_string("spark_catalog", span); }

/// Arguments that are left out are 0.
ExprPtr make_dt_interval(Arguments arguments, SourceSpan span) {
  while (arguments.size() < 4) arguments.push_back(make_integer(0, TypeKind::Int, span));
  return make_call("make_dt_interval", std::move(arguments), span);
}
ExprPtr make_ym_interval(Arguments arguments, SourceSpan span) {
  while (arguments.size() < 2) arguments.push_back(make_integer(0, TypeKind::Int, span));
  return make_call("make_ym_interval", std::move(arguments), span);
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
    {"nanvl", 2, 2, nan_value},
    {"elt", 2, kAny, element_of_list},
    {"concat", 0, kAny, concat},
    {"hour", 1, 1, field_of_time<'h'>},
    {"minute", 1, 1, field_of_time<'m'>},
    {"second", 1, 1, field_of_time<'s'>},
    {"equal_null", 2, 2, equal_null},
    {"decode", 2, kAny, decode},
    {"bit_get", 2, 2, bit_get},
    {"getbit", 2, 2, bit_get},
    {"boolean", 1, 1, cast_to<TypeKind::Boolean>},
    {"tinyint", 1, 1, cast_to<TypeKind::TinyInt>},
    {"smallint", 1, 1, cast_to<TypeKind::SmallInt>},
    {"int", 1, 1, cast_to<TypeKind::Int>},
    {"bigint", 1, 1, cast_to<TypeKind::BigInt>},
    {"float", 1, 1, cast_to<TypeKind::Float>},
    {"double", 1, 1, cast_to<TypeKind::Double>},
    {"decimal", 1, 1, cast_to_decimal},
    {"concat_ws", 1, kAny, concat_ws},
    {"regexp_instr", 2, 3, regexp_instr},
    {"lpad", 2, 3, lpad},
    {"rpad", 2, 3, rpad},
    {"map_concat", 0, kAny, map_concat},
    {"string", 1, 1, cast_to<TypeKind::String>},
    {"binary", 1, 1, cast_to<TypeKind::Binary>},
    {"timestamp", 1, 1, cast_to<TypeKind::Timestamp>},
    {"current_database", 0, 0, default_schema},
    {"current_schema", 0, 0, default_schema},
    {"current_catalog", 0, 0, default_catalog},
    {"rand", 0, 1, make_rand},
    {"random", 0, 1, make_rand},
    {"randn", 0, 1, make_randn},
    {"uniform", 2, 3, make_uniform},
    {"randstr", 1, 2, make_randstr},
    {"monotonically_increasing_id", 0, 0, make_next_id},
    {"make_dt_interval", 0, 4, make_dt_interval},
    {"make_interval", 0, 7, make_interval},
    {"try_make_interval", 0, 7, make_interval},
    {"make_ym_interval", 0, 2, make_ym_interval},
    {"to_number", 2, 2, make_to_number},
    {"try_to_number", 2, 2, make_to_number},
    {"to_char", 2, 2, make_to_char},
    {"to_varchar", 2, 2, make_to_char},
    {"from_json", 2, 3, make_from_json},
    {"from_csv", 2, 3, make_from_csv},
    {"to_json", 1, 2, make_to_json},
    {"to_csv", 1, 2, make_to_csv},
    {"schema_of_csv", 1, 2, make_schema_of_csv},
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
