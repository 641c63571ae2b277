#pragma once

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

/// How the rows under window functions are laid out, and what the runtime has to know of it. Throws SqlError for orders that nothing sorts by.
OverState over_state(const plan::Over& over);

}  // namespace millrace::pipeline
