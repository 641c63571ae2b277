#pragma once

#include "compiler/syntax/ast.h"
#include "compiler/types/sql_type.h"

namespace millrace {

/// The type that a name means. Throws SqlError for unknown names (with the nearest) and wrong parameters.
SqlType resolve_type(const ast::TypeName& name);

}  // namespace millrace
