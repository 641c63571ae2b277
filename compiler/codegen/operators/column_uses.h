#pragma once

#include <vector>

#include "compiler/pipeline/pipeline.h"

namespace millrace {

/// For each field that a scan locates: whether the pipeline needs its value of (nearly) every row that gets past its NULL
/// tests. Such a field is parsed where it is tested, once; any other is only looked at there, and parsed, if at all, where it is
/// used. A pipeline that also filters by value parses late: what the filter drops costs nothing.
std::vector<bool> values_wanted_at_null_tests(const pipeline::PhysicalQuery& query, const pipeline::Pipeline& pipeline,
                                              size_t field_count);

}  // namespace millrace
