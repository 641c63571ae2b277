#pragma once

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

/// Marks the fields of each scan that its rows' first filter can do without: those that its tests for NULL and its first other condition,
/// the cheapest one, do not use. A decoder may put off finding them.
void mark_late_fields(PhysicalQuery& query);

}  // namespace millrace::pipeline
