#pragma once

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

/// How one side of a join of changes keeps its rows.
CountedRowsState counted_rows_state(const plan::Join& join, bool is_left);

/// Says which sides keep rows of a stream for ever.
void warn_of_kept_rows(const plan::Node& node, std::vector<Diagnostic>& warnings);

/// Whether what a state holds is brought up to date by changes, so that it is never cleared and filled again.
bool is_maintained(const State& state);

}  // namespace millrace::pipeline
