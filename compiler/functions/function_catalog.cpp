#include "compiler/functions/function_catalog.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "compiler/base/diagnostic.h"
#include "compiler/types/coercion.h"

namespace millrace {

namespace {

/// Functions whose names begin so are bound by the analyzer only and never shown.
constexpr std::string_view kInternalPrefix = "__";

/// The cost of an overload that does not fit.
constexpr int kUnmatched = std::numeric_limits<int>::max();

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_integral(const SqlType& type) {
  return type.is_integer() || type.is_interval() || type.is(TypeKind::Date) || type.is(TypeKind::Timestamp);
}

/// The type to which an argument is cast to be passed at a parameter, and what that costs.
struct Match {
  SqlType type;
  int cost = kUnmatched;
};

Match match(const Parameter& parameter, const SqlType& argument) {
  if (parameter.match == Parameter::Match::Anything) return {argument, 0};
  if (parameter.match == Parameter::Match::Integral && is_integral(argument)) return {argument, 0};
  if (parameter.match == Parameter::Match::Floating && argument.is_floating()) return {argument, 0};
  const SqlType& wanted = parameter.type;
  if (parameter.match == Parameter::Match::Kind) return {argument, argument.is(wanted.kind) ? 0 : kUnmatched};
  // An integral parameter takes integers and times as they are and nothing else by a cast, except a bare NULL.
  if (parameter.match == Parameter::Match::Integral && !argument.is(TypeKind::Null)) return {};
  if (const std::optional<int> cost = cast_cost(argument, wanted)) return {wanted, *cost};
  return {};
}

template <class Function>
bool accepts_count(const Function& function, size_t count) {
  if (function.rule) return count >= function.arguments_min && count <= function.arguments_max;
  if constexpr (requires { function.variadic_strings; }) {
    if (function.variadic_strings) return count >= function.parameters.size();
  }
  return function.parameters.size() == count;
}

template <class Function>
const Parameter& parameter_at(const Function& function, size_t i) {
  static const Parameter tail{Parameter::Match::Type, TypeKind::String};
  return i < function.parameters.size() ? function.parameters[i] : tail;
}

/// A function of any types. Where it fits it is what was meant: its arguments have no other overload's types.
template <class Function>
std::pair<Overload<Function>, int> apply_rule(const Function& function, const std::vector<SqlType>& arguments) {
  std::optional<CallTypes> types = function.rule(arguments);
  if (!types) return {{}, kUnmatched};
  return {{.function = &function, .argument_types = std::move(types->arguments), .result = std::move(types->result)}, 0};
}

/// The overload applied to these arguments; cost kUnmatched when an argument does not fit.
template <class Function>
std::pair<Overload<Function>, int> apply(const Function& function, const std::vector<SqlType>& arguments) {
  if (function.rule) return apply_rule(function, arguments);
  Overload<Function> overload{.function = &function, .argument_types = {}, .result = function.result};
  int total = 0;
  for (size_t i = 0; i < arguments.size(); ++i) {
    Match matched = match(parameter_at(function, i), arguments[i]);
    if (matched.cost == kUnmatched) return {std::move(overload), kUnmatched};
    total += matched.cost;
    overload.argument_types.push_back(std::move(matched.type));
  }
  if (function.result_is_first_argument) overload.result = overload.argument_types.front();
  if constexpr (requires { function.result_of; }) {
    if (function.result_of) overload.result = function.result_of(overload.argument_types.front());
  }
  return {std::move(overload), total};
}

std::string spelling(const Parameter& parameter) {
  if (parameter.match == Parameter::Match::Anything) return "any";
  if (parameter.match == Parameter::Match::Integral) return "integer or time";
  if (parameter.match == Parameter::Match::Kind && parameter.type.is(TypeKind::Decimal)) return "DECIMAL";
  return to_string(parameter.type);
}

template <class Function>
std::string signature_text(const Function& function) {
  if (function.rule) return std::string(function.name) + std::string(function.usage.substr(0, function.usage.find(" ->")));
  std::string text = std::string(function.name) + "(";
  for (const Parameter& parameter : function.parameters) {
    if (text.back() != '(') text += ", ";
    text += spelling(parameter);
  }
  if constexpr (requires { function.variadic_strings; }) {
    if (function.variadic_strings) text += text.back() == '(' ? "STRING…" : ", STRING…";
  }
  return text + ")";
}

/// `it takes upper(STRING) or …`, each signature once.
template <class Function>
std::string signatures(const std::vector<const Function*>& overloads) {
  std::string text;
  std::set<std::string> seen;
  for (const Function* function : overloads) {
    std::string one = signature_text(*function);
    if (!seen.insert(one).second) continue;
    text += (text.empty() ? "it takes " : " or ") + one;
  }
  return text;
}

std::string nearest_function(std::string_view name) {
  std::vector<std::string> names;
  for (const ScalarFunction& function : scalar_functions()) {
    if (!function.name.starts_with(kInternalPrefix)) names.emplace_back(function.name);
  }
  for (const AggregateFunction& function : aggregate_functions()) names.emplace_back(function.name);
  const std::string nearest = nearest_name(name, names);
  return nearest.empty() ? "" : "did you mean '" + nearest + "'?";
}

template <class Function>
BindResult<Function> bind(const std::vector<Function>& registry, std::string_view name, const std::vector<SqlType>& arguments) {
  BindResult<Function> best;
  std::vector<const Function*> overloads;
  int best_cost = kUnmatched;
  bool count_fits = false;
  for (const Function& function : registry) {
    if (!same_name(function.name, name)) continue;
    overloads.push_back(&function);
    if (!accepts_count(function, arguments.size())) continue;
    count_fits = true;
    auto [overload, cost] = apply(function, arguments);
    if (cost >= best_cost) continue;
    best_cost = cost;
    best.overload = std::move(overload);
  }
  if (best_cost != kUnmatched) return best;
  if (overloads.empty()) {
    best.failure = BindFailure::UnknownName;
    best.hint = nearest_function(name);
    return best;
  }
  best.failure = count_fits ? BindFailure::WrongArgumentTypes : BindFailure::WrongArgumentCount;
  best.hint = signatures(overloads);
  return best;
}

template <class Function>
bool knows(const std::vector<Function>& registry, std::string_view name) {
  return std::any_of(registry.begin(), registry.end(), [&](const Function& f) { return same_name(f.name, name); });
}

}  // namespace

bool is_scalar_function(std::string_view name) { return knows(scalar_functions(), name); }

bool is_aggregate_function(std::string_view name) { return knows(aggregate_functions(), name); }

BindResult<ScalarFunction> bind_scalar(std::string_view name, const std::vector<SqlType>& arguments) {
  return bind(scalar_functions(), name, arguments);
}

BindResult<AggregateFunction> bind_aggregate(std::string_view name, const std::vector<SqlType>& arguments) {
  return bind(aggregate_functions(), name, arguments);
}

}  // namespace millrace
