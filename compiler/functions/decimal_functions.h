#pragma once

#include <vector>

#include "compiler/functions/signature.h"

namespace millrace {

/// Functions of DECIMALs and INTERVALs that the analyzer alone calls, a part of the scalar registry.
void add_decimal_functions(std::vector<ScalarFunction>& rows);

/// One of them by its name: `__decimal_round`. Their results' types are the caller's to say.
const ScalarFunction& decimal_function(std::string_view name);

}  // namespace millrace
