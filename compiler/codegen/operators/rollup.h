#pragma once

#include <string>

#include "compiler/codegen/ir/emitter.h"
#include "compiler/pipeline/pipeline.h"

namespace millrace {

/// Emits the abi::RollupFn of an aggregate: merges its finest groups into the groups of every grouping set. A row thus costs
/// one update however many grouping sets there are [Gray et al., "Data cube", ICDE 1996].
void generate_rollup(ir::Emitter& e, const std::string& name, const pipeline::AggregateState& state);

}  // namespace millrace
