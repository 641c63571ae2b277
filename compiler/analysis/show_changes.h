#pragma once

#include "compiler/analysis/session.h"
#include "compiler/plan/plan.h"

namespace millrace {

/// Makes a query's rows say what has changed, if its sink or its mode wants that: with an operation in front (format 'changelog'), as they were before and
/// are now ('debezium'), or just the new ones (EMIT UPDATE of a query that is evaluated anew). Its mode is settled, its changes are marked.
void show_changes(Session& session, plan::Query& query);

}  // namespace millrace
