#pragma once

#include <functional>
#include <string>
#include <vector>

namespace millrace {

/// The path without symbolic links, also where its last parts do not exist yet; links that lead nowhere are followed to where a file would be made.
std::string resolve_path(const std::string& path);

/// Says of a path why it must not be used, or nothing: it must lie in one of the folders once symbolic links are resolved. Of a pattern
/// (`*`, `?`, `[`) its fixed part must, and all that it matches now.
std::function<std::string(const std::string&)> path_confinement(const std::vector<std::string>& folders);

}  // namespace millrace
