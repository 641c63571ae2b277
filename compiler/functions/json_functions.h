#pragma once

#include <vector>

#include "compiler/functions/signature.h"

namespace millrace {

/// The functions of JSON texts, a part of the scalar registry.
void add_json_functions(std::vector<ScalarFunction>& rows);

/// The function that from_json is a call of: of the text alone, its result's type being the schema's.
const ScalarFunction& from_json_function();

}  // namespace millrace
