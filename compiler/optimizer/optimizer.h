#pragma once

#include "compiler/plan/plan.h"

namespace millrace {

/// Applies the rules of rules.h in order; in checked builds the plan is verified after each.
plan::Query optimize(plan::Query query);

}  // namespace millrace
