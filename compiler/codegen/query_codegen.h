#pragma once

#include "compiler/codegen/query_module.h"
#include "compiler/pipeline/pipeline.h"

namespace millrace {

/// Generates the code of a query: one function for each pipeline, then one for each aggregate that rolls up, in the order of
/// CompiledCode entries that pipeline::fill_program assumes. Throws SqlError for what cannot be generated yet.
QueryModule generate_query(const pipeline::PhysicalQuery& query, const CodeProbes& probes = {});

}  // namespace millrace
