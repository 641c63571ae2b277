#pragma once

#include <string>

#include "compiler/syntax/ast.h"

namespace millrace::ast {

/// An indented tree, one node a line, stable across runs: what `millrace explain --stage ast` prints.
std::string print(const Script& script);
std::string print(const Statement& statement);

/// The expression in SQL, normalised as Spark names columns: functions lower-case, `avg(x)`, `count(1)` only if written so,
/// binary operators in parentheses below the top level.
std::string to_sql(const Expr& expr);

}  // namespace millrace::ast
