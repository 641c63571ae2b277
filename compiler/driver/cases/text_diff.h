#pragma once

#include <string>
#include <vector>

namespace millrace {

/// How to come from `expected` to `actual`: a line each, `- ` gone, `+ ` new, `  ` the same; empty when they are equal. By the
/// longest common subsequence; the unchanged middle of long texts is left out.
std::string diff_lines(const std::vector<std::string>& expected, const std::vector<std::string>& actual);

}  // namespace millrace
