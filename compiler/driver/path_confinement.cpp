#include "compiler/driver/path_confinement.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace millrace {

namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as the kernel's own limit
constexpr const char* kPatternCharacters = "*?[";

bool lies_in(const std::string& path, const std::string& folder) {
  return path == folder || folder == "/" || path.starts_with(folder + "/");
}

/// What a pattern matches now, beginning with its fixed part.
std::vector<std::string> paths_of_pattern(const std::string& pattern) {
  const size_t wild = pattern.find_first_of(kPatternCharacters);
  const size_t slash = pattern.rfind('/', wild);
  std::vector<std::string> paths{slash == std::string::npos ? "." : pattern.substr(0, std::max<size_t>(slash, 1))};
  glob_t matches{};
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches) == 0) {
    paths.insert(paths.end(), matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  }
  ::globfree(&matches);
  return paths;
}

bool climbs_behind_pattern(const std::string& pattern) {
  return pattern.find("/..", pattern.find_first_of(kPatternCharacters)) != std::string::npos;
}

}  // namespace

std::string resolve_path(const std::string& path) {
  std::error_code error;
  fs::path at = fs::absolute(path, error);
  for (int links = 0; links < kMostLinks && fs::is_symlink(fs::symlink_status(at, error)) && !fs::exists(at, error); ++links) {
    const fs::path target = fs::read_symlink(at, error);
    at = target.is_absolute() ? target : fs::weakly_canonical(at.parent_path(), error) / target;
  }
  const fs::path resolved = fs::weakly_canonical(at, error);
  return error ? "" : resolved.string();
}

std::function<std::string(const std::string&)> path_confinement(const std::vector<std::string>& folders) {
  std::vector<std::string> allowed;
  std::string list;
  for (const std::string& folder : folders) {
    allowed.push_back(resolve_path(folder));
    list += (list.empty() ? "" : ", ") + allowed.back();
  }
  return [allowed, list](const std::string& path) -> std::string {
    std::error_code error;
    const bool is_pattern = path.find_first_of(kPatternCharacters) != std::string::npos && !fs::exists(path, error);
    if (is_pattern && climbs_behind_pattern(path)) return "'..' behind a pattern may lead anywhere";
    for (const std::string& one : is_pattern ? paths_of_pattern(path) : std::vector<std::string>{path}) {
      const std::string resolved = resolve_path(one);
      const auto holds = [&](const std::string& folder) { return lies_in(resolved, folder); };
      if (resolved.empty()) return "it cannot be resolved";
      if (std::none_of(allowed.begin(), allowed.end(), holds)) return "'" + resolved + "' does not lie in " + list;
    }
    return "";
  };
}

}  // namespace millrace
