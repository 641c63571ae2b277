#pragma once

#include <vector>

#include "tests/tidy/source_file.h"

namespace millrace::tidy {

/// Who may include whom: the compiler knows the shape of the runtime, the runtime knows nothing of the compiler, only the driver knows
/// both; each library of others stays in the folders that are there to contain it.
std::vector<Finding> check_includes(const SourceFile& file);

}  // namespace millrace::tidy
