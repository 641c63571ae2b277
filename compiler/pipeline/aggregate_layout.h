#pragma once

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

/// Chooses how an Aggregate keeps, forgets and shows its groups: layouts and the runtime's AggregateSpec.
AggregateState aggregate_state(const plan::Query& query, const plan::Node& node, const plan::Aggregate& aggregate);

}  // namespace millrace::pipeline
