#pragma once

#include <string>

#include "compiler/pipeline/pipeline.h"
#include "compiler/plan/plan.h"

namespace millrace {

/// What of a query must not change if a checkpoint of it is to be of use, a line each thing: its operators and states. Not part of it: filters of which nothing that is
/// kept depends (those above all other operators but projections), when it emits, and where to.
std::string query_shape(const plan::Query& query, const pipeline::PhysicalQuery& physical);

}  // namespace millrace
