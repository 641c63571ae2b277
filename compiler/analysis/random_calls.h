#pragma once

#include <vector>

#include "compiler/analysis/operators.h"
#include "compiler/plan/plan.h"

namespace millrace {

// Functions of chance. With a seed, which must be a constant, their numbers are those of Spark and follow the rows' order; each call of a query
// has a generator of its own, which the query keeps through checkpoints.

ExprPtr make_rand(std::vector<ExprPtr> arguments, SourceSpan span);
ExprPtr make_randn(std::vector<ExprPtr> arguments, SourceSpan span);
ExprPtr make_uniform(std::vector<ExprPtr> arguments, SourceSpan span);
ExprPtr make_randstr(std::vector<ExprPtr> arguments, SourceSpan span);
ExprPtr make_next_id(std::vector<ExprPtr> arguments, SourceSpan span);

/// Gives each such call of a finished plan its generator, and the query their number.
void number_generators(plan::Query& query);

}  // namespace millrace
