#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// Whether the language has a function of this (folded) name, though it may not be built: the difference between
/// "not supported yet" and "unknown".
bool is_language_function(std::string_view name);

/// ` — did you mean 'count'?` over the aggregate functions that are built.
std::string did_you_mean_aggregate(std::string_view name);

}  // namespace millrace
