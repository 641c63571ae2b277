#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/plan/plan.h"

namespace millrace {

/// Whether an aggregation has the same set of keys twice: their groups cannot be told apart.
bool has_equal_sets(const plan::Aggregate& aggregate);

/// Columns of which no two rows have the same values: by them a new row is told to be another one's successor. Nothing when there are none.
using RowKeys = std::optional<std::vector<uint32_t>>;
RowKeys row_keys(const plan::Node& node);

}  // namespace millrace
