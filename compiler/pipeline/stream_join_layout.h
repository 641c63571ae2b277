#pragma once

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

struct StreamJoinStates {
  StreamJoinState left, right;
};

/// Chooses how the two sides of a join of streams keep their rows: layouts, what ends a row's time, how finely memory is given back.
StreamJoinStates stream_join_states(const plan::Query& query, const plan::Join& join);

/// Says which sides keep every row for ever.
void warn_of_unbounded_state(const plan::Node& node, const StreamJoinStates& states, std::vector<Diagnostic>& warnings);

}  // namespace millrace::pipeline
