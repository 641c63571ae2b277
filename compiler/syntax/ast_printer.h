#pragma once

#include <string>

#include "compiler/syntax/ast.h"

namespace millrace::ast {

/// An indented tree, one node a line, stable across runs: what `millrace explain --stage ast` prints. Expressions stand as
/// SQL on the line of their clause; the queries inside them follow below.
std::string print(const Script& script);
std::string print(const Statement& statement);

/// The expression in SQL, normalised as Spark names columns: functions lower-case, `avg(x)`, `count(*)`, `count(1)` as
/// written, binary operators in parentheses (`(a + b)`, `sum((a - b))`), strings without their quotes.
std::string to_sql(const Expr& expr);

/// The same with strings and unusual names quoted, so that it can be read back: for messages and plans.
std::string to_exact_sql(const Expr& expr);

/// `DECIMAL(10,2)`, `ARRAY<INT>`, `STRUCT<a: BIGINT>`; synonyms under their main name (INTEGER is INT).
std::string to_sql(const TypeName& type);

}  // namespace millrace::ast
