#include "compiler/analysis/language_functions.h"

#include <algorithm>
#include <array>

#include "compiler/analysis/session.h"
#include "compiler/functions/function_catalog.h"

namespace millrace {

namespace {

/// Of the language's functions those that no registry has yet.
constexpr auto kNames = std::to_array<std::string_view>({"to_char", "to_number"});

}  // namespace

bool is_language_function(std::string_view name) { return std::find(kNames.begin(), kNames.end(), name) != kNames.end(); }

std::string did_you_mean_aggregate(std::string_view name) {
  std::vector<std::string> names;
  for (const AggregateFunction& function : aggregate_functions()) names.emplace_back(function.name);
  return did_you_mean(name, names);
}

}  // namespace millrace
