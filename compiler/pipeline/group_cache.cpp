#include "compiler/pipeline/group_cache.h"

#include "compiler/expr/expr_rewrite.h"

namespace millrace::pipeline {
namespace {

using Known = std::vector<bool>;  // for each column of the row in hand: it follows from the matched build row

bool follows(const expr::Expr& e, const Known& known) {
  if (std::holds_alternative<expr::Call>(e.node)) return false;  // it might be nondeterministic, and is computed but once
  if (const auto* column = std::get_if<expr::ColumnRef>(&e.node)) return known[column->index];
  bool all = true;
  expr::for_each_child(e, [&](const expr::Expr& child) { all &= follows(child, known); });
  return all;
}

/// The build side's columns, and probe columns that are equal to one of them. -0.0 equals 0.0 and is printed otherwise, so
/// that floating columns do not count.
Known known_after(const plan::Join& join) {
  size_t left = join.left->schema.size();
  Known known(left + join.right->schema.size(), true);
  for (size_t i = 0; i < left; ++i) known[i] = false;
  for (size_t i = 0; i < join.left_keys.size(); ++i) {
    const auto* own = std::get_if<expr::ColumnRef>(&join.left_keys[i]->node);
    const auto* other = std::get_if<expr::ColumnRef>(&join.right_keys[i]->node);
    if (own && other && !join.left_keys[i]->type.is_floating()) known[own->index] = true;
  }
  return known;
}

}  // namespace

int32_t join_that_decides_group(const Pipeline& pipeline, const AggregateState& aggregate) {
  if (aggregate.spec.time != abi::TimeKind::None || aggregate.node->keys.empty()) return -1;
  int32_t slot = -1;
  Known known;
  for (const auto& op : pipeline.ops) {
    if (const auto* probe = std::get_if<ProbeOp>(&op)) {
      // The row of NULLs of a LEFT join remembers nothing; a SEMI join's row is not the match's.
      const plan::JoinKind kind = probe->node->kind;
      slot = kind == plan::JoinKind::Inner || kind == plan::JoinKind::Cross ? probe->slot : -1;
      known = known_after(*probe->node);
    } else if (const auto* project = std::get_if<ProjectOp>(&op); project && slot >= 0) {
      Known projected;
      for (const auto& e : project->node->exprs) projected.push_back(follows(*e, known));
      known = std::move(projected);
    } else if (std::holds_alternative<WindowOp>(op) || std::holds_alternative<GenerateOp>(op) ||
               std::holds_alternative<StreamJoinOp>(op) || std::holds_alternative<CountedJoinOp>(op)) {
      slot = -1;
    }
  }
  if (slot < 0) return -1;
  for (const auto& key : aggregate.node->keys) {
    if (!follows(*key, known)) return -1;
  }
  return slot;
}

}  // namespace millrace::pipeline
