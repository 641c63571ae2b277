#include "compiler/optimizer/expr_cost.h"

#include <type_traits>

#include "compiler/expr/expr_rewrite.h"

namespace millrace {

namespace {

using namespace expr;  // NOLINT: every kind of expression is named below

constexpr int kParseNumber = 4;
constexpr int kLike = 3;
constexpr int kCast = 8;
constexpr int kCall = 20;
constexpr int kCheapMax = 2 * kParseNumber + 1;

struct OwnCost {
  const Expr& e;

  int operator()(const ColumnRef&) const {
    return e.type.is(TypeKind::String) || e.type.is(TypeKind::Binary) || e.type.is(TypeKind::Boolean) ? 1 : kParseNumber;
  }
  int operator()(const Literal&) const { return 0; }
  int operator()(const Like&) const { return kLike; }
  int operator()(const Cast& n) const {
    // Between numbers a cast is an instruction; from or to text it is a parser.
    return n.operand->type.is_numeric() && e.type.is_numeric() ? 1 : kCast;
  }
  int operator()(const Call&) const { return kCall; }
  int operator()(const auto&) const { return 1; }
};

/// The kinds that is_cheap lets through.
struct IsPlain {
  bool operator()(const auto& node) const {
    using N = std::remove_cvref_t<decltype(node)>;
    return std::is_same_v<N, ColumnRef> || std::is_same_v<N, Literal> || std::is_same_v<N, GetField> ||
           std::is_same_v<N, MakeStruct> || std::is_same_v<N, Arithmetic> || std::is_same_v<N, Negate> ||
           std::is_same_v<N, IsNull> || std::is_same_v<N, Comparison>;
  }
};

bool is_plain(const Expr& e) {
  bool plain = std::visit(IsPlain{}, e.node);
  for_each_child(e, [&](const Expr& child) { plain = plain && is_plain(child); });
  return plain;
}

}  // namespace

int evaluation_cost(const Expr& e) {
  int cost = std::visit(OwnCost{e}, e.node);
  for_each_child(e, [&](const Expr& child) { cost += evaluation_cost(child); });
  return cost;
}

bool is_cheap(const Expr& e) {
  if (std::holds_alternative<MakeStruct>(e.node)) {
    bool cheap = true;
    for_each_child(e, [&](const Expr& field) { cheap = cheap && is_cheap(field); });
    return cheap;
  }
  return is_plain(e) && evaluation_cost(e) <= kCheapMax;
}

bool may_inline(const std::vector<ExprPtr>& definitions, const std::vector<uint32_t>& uses) {
  for (size_t i = 0; i < definitions.size() && i < uses.size(); ++i) {
    if (uses[i] > 1 && !is_cheap(*definitions[i])) return false;
  }
  return true;
}

void count_uses(const Expr& e, std::vector<uint32_t>& uses) {
  if (const auto* ref = std::get_if<ColumnRef>(&e.node)) {
    if (uses.size() <= ref->index) uses.resize(ref->index + 1, 0);
    ++uses[ref->index];
    return;
  }
  for_each_child(e, [&](const Expr& child) { count_uses(child, uses); });
}

bool is_deterministic(const Expr& e) {
  const auto* call = std::get_if<Call>(&e.node);
  bool deterministic = !call || call->function->deterministic;
  for_each_child(e, [&](const Expr& child) { deterministic = deterministic && is_deterministic(child); });
  return deterministic;
}

}  // namespace millrace
