#include "compiler/analysis/user_function.h"

#include <algorithm>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/type_name.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/functions/function_catalog.h"

namespace millrace {

namespace {

/// Binds a function's body in sight of its parameters alone.
ExprPtr inlined(Session& session, const ast::CreateFunction& function, std::vector<ExprPtr> arguments, SourceSpan call) {
  const std::string folded = fold_case(function.name.text);
  auto& in_hand = session.functions_in_hand;
  if (std::find(in_hand.begin(), in_hand.end(), folded) != in_hand.end()) {
    throw SqlError(call, "function '" + function.name.text + "' calls itself", "a function is written into the query, where it would never end");
  }
  std::vector<std::pair<std::string, ExprPtr>> names;
  for (size_t i = 0; i < arguments.size(); ++i) names.emplace_back(function.parameters[i].first.text, std::move(arguments[i]));
  BoundRelation nothing;
  nothing.node = std::make_unique<plan::Node>();
  ExprBinder binder(session, nothing, "the body of a function");
  in_hand.push_back(folded);
  try {
    ExprPtr body = binder.bind_body(*function.body, std::move(names));
    in_hand.pop_back();
    return body;
  } catch (...) {
    in_hand.pop_back();
    throw;
  }
}

ExprPtr returned(ExprPtr body, const ast::CreateFunction& function) {
  const SqlType type = resolve_type(function.returns);
  return body->type == type ? std::move(body) : explicit_cast(std::move(body), type, function.body->span);
}

void check_parameters(const ast::CreateFunction& function) {
  for (size_t i = 0; i < function.parameters.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const ast::Identifier& name = function.parameters[i].first;
      if (same_name(name.text, function.parameters[j].first.text)) throw SqlError(name.span, "two parameters are called '" + name.text + "'");
    }
  }
}

}  // namespace

ExprPtr ExprBinder::bind_user_function(const ast::CreateFunction& function, const ast::Call& call, SourceSpan span) {
  if (call.distinct || call.star || call.filter || !call.within_order.empty()) {
    throw SqlError(span, "'" + function.name.text + "' is no aggregate function");
  }
  if (call.arguments.size() != function.parameters.size()) {
    std::string usage;
    for (const auto& [name, type] : function.parameters) usage += (usage.empty() ? "" : ", ") + name.text + " " + to_string(resolve_type(type));
    throw SqlError(span, function.name.text + "() takes " + counted(function.parameters.size(), "argument") + ", not " + std::to_string(call.arguments.size()),
                   function.name.text + "(" + usage + ")");
  }
  std::vector<ExprPtr> arguments;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const std::string what = "argument " + std::to_string(i + 1) + " of " + function.name.text + "()";
    arguments.push_back(coerce_checked(bind(*call.arguments[i]), resolve_type(function.parameters[i].second), what));
  }
  ExprPtr value = returned(inlined(session_, function, std::move(arguments), span), function);
  value->span = span;
  return value;
}

void create_function(Session& session, const ast::CreateFunction& function) {
  const std::string folded = fold_case(function.name.text);
  if (is_scalar_function(folded) || is_aggregate_function(folded)) {
    throw SqlError(function.name.span, "there is a function '" + function.name.text + "' already, which is built in", "take another name");
  }
  if (session.functions.contains(folded) && !function.or_replace) {
    throw SqlError(function.name.span, "there is a function '" + function.name.text + "' already", "write CREATE OR REPLACE FUNCTION");
  }
  check_parameters(function);
  std::vector<ExprPtr> arguments;  // of the right types: what is wrong with the body is said here, not where it is called
  for (const auto& [name, type] : function.parameters) arguments.push_back(make_null(resolve_type(type), name.span));
  returned(inlined(session, function, std::move(arguments), function.name.span), function);
  session.functions[folded] = &function;
}

void drop_function(Session& session, const ast::Drop& drop) {
  if (session.functions.erase(fold_case(drop.name.text)) > 0 || drop.if_exists) return;
  std::vector<std::string> names;
  for (const auto& [name, function] : session.functions) names.push_back(function->name.text);
  throw SqlError(drop.name.span, "there is no function '" + drop.name.text + "'" + did_you_mean(drop.name.text, names));
}

}  // namespace millrace
