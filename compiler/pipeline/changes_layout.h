#pragma once

#include <vector>

#include "compiler/pipeline/pipeline.h"
#include "compiler/plan/plan.h"

namespace millrace::pipeline {

/// Adds what tells a value of this field from another: itself, or the fields of a STRUCT, or the bytes of an ARRAY or MAP.
void add_row_keys(const FieldLayout& field, std::vector<abi::ViewKey>& keys);

/// Where the rows of a result lie, and those that say how it has changed, whose columns are `schema`: see abi::ChangesSpec.
TupleState changes_state(const plan::ShowChanges& changes, const Schema& schema);

/// The same of what makes changes, and of what takes them in.
TupleState differences_state(const plan::Differentiate& node);
TupleState integral_state(const plan::Integrate& node);

}  // namespace millrace::pipeline
