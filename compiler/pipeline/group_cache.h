#pragma once

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

/// Whether the match of the pipeline's last join decides the group of the aggregate that the pipeline ends in: then the build side's
/// row can remember it, and a row costs the probe of one table in place of two [after Moerkotte and Neumann, "Accelerating queries
/// with group-by and join by groupjoin", VLDB 2011]. Returns the join's state slot, or -1.
int32_t join_that_decides_group(const Pipeline& pipeline, const AggregateState& aggregate);

}  // namespace millrace::pipeline
