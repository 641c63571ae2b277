#pragma once

#include <vector>

#include "tests/tidy/source_file.h"

namespace millrace::tidy {

/// Finds functions of more than `lines_max` lines by matching braces: a brace opens a function when what stands before it ends as a
/// declarator does and only namespaces and types are open around it. Tests' TEST_CASE bodies count as functions.
std::vector<Finding> check_function_lengths(const SourceFile& file, size_t lines_max);

}  // namespace millrace::tidy
