#pragma once

#include <vector>

#include "compiler/functions/signature.h"

/// The parts of the scalar registry; each appends its rows, in the order in which they are listed to users.
namespace millrace {

void add_math_functions(std::vector<ScalarFunction>& rows);
void add_string_functions(std::vector<ScalarFunction>& rows);
void add_time_functions(std::vector<ScalarFunction>& rows);
void add_text_functions(std::vector<ScalarFunction>& rows);
void add_array_functions(std::vector<ScalarFunction>& rows);
void add_formatting_functions(std::vector<ScalarFunction>& rows);
void add_list_statistics(std::vector<ScalarFunction>& rows);  ///< what the analyzer makes of percentile, mode and histogram_numeric

}  // namespace millrace
