#pragma once

#include "compiler/expr/expr.h"

namespace millrace::expr {

/// Whether a value goes by how many rows there were before: rand(seed) and its like. It is computed for every row, before any filter above.
bool counts_rows(const Expr& e);

}  // namespace millrace::expr
