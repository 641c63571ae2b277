#pragma once

#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"

namespace millrace {

/// What the compiler may know of this program's connectors and formats, as plain data: the only place where both sides meet before
/// a query runs. `format` is that of bare queries: table, json or csv.
/// `allowed_folders`: those in which all paths of WITH must lie; none: anywhere.
Environment make_environment(std::string base_directory, std::string format, const std::vector<std::string>& allowed_folders = {});

/// Where machine code is kept between runs: what MILLRACE_CODE_CACHE says (`off`: nowhere, an empty string), else
/// millrace/code in the user's cache folder ($XDG_CACHE_HOME, ~/.cache).
std::string code_cache_folder();

}  // namespace millrace
