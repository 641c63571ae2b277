#pragma once

#include <string>

#include "compiler/codegen/query_module.h"

namespace millrace::ir_samples {

/// A module from IR text; fails the test when it does not parse.
QueryModule parse(const std::string& text, std::vector<std::string> entries, std::vector<NativeImport> imports = {});

/// `int64_t total(const int64_t* values, int64_t count)`: calls the import `void add(int64_t* state, int64_t value)` for each value;
/// the state is 32 zero bytes to begin with, the result its first word.
QueryModule sum_loop(const std::string& add, void* address);

}  // namespace millrace::ir_samples
