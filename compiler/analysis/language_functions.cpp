#include "compiler/analysis/language_functions.h"

#include <algorithm>
#include <array>

#include "compiler/analysis/session.h"
#include "compiler/functions/function_catalog.h"

namespace millrace {

namespace {

/// Of Spark's functions those that users may miss: no registry has them yet.
constexpr auto kNames = std::to_array<std::string_view>({"from_xml", "to_xml",
                                                         "schema_of_xml", "xpath", "parse_json", "try_parse_json", "variant_get"});

}  // namespace

bool is_language_function(std::string_view name) { return std::find(kNames.begin(), kNames.end(), name) != kNames.end(); }

std::string did_you_mean_aggregate(std::string_view name) {
  std::vector<std::string> names;
  for (const AggregateFunction& function : aggregate_functions()) names.emplace_back(function.name);
  return did_you_mean(name, names);
}

}  // namespace millrace
