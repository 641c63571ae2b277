#pragma once

#include "compiler/plan/plan.h"

namespace millrace::plan {

/// Checks what every rule must keep: column references in range and of the referenced type, schemas that match expressions,
/// BOOLEAN predicates, grouping sets within the keys. Ends the process with the node printed: only a bug can break it.
void verify(const Query& query);

}  // namespace millrace::plan
