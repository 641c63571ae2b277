#include "compiler/analysis/random_calls.h"

#include <algorithm>
#include <atomic>
#include <chrono>

#include "compiler/base/sql_error.h"
#include "compiler/expr/constant_eval.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using Arguments = std::vector<ExprPtr>;

constexpr std::string_view kGenerators[] = {"__seeded_rand", "__seeded_randn", "__seeded_randstr", "__next_id"};
constexpr int64_t kLengthMax = 1 << 20;

/// The value of a constant; 0 for NULL.
int64_t whole_constant(const expr::Expr& e, const std::string& what) {
  if (!expr::is_constant(e)) throw SqlError(e.span, what + " must be a constant");
  const std::optional<ExprPtr> value = expr::evaluate_constant(e);
  const auto* literal = value ? std::get_if<expr::Literal>(&(*value)->node) : nullptr;
  if (!literal) throw SqlError(e.span, what + " must be a constant");
  const auto* number = std::get_if<int64_t>(&literal->value);
  return number ? *number : 0;
}

int64_t seed_of(const expr::Expr& e, const std::string& function) {
  const std::string what = "the seed of " + function + "()";
  if (!e.type.is_integer() && !e.type.is(TypeKind::Null)) {
    throw SqlError(e.span, what + " must be an INT or BIGINT, not " + to_string(e.type));
  }
  return whole_constant(e, what);
}

/// A call whose generator is numbered when the plan is done.
ExprPtr call_with_seed(const std::string& name, int64_t seed, Arguments more, SourceSpan span) {
  Arguments arguments;
  arguments.push_back(make_integer(0, TypeKind::BigInt, span));
  arguments.push_back(make_integer(seed, TypeKind::BigInt, span));
  for (ExprPtr& argument : more) arguments.push_back(std::move(argument));
  return make_call(name, std::move(arguments), span);
}

/// Every run draws others.
int64_t any_seed() {
  static std::atomic<int64_t> drawn{0};
  return std::chrono::steady_clock::now().time_since_epoch().count() + drawn++;
}

SqlType uniform_type(const SqlType& a, const SqlType& b) {
  if (a.is(TypeKind::Decimal) || b.is(TypeKind::Decimal)) {
    if (a.is_floating() || b.is_floating()) return TypeKind::Double;
    const SqlType x = a.is(TypeKind::Decimal) ? a : b, y = b.is(TypeKind::Decimal) ? b : a;
    return SqlType::decimal(std::max(x.precision, y.precision), std::max(x.scale, y.scale));
  }
  if (a.is(TypeKind::Null) && b.is(TypeKind::Null)) return TypeKind::Double;
  const SqlType x = a.is(TypeKind::Null) ? b : a, y = b.is(TypeKind::Null) ? a : b;
  for (const TypeKind kind : {TypeKind::Double, TypeKind::Float, TypeKind::BigInt, TypeKind::Int, TypeKind::SmallInt}) {
    if (x.is(kind) || y.is(kind)) return kind;
  }
  return x;
}

ExprPtr number_bound(ExprPtr e, const char* which) {
  const std::string what = std::string("the ") + which + " argument of uniform()";
  if (!e->type.is_numeric() && !e->type.is(TypeKind::Null)) throw SqlError(e->span, what + " must be a number, not " + to_string(e->type));
  if (!expr::is_constant(*e)) throw SqlError(e->span, what + " must be a constant", "for other bounds: a + (b - a) * rand()");
  return coerce(std::move(e), TypeKind::Double);
}

void number_calls(ExprPtr& e, int32_t& count) {
  expr::for_each_child(*e, [&](ExprPtr& child) { number_calls(child, count); });
  auto* call = std::get_if<expr::Call>(&e->node);
  if (!call || std::ranges::find(kGenerators, call->function->name) == std::end(kGenerators)) return;
  call->arguments.front() = make_integer(count++, TypeKind::BigInt, e->span);
}

void number_calls(plan::Node& node, int32_t& count) {
  plan::for_each_expr(node, [&](ExprPtr& e) { number_calls(e, count); });
  plan::for_each_input(node, [&](plan::NodePtr& input) { number_calls(*input, count); });
}

}  // namespace

ExprPtr make_rand(Arguments arguments, SourceSpan span) {
  if (arguments.empty()) return make_call("rand", {}, span);
  return call_with_seed("__seeded_rand", seed_of(*arguments[0], "rand"), {}, span);
}

ExprPtr make_randn(Arguments arguments, SourceSpan span) {
  if (arguments.empty()) return make_call("randn", {}, span);
  return call_with_seed("__seeded_randn", seed_of(*arguments[0], "randn"), {}, span);
}

/// uniform(a, b [, seed]): a + (b - a) * rand(seed), cast to what both are.
ExprPtr make_uniform(Arguments arguments, SourceSpan span) {
  const SqlType type = uniform_type(arguments[0]->type, arguments[1]->type);
  ExprPtr fraction = arguments.size() < 3 ? make_call("rand", {}, span) : call_with_seed("__seeded_rand", seed_of(*arguments[2], "uniform"), {}, span);
  ExprPtr from = number_bound(std::move(arguments[0]), "first");
  ExprPtr to = number_bound(std::move(arguments[1]), "second");
  ExprPtr width = make_arithmetic(expr::ArithmeticOp::Subtract, std::move(to), expr::clone(*from), span);
  ExprPtr drawn = make_arithmetic(expr::ArithmeticOp::Multiply, std::move(width), std::move(fraction), span);
  return coerce(make_arithmetic(expr::ArithmeticOp::Add, std::move(from), std::move(drawn), span), type);
}

ExprPtr make_randstr(Arguments arguments, SourceSpan span) {
  const expr::Expr& wanted = *arguments[0];
  const std::string what = "the length of randstr()";
  if (!wanted.type.is_numeric() && !wanted.type.is(TypeKind::Null)) throw SqlError(wanted.span, what + " must be a number, not " + to_string(wanted.type));
  const SourceSpan at = wanted.span;
  ExprPtr as_integer = coerce(std::move(arguments[0]), TypeKind::BigInt);
  const int64_t length = whole_constant(*as_integer, what);
  if (length < 0 || length > kLengthMax) throw SqlError(at, what + " must be from 0 to " + std::to_string(kLengthMax));
  const int64_t seed = arguments.size() > 1 ? seed_of(*arguments[1], "randstr") : any_seed();
  Arguments more;
  more.push_back(make_integer(length, TypeKind::BigInt, span));
  return call_with_seed("__seeded_randstr", seed, std::move(more), span);
}

ExprPtr make_next_id(Arguments, SourceSpan span) {
  Arguments arguments;
  arguments.push_back(make_integer(0, TypeKind::BigInt, span));
  return make_call("__next_id", std::move(arguments), span);
}

void number_generators(plan::Query& query) { number_calls(*query.root, query.generators); }

}  // namespace millrace
