#pragma once

#include <functional>

#include "compiler/plan/plan.h"
#include "tests/reference/reference_rows.h"

namespace millrace::reference {

using Evaluate = std::function<Value(const expr::Expr& e, const Row& row)>;

/// The rows of `input` with what window functions give them, by partition and order: for each row its frame is looked for among all rows of
/// its partition.
Rows evaluate_over(const plan::Over& over, const Rows& input, const Evaluate& value);

}  // namespace millrace::reference
