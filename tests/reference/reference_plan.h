#pragma once

#include <stdexcept>
#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/abi/context.h"
#include "tests/reference/reference_rows.h"

/// The oracle: a plan's meaning, row at a time, in the most naive way there is. It shares nothing with code generation, the optimizer or the
/// states of the runtime; native scalar functions are called by their addresses.
namespace millrace::reference {

/// The plan holds something that the oracle does not know.
struct OutOfReach : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The complete result of a query over all rows of its relations: what EMIT COMPLETE shows after the last batch, and what the rows of
/// APPEND come to when none is late. `relations[i]` are rows over all declared columns of `query.sources[i]`. Groups come in order of
/// first arrival. `context` lends scratch and time zone to functions that need them; may be null. Throws OutOfReach.
Rows evaluate(const plan::Query& query, const std::vector<Rows>& relations, abi::PipelineContext* context);

}  // namespace millrace::reference
