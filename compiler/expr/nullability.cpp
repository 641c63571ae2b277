#include "compiler/expr/nullability.h"

#include <algorithm>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/types/decimal_rules.h"

namespace millrace::expr {

namespace {

bool any_nullable(const std::vector<ExprPtr>& operands, size_t count) {
  return std::any_of(operands.begin(), operands.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const ExprPtr& e) { return e->nullable; });
}

/// The arguments before the variadic tail: with one of them NULL the function is not called. A function of any types sees its NULLs.
size_t strict_arguments(const Call& call) {
  if (call.function->rule) return 0;
  return call.function->variadic_strings ? std::min(call.function->parameters.size(), call.arguments.size())
                                         : call.arguments.size();
}

/// A constant by which a division always has a result: neither 0 nor -1, which overflows.
bool is_safe_divisor(const Expr& e) {
  const auto* literal = std::get_if<Literal>(&e.node);
  if (!literal) return false;
  if (const auto* i = std::get_if<int64_t>(&literal->value)) return *i != 0 && *i != -1;
  if (const auto* d = std::get_if<abi::Decimal>(&literal->value)) return abi::wide_of(*d) != 0;
  const auto* d = std::get_if<double>(&literal->value);
  return d && *d != 0;
}

/// DECIMALs have results for all operands where their type has room for every digit.
bool decimal_can_fail(const Arithmetic& n, const SqlType& type) {
  const SqlType& a = n.left->type;
  const SqlType& b = n.right->type;
  switch (n.op) {
    case ArithmeticOp::Add:
    case ArithmeticOp::Subtract: return !decimal_rules::sum_fits(a, b, type);
    case ArithmeticOp::Multiply: return !decimal_rules::product_fits(a, b, type);
    case ArithmeticOp::Modulo: return !is_safe_divisor(*n.right) || type.scale < std::max(a.scale, b.scale);
    default: return true;
  }
}

bool can_fail(const Arithmetic& n, const SqlType& type) {
  if (n.left->type.is(TypeKind::Decimal)) return decimal_can_fail(n, type);
  switch (n.op) {
    case ArithmeticOp::Add:
    case ArithmeticOp::Subtract:
    case ArithmeticOp::Multiply: return !type.is_floating();
    case ArithmeticOp::Divide:
    case ArithmeticOp::IntegerDivide:
    case ArithmeticOp::Modulo: return !is_safe_divisor(*n.right);
    case ArithmeticOp::BitAnd:
    case ArithmeticOp::BitOr:
    case ArithmeticOp::BitXor: return false;
  }
  return true;
}

/// A scale that loses digits may round up to one digit more in front.
bool always_is_decimal(const SqlType& from, const SqlType& to) {
  constexpr int kBigIntDigits = 19;
  if (from.is(TypeKind::BigInt)) return to.whole_digits() >= kBigIntDigits;
  const std::optional<SqlType> digits = from.is_integer() || from.is(TypeKind::Decimal) ? decimal_rules::for_number(from) : std::nullopt;
  if (!digits) return false;
  return to.whole_digits() >= digits->whole_digits() + (to.scale < digits->scale ? 1 : 0);
}

/// Whether every value of `from` has an image in `to`.
bool always_casts(const SqlType& from, const SqlType& to) {
  if (from == to) return true;
  if (to.is(TypeKind::String)) return !from.is(TypeKind::Binary) && !from.is_nested();
  if (to.is(TypeKind::Decimal)) return always_is_decimal(from, to);
  if (from.is(TypeKind::Decimal)) return to.is_floating() || to.is(TypeKind::Boolean);
  if (from.is_interval() && to.is_interval()) return true;
  if (from.is(TypeKind::Boolean)) return to.is_integer() || to.is_floating();
  if (to.is(TypeKind::Boolean)) return from.is_integer() || from.is_floating();
  if (from.is_integer() && to.is_integer()) return from.kind <= to.kind;
  if (to.is_floating()) return from.is_integer() || from.is_floating() || from.is(TypeKind::Timestamp);
  return from.is(TypeKind::Timestamp) && (to.is(TypeKind::Date) || to.is(TypeKind::BigInt));
}

struct CanBeNull {
  const Expr& e;

