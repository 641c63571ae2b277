#include <algorithm>
#include <array>

#include "compiler/analysis/expr_binder.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/types/coercion.h"

/// Functions that take lambdas.
namespace millrace {

using expr::LambdaForm;

namespace {

struct HigherOrder {
  std::string_view name;
  size_t arguments;  ///< with the first lambda, which is the last of them
  size_t parameters_min, parameters_max;
  std::string_view example;
};

constexpr auto kHigherOrder = std::to_array<HigherOrder>({{"transform", 2, 1, 2, "transform(a, x -> x + 1)"},
                                                          {"filter", 2, 1, 2, "filter(a, x -> x > 0)"},
                                                          {"exists", 2, 1, 1, "exists(a, x -> x > 0)"},
                                                          {"forall", 2, 1, 1, "forall(a, x -> x > 0)"},
                                                          {"aggregate", 3, 2, 2, "aggregate(a, 0, (sum, x) -> sum + x)"},
                                                          {"reduce", 3, 2, 2, "reduce(a, 0, (sum, x) -> sum + x)"},
                                                          {"array_sort", 2, 2, 2, "array_sort(a, (x, y) -> y - x)"},
                                                          {"zip_with", 3, 2, 2, "zip_with(a, b, (x, y) -> x + y)"},
                                                          {"map_zip_with", 3, 3, 3, "map_zip_with(m, n, (k, x, y) -> x + y)"},
                                                          {"map_filter", 2, 2, 2, "map_filter(m, (k, v) -> v > 0)"},
                                                          {"transform_keys", 2, 2, 2, "transform_keys(m, (k, v) -> upper(k))"},
                                                          {"transform_values", 2, 2, 2, "transform_values(m, (k, v) -> v + 1)"}});

const HigherOrder* find_higher_order(std::string_view name) {
  const auto found = std::find_if(kHigherOrder.begin(), kHigherOrder.end(), [&](const HigherOrder& f) { return f.name == name; });
  return found == kHigherOrder.end() ? nullptr : &*found;
}

/// What is no lambda is the body of one that does not look at its parameters, as in Spark: transform(a, 0).
LambdaView lambda_of(const ast::Expr& e, const HigherOrder& function) {
  const auto* lambda = std::get_if<ast::Lambda>(&e.node);
  if (!lambda) return {std::vector<ast::Identifier>(function.parameters_min), &e};
  const size_t count = lambda->parameters.size();
  if (count < function.parameters_min || count > function.parameters_max) {
    throw SqlError(e.span, "the lambda of " + std::string(function.name) + "() has " + counted(function.parameters_min, "parameter") +
                               ", not " + std::to_string(count),
                   std::string(function.example));
  }
  return {lambda->parameters, lambda->body.get()};
}

/// An ARRAY operand's element type.
SqlType element_type(const expr::Expr& e, std::string_view function) {
  if (!e.type.is(TypeKind::Array)) {
    throw SqlError(e.span, std::string(function) + "() takes an ARRAY, not " + to_string(e.type),
                   e.type.is(TypeKind::Map) ? "map_filter, transform_keys and transform_values take a MAP" : "");
  }
  return e.type.fields.front().type;
}

/// A STRUCT whose fields differ from another's by their names alone, or by parts that have a common type.
bool is_renamed(const SqlType& made, const SqlType& wanted) {
  return made.is(TypeKind::Struct) && wanted.is(TypeKind::Struct) && made.fields.size() == wanted.fields.size() && !common_type(made, wanted);
}

/// The type with the names of another one's fields: in a fold the start's names hold, as in Spark.
SqlType with_names(SqlType type, const SqlType& names) {
  for (size_t i = 0; i < type.fields.size(); ++i) type.fields[i].name = names.fields[i].name;
  return type;
}

}  // namespace

bool is_higher_order_function(std::string_view name) { return find_higher_order(name) != nullptr; }

/// A parameter of the lambda that is being bound, one level further in.
ExprPtr ExprBinder::lambda_parameter(const std::string& name, SqlType type, SourceSpan span) {
  return expr::make(expr::LambdaParameter{static_cast<uint32_t>(lambda_depth_++), name}, std::move(type), true, span);
}

/// Binds a body in which these names stand for these expressions.
ExprPtr ExprBinder::bind_body(const ast::Expr& body, std::vector<std::pair<std::string, ExprPtr>> names) {
  const size_t outer = lambda_names_.size();
  for (auto& name : names) lambda_names_.push_back(std::move(name));
  ExprPtr bound = bind_value(body);
  lambda_names_.resize(outer);
  return bound;
}

/// A lambda over the elements of `operands`; its parameters have these types. The caller sets the result's type.
expr::OverElements ExprBinder::bind_lambda(LambdaForm form, const LambdaView& lambda, std::vector<ExprPtr> operands,
                                           const std::vector<SqlType>& types) {
  expr::OverElements made{form, std::move(operands), {}, nullptr};
  std::vector<std::pair<std::string, ExprPtr>> names;
  const size_t outer_depth = lambda_depth_;
  for (size_t i = 0; i < lambda.parameters.size(); ++i) {
    const ast::Identifier& name = lambda.parameters[i];
    ExprPtr parameter = lambda_parameter(name.text, types[i], name.span);
    made.parameters.push_back(std::get<expr::LambdaParameter>(parameter->node));
    names.emplace_back(name.text, std::move(parameter));
  }
  made.body = bind_body(*lambda.body, std::move(names));
  lambda_depth_ = outer_depth;
  return made;
}

ExprPtr ExprBinder::bind_higher_order(const ast::Call& call, SourceSpan span) {
  const std::string name = fold_case(call.name.text);
  const HigherOrder& function = *find_higher_order(name);
  const bool folds = name == "aggregate" || name == "reduce";
  const size_t count = call.arguments.size();
  if (name == "array_sort" && count == 1) return nullptr;
  if (count != function.arguments && !(folds && count == 4)) {
    throw SqlError(span, name + "() takes " + counted(function.arguments, "argument") + ", not " + std::to_string(count),
                   std::string(function.example));
  }
  const ast::Expr& last = *call.arguments[function.arguments - 1];
  const LambdaView lambda = lambda_of(last, function);
  std::vector<ExprPtr> operands;
  for (size_t i = 0; i + 1 < function.arguments; ++i) operands.push_back(bind_value(*call.arguments[i]));
  if (name == "map_zip_with") return bind_over_maps(lambda, std::move(operands), span);
  if (name == "map_filter" || name.starts_with("transform_")) return bind_over_map(name, lambda, std::move(operands[0]), span);
  const SqlType element = element_type(*operands[0], name);
  if (name == "array_sort") return bind_sort(lambda, std::move(operands[0]), span);
  if (folds) return bind_fold(call, lambda, std::move(operands), span);
  if (name == "zip_with") {
    const SqlType second = element_type(*operands[1], name);
    auto zipped = bind_lambda(LambdaForm::ZipWith, lambda, std::move(operands), {element, second});
    SqlType type = SqlType::array(zipped.body->type);
    return make_inferred(std::move(zipped), std::move(type), span);
  }
  const LambdaForm form = name == "transform" ? LambdaForm::Transform
                          : name == "filter"  ? LambdaForm::Filter
                          : name == "exists"  ? LambdaForm::Exists
                                              : LambdaForm::ForAll;
  SqlType type = form == LambdaForm::Filter ? operands[0]->type : SqlType(TypeKind::Boolean);
  expr::OverElements made = bind_lambda(form, lambda, std::move(operands), {element, TypeKind::Int});
  if (form == LambdaForm::Transform) type = SqlType::array(made.body->type);
  else made.body = to_boolean(std::move(made.body), "the body of the lambda");
  return make_inferred(std::move(made), std::move(type), span);
}

/// The value so far takes the wider of the start's type and the body's. A last lambda makes the result of the last value.
ExprPtr ExprBinder::bind_fold(const ast::Call& call, const LambdaView& lambda, std::vector<ExprPtr> operands, SourceSpan span) {
  const SqlType element = operands[0]->type.fields.front().type;
  SqlType type = operands[1]->type;
  expr::OverElements fold;
  for (int round = 0; round < 2; ++round) {
    std::vector<ExprPtr> copies;
    for (const ExprPtr& operand : operands) copies.push_back(expr::clone(*operand));
    fold = bind_lambda(LambdaForm::Fold, lambda, std::move(copies), {type, element});
    if (is_renamed(fold.body->type, type)) fold.body = coerce(std::move(fold.body), with_names(fold.body->type, type));
    const auto common = common_type(type, fold.body->type);
    if (!common) {
      throw SqlError(lambda.body->span, "the lambda makes " + to_string(fold.body->type) + " of what starts as " + to_string(type));
    }
    if (*common == type) break;
    type = *common;
  }
  fold.operands[1] = coerce(std::move(fold.operands[1]), type);
  fold.body = coerce(std::move(fold.body), type);
  ExprPtr folded = make_inferred(std::move(fold), type, span);
  if (call.arguments.size() < 4) return folded;
  static constexpr HigherOrder kFinish{"aggregate", 1, 1, 1, "aggregate(a, 0, (sum, x) -> sum + x, sum -> sum / 2)"};
  const LambdaView finish = lambda_of(*call.arguments[3], kFinish);
  // The value is computed once: as the only element of an array.
  std::vector<ExprPtr> one;
  one.push_back(std::move(folded));
  std::vector<ExprPtr> operand;
  operand.push_back(make_array(std::move(one), span));
  auto made = bind_lambda(LambdaForm::Transform, finish, std::move(operand), {type});
  SqlType result = SqlType::array(made.body->type);
  return make_element(make_inferred(std::move(made), std::move(result), span), make_integer(0, TypeKind::Int, span), span);
}

/// By a comparator: an array's elements are compared each with each, and the results tell the order. The array is computed once: as the only
/// element of another one.
ExprPtr ExprBinder::bind_sort(const LambdaView& lambda, ExprPtr operand, SourceSpan span) {
  const SqlType array = operand->type, element = array.fields.front().type, orders = SqlType::array(TypeKind::BigInt);
  const size_t outer_depth = lambda_depth_;
  const ExprPtr whole = lambda_parameter("array", array, span);
  const ExprPtr left = lambda_parameter(lambda.parameters[0].text, element, lambda.parameters[0].span);
  const ExprPtr right = lambda_parameter(lambda.parameters[1].text, element, lambda.parameters[1].span);
  std::vector<std::pair<std::string, ExprPtr>> names;
  names.emplace_back(lambda.parameters[0].text, expr::clone(*left));
  names.emplace_back(lambda.parameters[1].text, expr::clone(*right));
  ExprPtr order = bind_body(*lambda.body, std::move(names));
  if (!order->type.is_integer() && !is_null_literal(*order)) {
    throw SqlError(lambda.body->span, "what compares two elements makes an INT, not " + to_string(order->type), "below 0: the first comes first; above: the second");
  }
  order = coerce(std::move(order), TypeKind::BigInt);
  lambda_depth_ = outer_depth;
  const auto over = [&](const expr::Expr& elements, const expr::Expr& parameter, ExprPtr body) {
    expr::OverElements made{LambdaForm::Transform, {}, {std::get<expr::LambdaParameter>(parameter.node)}, std::move(body)};
    made.operands.push_back(expr::clone(elements));
    SqlType type = SqlType::array(made.body->type);
    return make_inferred(std::move(made), std::move(type), span);
  };
  std::vector<ExprPtr> arguments;
  arguments.push_back(expr::clone(*whole));
  arguments.push_back(over(*whole, *left, over(*whole, *right, std::move(order))));
  std::vector<ExprPtr> one;
  one.push_back(std::move(operand));
  const ExprPtr only = make_array(std::move(one), span);
  ExprPtr sorted = over(*only, *whole, make_call("__sort_by_orders", std::move(arguments), span));
  return make_element(std::move(sorted), make_integer(0, TypeKind::Int, span), span);
}

/// Over the entries of a MAP: `(k, v)` are the fields of an entry.
ExprPtr ExprBinder::bind_over_map(const std::string& name, const LambdaView& lambda, ExprPtr map, SourceSpan span) {
  if (!map->type.is(TypeKind::Map)) throw SqlError(map->span, name + "() takes a MAP, not " + to_string(map->type));
  const auto call = [&](const char* function) {
    std::vector<ExprPtr> arguments;
    arguments.push_back(expr::clone(*map));
    return make_call(function, std::move(arguments), span);
  };
  expr::OverElements made{name == "map_filter" ? LambdaForm::Filter : LambdaForm::Transform, {}, {}, nullptr};
  made.operands.push_back(call("map_entries"));
  const SqlType entries = made.operands[0]->type;
  const size_t outer_depth = lambda_depth_;
  ExprPtr entry = lambda_parameter("entry", entries.fields.front().type, span);
  made.parameters.push_back(std::get<expr::LambdaParameter>(entry->node));
  std::vector<std::pair<std::string, ExprPtr>> names;
  for (uint32_t i = 0; i < 2; ++i) names.emplace_back(lambda.parameters[i].text, make_get_field(expr::clone(*entry), i, span));
  made.body = bind_body(*lambda.body, std::move(names));
  lambda_depth_ = outer_depth;
  std::vector<ExprPtr> arguments;
  if (name == "map_filter") {
    made.body = to_boolean(std::move(made.body), "the body of the lambda");
    arguments.push_back(make_inferred(std::move(made), entries, span));
    return make_call("map_from_entries", std::move(arguments), span);
  }
  SqlType type = SqlType::array(made.body->type);
  arguments.push_back(make_inferred(std::move(made), std::move(type), span));
  const bool keys = name == "transform_keys";
  arguments.insert(keys ? arguments.end() : arguments.begin(), call(keys ? "map_values" : "map_keys"));
  return make_call("map_from_arrays", std::move(arguments), span);
}

/// Over the keys of two MAPs: `(k, x, y)` are a key and the values of both maps for it.
ExprPtr ExprBinder::bind_over_maps(const LambdaView& lambda, std::vector<ExprPtr> maps, SourceSpan span) {
  std::vector<ExprPtr> keys;
  for (const ExprPtr& map : maps) {
    if (!map->type.is(TypeKind::Map)) throw SqlError(map->span, "map_zip_with() takes two MAPs, not " + to_string(map->type));
    std::vector<ExprPtr> one;
    one.push_back(expr::clone(*map));
    keys.push_back(make_call("map_keys", std::move(one), span));
  }
  const ExprPtr all = make_call("array_union", std::move(keys), span);
  expr::OverElements made{LambdaForm::Transform, {}, {}, nullptr};
  made.operands.push_back(expr::clone(*all));
  const size_t outer_depth = lambda_depth_;
  const ExprPtr key = lambda_parameter("key", all->type.fields.front().type, span);
  made.parameters.push_back(std::get<expr::LambdaParameter>(key->node));
  std::vector<std::pair<std::string, ExprPtr>> names;
  names.emplace_back(lambda.parameters[0].text, expr::clone(*key));
  for (size_t i = 0; i < 2; ++i) {
    // A key is looked for as the result has it: '2020-01-01 00:00:00' is no key of a MAP whose keys' text is '2020-01-01 00:00:00.000'.
    SqlType type = maps[i]->type;
    type.fields[0].type = key->type;
    if (type != maps[i]->type) maps[i] = explicit_cast(std::move(maps[i]), type, span);
    names.emplace_back(lambda.parameters[i + 1].text, make_element(std::move(maps[i]), expr::clone(*key), span));
  }
  made.body = bind_body(*lambda.body, std::move(names));
  lambda_depth_ = outer_depth;
  SqlType type = SqlType::array(made.body->type);
  std::vector<ExprPtr> arguments;
  arguments.push_back(expr::clone(*all));
  arguments.push_back(make_inferred(std::move(made), std::move(type), span));
  return make_call("map_from_arrays", std::move(arguments), span);
}

ExprPtr ExprBinder::bind_node(const ast::Lambda&, const ast::Expr& e) {
  throw SqlError(e.span, "a lambda is an argument of transform, filter, exists, forall, aggregate, zip_with and the like only");
}

}  // namespace millrace
