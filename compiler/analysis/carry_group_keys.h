#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/plan/plan.h"

namespace millrace {

/// Columns that tell to which group a row of a streaming aggregation belongs.
struct GroupKeys {
  std::vector<uint32_t> keys;
  std::optional<uint32_t> time;     ///< which of `keys` is the event time (or a window's end): a group is final when the watermark has passed it
  std::optional<uint32_t> present;  ///< BOOLEAN: whether the group is in the result; without it every group is
};

/// Makes the rows of an aggregation under EMIT UPDATE carry the keys of their groups: those that the query does not show follow behind its
/// columns. A condition on groups (HAVING) becomes a column: that a group has left the result is news, too. Throws for plans whose
/// rows do not belong to one group each.
GroupKeys carry_group_keys(plan::NodePtr& root);

}  // namespace millrace
