#pragma once

#include <string>

#include "compiler/catalog/catalog.h"

namespace millrace {

/// What the compiler may know of this program's connectors and formats, as plain data: the only place where both sides meet before
/// a query runs. `format` is that of bare queries: table, json or csv.
Environment make_environment(std::string base_directory, std::string format);

/// Where machine code is kept between runs: what MILLRACE_CODE_CACHE says (`off`: nowhere, an empty string), else
/// millrace/code in the user's cache folder ($XDG_CACHE_HOME, ~/.cache).
std::string code_cache_folder();

}  // namespace millrace
