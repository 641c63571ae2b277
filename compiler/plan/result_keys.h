#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/plan/plan.h"

namespace millrace::plan {

/// The result columns that tell to which group a row of a streaming aggregation belongs: under EMIT UPDATE a later row takes the place of
/// an earlier one that is equal in them. Nothing when the rows do not say it: a key is not shown, groups may leave the result
/// (HAVING, LIMIT), sessions grow into one another, or a NULL may be a key's value as well as a rolled-up key.
std::optional<std::vector<uint32_t>> result_keys(const Node& root);

}  // namespace millrace::plan
