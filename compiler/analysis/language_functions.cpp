#include "compiler/analysis/language_functions.h"

#include <algorithm>
#include <array>

#include "compiler/analysis/session.h"
#include "compiler/functions/function_catalog.h"

namespace millrace {

namespace {

/// Of the language's functions those that a registry may not have yet.
constexpr auto kNames = std::to_array<std::string_view>({
    "any_value",
    "approx_count_distinct",
    "atan2",
    "base64",
    "bit_length",
    "bround",
    "corr",
    "covar_pop",
    "covar_samp",
    "crc32",
    "decode",
    "encode",
    "every",
    "first_value",
    "format_number",
    "hash",
    "histogram_numeric",
    "initcap",
    "json_tuple",
    "kurtosis",
    "lag",
    "last_value",
    "lead",
    "levenshtein",
    "luhn_check",
    "make_date",
    "make_timestamp",
    "max_by",
    "md5",
    "median",
    "min_by",
    "mode",
    "months_between",
    "nth_value",
    "nullifzero",
    "parse_url",
    "percentile",
    "percentile_approx",
    "printf",
    "rank",
    "dense_rank",
    "row_number",
    "regexp_extract",
    "regexp_extract_all",
    "regexp_replace",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "sha1",
    "sha2",
    "skewness",
    "to_binary",
    "to_char",
    "to_number",
    "try_add",
    "try_divide",
    "unbase64",
    "unhex",
    "url_decode",
    "url_encode",
    "width_bucket",
    "xxhash64",
});

}  // namespace

bool is_language_function(std::string_view name) { return std::find(kNames.begin(), kNames.end(), name) != kNames.end(); }

std::string did_you_mean_aggregate(std::string_view name) {
  std::vector<std::string> names;
  for (const AggregateFunction& function : aggregate_functions()) names.emplace_back(function.name);
  return did_you_mean(name, names);
}

}  // namespace millrace
