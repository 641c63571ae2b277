#pragma once

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

/// Prepares a query for several workers: decides whether they may compute its rows side by side, which they may when every row goes by
/// itself into groups or to the output, and lays out what they hand over. Of other queries it says why workers take turns.
void share_work(PhysicalQuery& query, int32_t threads);

}  // namespace millrace::pipeline
