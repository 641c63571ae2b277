#include "compiler/analysis/join_conditions.h"

#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/join_bounds.h"

namespace millrace {

namespace {

using expr::ExprPtr;

enum class Side { Neither, Left, Right, Both };

Side side_of(const expr::Expr& e, size_t left_width) {
  std::vector<bool> used;
  expr::collect_columns(e, used);
  bool left = false, right = false;
  for (size_t i = 0; i < used.size(); ++i) {
    left = left || (used[i] && i < left_width);
    right = right || (used[i] && i >= left_width);
  }
  if (left && right) return Side::Both;
  return left ? Side::Left : right ? Side::Right : Side::Neither;
}

/// Columns of the right side as that side itself counts them.
void renumber_right(expr::Expr& e, const plan::Join& join) {
  const size_t left_width = join.left->schema.size();
  std::vector<uint32_t> to(left_width + join.right->schema.size());
  for (uint32_t i = 0; i < to.size(); ++i) to[i] = i < left_width ? i : i - static_cast<uint32_t>(left_width);
  expr::remap_columns(e, to);
}

bool is_inner_join(const plan::Node& node) {
  const auto* join = std::get_if<plan::Join>(&node.op);
  return join && (join->kind == plan::JoinKind::Inner || join->kind == plan::JoinKind::Cross);
}

/// What compares rows of two streams tells how long they have to be kept: it belongs to the join.
void take_pair_conditions(plan::Join& join, std::vector<ExprPtr>& conditions) {
  std::vector<ExprPtr> taken = expr::split_conjuncts(std::move(join.condition));
  std::erase_if(conditions, [&](ExprPtr& condition) {
    if (side_of(*condition, join.left->schema.size()) != Side::Both) return false;
    taken.push_back(std::move(condition));
    return true;
  });
  join.condition = expr::join_conjuncts(std::move(taken));
}

/// Hands the conditions that read only `side` to the join there.
void push_down(plan::Join& join, Side side, std::vector<ExprPtr>& conditions) {
  plan::Node& below = *(side == Side::Left ? join.left : join.right);
  if (!is_inner_join(below)) return;
  std::vector<ExprPtr> handed;
  std::erase_if(conditions, [&](ExprPtr& condition) {
    if (side_of(*condition, join.left->schema.size()) != side) return false;
    if (side == Side::Right) renumber_right(*condition, join);
    handed.push_back(std::move(condition));
    return true;
  });
  push_into_joins(below, handed);
  // What is no key down there is a condition of the join: it reads nothing else.
  auto& inner = std::get<plan::Join>(below.op);
  if (inner.condition) handed.push_back(std::move(inner.condition));
  inner.condition = expr::join_conjuncts(std::move(handed));
  if (inner.condition && inner.kind == plan::JoinKind::Cross) inner.kind = plan::JoinKind::Inner;
}

}  // namespace

namespace {

/// What stands for NULL in a key beside one that tells NULLs; nullptr when the type has nothing.
ExprPtr stand_in(const SqlType& type, SourceSpan span) {
  if (type.is(TypeKind::Boolean)) return make_boolean(false, span);
  if (type.is(TypeKind::String)) return make_string("", span);
  if (type.is_integer() || type.is(TypeKind::Date) || type.is(TypeKind::Timestamp)) return make_integer(0, type, span);
  if (type.is_floating()) return expr::make(expr::Literal{0.0}, type, false, span);
  return nullptr;
}

void add_key(ExprPtr left, ExprPtr right, plan::Join& join) {
  join.left_keys.push_back(std::move(left));
  join.right_keys.push_back(std::move(right));
}

}  // namespace

void add_null_safe_key(ExprPtr left, ExprPtr right, plan::Join& join) {
  const SourceSpan span = left->span;
  if (!left->nullable || !right->nullable) return add_key(std::move(left), std::move(right), join);
  ExprPtr otherwise = stand_in(left->type, span);
  if (!otherwise) {
    std::vector<uint32_t> to(join.right->schema.size());
    for (uint32_t i = 0; i < to.size(); ++i) to[i] = i + static_cast<uint32_t>(join.left->schema.size());
    expr::remap_columns(*right, to);
    std::vector<ExprPtr> all = expr::split_conjuncts(std::move(join.condition));
    all.push_back(make_comparison(expr::ComparisonOp::NullSafeEqual, std::move(left), std::move(right), span));
    join.condition = expr::join_conjuncts(std::move(all));
    return;
  }
  add_key(make_is_null(expr::clone(*left), false, span), make_is_null(expr::clone(*right), false, span), join);
  for (ExprPtr* side : {&left, &right}) {
    std::vector<ExprPtr> operands;
    operands.push_back(std::move(*side));
    operands.push_back(expr::clone(*otherwise));
    *side = make_coalesce(std::move(operands), span);
  }
  add_key(std::move(left), std::move(right), join);
}

void add_join_condition(ExprPtr condition, plan::Join& join) {
  std::vector<ExprPtr> rest = expr::split_conjuncts(std::move(join.condition));
  for (ExprPtr& conjunct : expr::split_conjuncts(std::move(condition))) {
    if (!take_join_key(*conjunct, join)) rest.push_back(std::move(conjunct));
  }
  join.condition = expr::join_conjuncts(std::move(rest));
}

bool take_join_key(expr::Expr& condition, plan::Join& join) {
  auto* comparison = std::get_if<expr::Comparison>(&condition.node);
  const bool null_safe = comparison && comparison->op == expr::ComparisonOp::NullSafeEqual;
  if (!comparison || (comparison->op != expr::ComparisonOp::Equal && !null_safe)) return false;
  if (null_safe && !stand_in(comparison->left->type, condition.span)) return false;
  const size_t left_width = join.left->schema.size();
  const Side a = side_of(*comparison->left, left_width);
  const Side b = side_of(*comparison->right, left_width);
  const bool straight = a == Side::Left && b == Side::Right;
  if (!straight && !(a == Side::Right && b == Side::Left)) return false;
  ExprPtr left = std::move(straight ? comparison->left : comparison->right);
  ExprPtr right = std::move(straight ? comparison->right : comparison->left);
  renumber_right(*right, join);
  if (null_safe) add_null_safe_key(std::move(left), std::move(right), join);
  else add_key(std::move(left), std::move(right), join);
  return true;
}

void push_into_joins(plan::Node& node, std::vector<ExprPtr>& conditions) {
  if (!is_inner_join(node)) return;
  auto& join = std::get<plan::Join>(node.op);
  push_down(join, Side::Left, conditions);
  push_down(join, Side::Right, conditions);
  std::erase_if(conditions, [&](ExprPtr& condition) { return take_join_key(*condition, join); });
  if (plan::joins_streams(join)) take_pair_conditions(join, conditions);
  if (!join.left_keys.empty() || join.condition) join.kind = plan::JoinKind::Inner;
  derive_join_watermark(node);
}

}  // namespace millrace
