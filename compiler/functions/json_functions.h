#pragma once

#include <string_view>
#include <vector>

#include "compiler/functions/signature.h"

namespace millrace {

/// The functions of JSON texts and of records of csv, a part of the scalar registry.
void add_json_functions(std::vector<ScalarFunction>& rows);

/// from_json, whose calls have the text alone, from_csv, whose calls have the text and the separator. The type of the result is the schema's.
const ScalarFunction& record_function(std::string_view name);

}  // namespace millrace
