#pragma once

#include "compiler/syntax/ast.h"
#include "compiler/types/sql_type.h"

namespace millrace {

/// The type that the second argument of from_json names: a string literal with columns, `'a BIGINT, b STRING'`, or a nested type,
/// `'ARRAY<STRING>'`. Throws SqlError with the span of what is wrong in it.
SqlType json_schema(const ast::Expr& schema);

}  // namespace millrace
