#pragma once

#include "compiler/analysis/session.h"
#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// CREATE MATERIALIZED VIEW: the query that keeps it, and what the catalog is to know of it.
struct PlannedView {
  plan::Query query;
  Relation relation;
};

/// Changes nothing in the catalog. Throws SqlError.
PlannedView plan_materialized_view(Session& session, const ast::CreateView& create, SourceSpan span);

}  // namespace millrace
