#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/codegen/ir/emitter.h"
#include "compiler/pipeline/pipeline.h"

namespace millrace {

/// Emits the functions by which the runtime aggregates frames (runtime/abi/calls/over.h), and adds their names to `entries`, in the order in
/// which fill_program numbers them. `state_number` is for the names.
void generate_over(ir::Emitter& e, std::vector<std::string>& entries, size_t state_number, const pipeline::OverState& state);

}  // namespace millrace
