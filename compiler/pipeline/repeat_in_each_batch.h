#pragma once

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

/// Makes of a plan over kept rows (plan::Keep) one that runs at the end of each batch: a pipeline that reads what changes from batch to batch, or fills a
/// state together with one that does, moves from the set-up to there, and the states that such pipelines fill are cleared first. What is computed from
/// tables alone stays as it was set up.
void repeat_in_each_batch(PhysicalQuery& query);

}  // namespace millrace::pipeline
