#pragma once

#include "compiler/analysis/session.h"
#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// Settles a query's output mode and trigger from its EMIT clause (null: none), refuses the modes that its operators cannot
/// serve (SEMANTICS 1.4) and marks on every node which changes it emits. `query.root` is complete.
void apply_emit_rules(Session& session, plan::Query& query, const ast::Emit* emit);

}  // namespace millrace
