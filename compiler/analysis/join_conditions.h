#pragma once

#include <vector>

#include "compiler/plan/plan.h"

namespace millrace {

/// Takes `left expr = right expr` over a join's columns as a key of its hash join; false (and nothing moved) when the
/// condition is something else.
bool take_join_key(expr::Expr& condition, plan::Join& join);

/// Makes `left IS NOT DISTINCT FROM right`, each over its own side, a part of a join: keys of the hash join where the type allows it,
/// else a condition.
void add_null_safe_key(expr::ExprPtr left, expr::ExprPtr right, plan::Join& join);

/// Adds a condition over both sides' columns to a join that is being made: equalities become keys.
void add_join_condition(expr::ExprPtr condition, plan::Join& join);

/// Gives the conditions of a WHERE directly above inner and comma joins to these: an equality of both sides becomes a key,
/// what reads one side alone goes on down when that side is a join too. What is left stays in `conditions`.
void push_into_joins(plan::Node& node, std::vector<expr::ExprPtr>& conditions);

}  // namespace millrace
