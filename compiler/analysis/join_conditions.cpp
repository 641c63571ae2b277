#include "compiler/analysis/join_conditions.h"

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

bool take_join_key(expr::Expr& condition, plan::Join& join) {
  auto* comparison = std::get_if<expr::Comparison>(&condition.node);
  if (!comparison || comparison->op != expr::ComparisonOp::Equal) return false;
  const size_t left_width = join.left->schema.size();
  const Side a = side_of(*comparison->left, left_width);
  const Side b = side_of(*comparison->right, left_width);
  const bool straight = a == Side::Left && b == Side::Right;
  if (!straight && !(a == Side::Right && b == Side::Left)) return false;
  ExprPtr left = std::move(straight ? comparison->left : comparison->right);
  ExprPtr right = std::move(straight ? comparison->right : comparison->left);
  renumber_right(*right, join);
  join.left_keys.push_back(std::move(left));
  join.right_keys.push_back(std::move(right));
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
