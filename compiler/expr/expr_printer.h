#pragma once

#include <string>

#include "compiler/expr/expr.h"

namespace millrace::expr {

/// SQL-like text with explicit casts, as plans print it.
std::string to_string(const Expr& e);

}  // namespace millrace::expr
