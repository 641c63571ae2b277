#pragma once

#include "compiler/analysis/session.h"
#include "compiler/plan/plan.h"

namespace millrace {

/// Whether the node's rows, once there, stay as they are, so that a batch only adds to them. Tables and rows of sessions apart.
bool only_adds(const plan::Node& node);

/// Makes a streaming query one that is evaluated as a whole in each batch, over kept rows and groups: everything that can be asked of tables then can be
/// asked of streams, at the price of what is kept. `span` is the part that asks for it: where rows are kept, a warning
/// will stand there.
void evaluate_anew(Session& session, plan::Query& query, SourceSpan span);

/// Rows that a query may keep to be evaluated anew, and of its last result: SET max_kept_rows.
int64_t most_kept_rows(const Session& session);

/// Marks on every node which changes it emits. The query's mode is settled.
void mark_changes(plan::Query& query);

}  // namespace millrace
