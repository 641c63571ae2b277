#pragma once

#include <optional>
#include <vector>

#include "compiler/plan/plan.h"

/// What joins of two streams know of time: when a row that one side keeps can match nothing any more. That follows from the join's
/// conditions and from what is known of the other side's rows to come: their event time is after the watermark.
namespace millrace::plan {

/// A row can match nothing once the watermark is at or past `time` + `shift_us`; nothing at all when `time` is NULL.
struct TimeBound {
  ExprPtr time;  ///< TIMESTAMP, over the columns of the side whose rows are kept
  int64_t shift_us = 0;
};

/// Of each side's rows. Several bounds hold at the same time; none: the rows are kept until the streams end.
struct JoinBounds {
  std::vector<TimeBound> left, right;
};

bool joins_streams(const Join& join);
JoinBounds join_bounds(const Join& join);

/// The column of a join of streams whose values never are at or before the watermark: rows that wait may be older than it, but not in
/// this column.
std::optional<uint32_t> watermark_of_stream_join(const Join& join);

}  // namespace millrace::plan