  bool operator()(const ColumnRef&) const { return e.nullable; }
  bool operator()(const Literal& n) const { return std::holds_alternative<std::monostate>(n.value); }
  bool operator()(const Arithmetic& n) const { return n.left->nullable || n.right->nullable || can_fail(n, e.type); }
  bool operator()(const Negate& n) const {
    return n.operand->nullable || !(e.type.is_floating() || e.type.is(TypeKind::Decimal));
  }
  bool operator()(const BitNot& n) const { return n.operand->nullable; }
  bool operator()(const Comparison& n) const {
    return n.op != ComparisonOp::NullSafeEqual && (n.left->nullable || n.right->nullable);
  }
  bool operator()(const Logic& n) const { return any_nullable(n.operands, n.operands.size()); }
  bool operator()(const Not& n) const { return n.operand->nullable; }
  bool operator()(const IsNull&) const { return false; }
  bool operator()(const Case& n) const {
    if (!n.otherwise || n.otherwise->nullable) return true;
    return std::any_of(n.branches.begin(), n.branches.end(), [](const auto& branch) { return branch.second->nullable; });
  }
  bool operator()(const Coalesce& n) const { return all_nullable(n.operands); }
  bool operator()(const Extreme& n) const { return all_nullable(n.operands); }
  bool operator()(const InList& n) const { return n.operand->nullable || any_nullable(n.values, n.values.size()); }
  bool operator()(const Like& n) const { return n.operand->nullable; }
  bool operator()(const Cast& n) const { return n.operand->nullable || !always_casts(n.operand->type, e.type); }
  bool operator()(const Call& n) const {
    return n.function->form == ResultForm::Nullable || any_nullable(n.arguments, strict_arguments(n));
  }
  bool operator()(const MakeStruct&) const { return false; }
  bool operator()(const GetField& n) const {
    const std::vector<StructField>& fields = n.operand->type.fields;
    return n.operand->nullable || n.index >= fields.size() || fields[n.index].nullable;
  }
  bool operator()(const MakeCollection&) const { return true; }  // too large, or a NULL key
  bool operator()(const GetElement&) const { return true; }
  bool operator()(const LambdaParameter&) const { return e.nullable; }
  bool operator()(const OuterColumn&) const { return e.nullable; }
  bool operator()(const OverElements&) const { return true; }
  static bool all_nullable(const std::vector<ExprPtr>& operands) {
    return std::all_of(operands.begin(), operands.end(), [](const ExprPtr& e) { return e->nullable; });
  }
};

/// Marks what each kind needs in order not to be NULL.
struct MarkNeeded {
  const Expr& e;
  Schema& columns;

  void operator()(const ColumnRef& n) const {
    if (n.index < columns.size()) columns[n.index].nullable = false;
  }
  void operator()(const Comparison& n) const {
    if (n.op != ComparisonOp::NullSafeEqual) children();
  }
  void operator()(const InList& n) const { mark_needed(*n.operand, columns); }
  void operator()(const Call& n) const {
    for (size_t i = 0; i < strict_arguments(n); ++i) mark_needed(*n.arguments[i], columns);
  }
  void operator()(const Arithmetic&) const { children(); }
  void operator()(const Negate&) const { children(); }
  void operator()(const BitNot&) const { children(); }
  void operator()(const Not&) const { children(); }
  void operator()(const Like&) const { children(); }
  void operator()(const Cast&) const { children(); }
  void operator()(const auto&) const {}
  void children() const {
    for_each_child(e, [this](const Expr& child) { mark_needed(child, columns); });
  }
};

}  // namespace

bool can_be_null(const Expr& e) { return std::visit(CanBeNull{e}, e.node); }

void refresh_nullability(Expr& e, const Schema& columns) {
  for_each_child(e, [&](ExprPtr& child) { refresh_nullability(*child, columns); });
  if (std::holds_alternative<LambdaParameter>(e.node) || std::holds_alternative<OuterColumn>(e.node)) return;
  const auto* ref = std::get_if<ColumnRef>(&e.node);
  e.nullable = ref ? ref->index >= columns.size() || columns[ref->index].nullable : can_be_null(e);
}

void mark_needed(const Expr& e, Schema& columns) { std::visit(MarkNeeded{e, columns}, e.node); }

void mark_needed_for_true(const Expr& e, Schema& columns) {
  const auto* logic = std::get_if<Logic>(&e.node);
  if (logic && logic->op == LogicOp::And) {
    for (const ExprPtr& operand : logic->operands) mark_needed_for_true(*operand, columns);
    return;
  }
  const auto* test = std::get_if<IsNull>(&e.node);
  if (test && test->negated) {
    mark_needed(*test->operand, columns);
    return;
  }
  mark_needed(e, columns);
}

}  // namespace millrace::expr
