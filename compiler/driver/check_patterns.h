#pragma once

#include "compiler/plan/plan.h"

namespace millrace {

/// Throws SqlError at the first constant pattern of the query that the runtime's regular expressions cannot be made of; at run time it would match nothing and give NULL.
void check_patterns(const plan::Query& query);

}  // namespace millrace
