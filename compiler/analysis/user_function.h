#pragma once

#include "compiler/analysis/session.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// CREATE FUNCTION f(x T, …) RETURNS T RETURN …: an expression that is written into the queries that call it. Its body is checked here.
void create_function(Session& session, const ast::CreateFunction& function);
void drop_function(Session& session, const ast::Drop& drop);

}  // namespace millrace
