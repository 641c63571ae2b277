#include "compiler/pipeline/stream_join_layout.h"

#include <algorithm>
#include <bit>

#include "compiler/plan/plan_rewrite.h"
#include "runtime/abi/stream_join.h"

namespace millrace::pipeline {
namespace {

using plan::JoinKind;

// A segment's rows leave together: a small part of the time that they stay costs little memory. Bits of microseconds: from an eighth
// of a second, so that streams that have drifted apart do not make a segment for each row, to nineteen hours.
constexpr int64_t kSegmentsOfALife = 16;
constexpr uint32_t kSegmentBitsMin = 17;
constexpr uint32_t kSegmentBitsMax = 36;

/// About how long a row stays, in event time.
int64_t life_us(const plan::Query& query, const std::vector<plan::TimeBound>& bounds) {
  int64_t delay = 0;
  for (const plan::Source& source : query.sources) delay = std::max(delay, source.spec.watermark_delay_us.value_or(0));
  if (bounds.empty()) return delay;
  int64_t shift = INT64_MAX;
  for (const plan::TimeBound& bound : bounds) shift = std::min(shift, bound.shift_us);
  int64_t life = 0;
  return __builtin_add_overflow(std::max<int64_t>(shift, 0), delay, &life) ? INT64_MAX : life;
}

uint32_t segment_bits(int64_t life) {
  const auto width = static_cast<uint64_t>(life / kSegmentsOfALife);
  return std::clamp<uint32_t>(static_cast<uint32_t>(std::bit_width(width)), kSegmentBitsMin, kSegmentBitsMax);
}

StreamJoinState side_state(const plan::Query& query, const plan::Join& join, bool is_left, std::vector<plan::TimeBound> bounds) {
  StreamJoinState state;
  state.node = &join;
  state.is_left = is_left;
  state.layout = lay_out(state.side().schema, sizeof(abi::StreamJoinRow));
  state.bounds = std::move(bounds);
  state.spec.row_size = state.layout.size;
  state.spec.owned = owned_fields(state.layout);
  state.spec.segment_bits = segment_bits(life_us(query, state.bounds));
  const bool keeps_left = join.kind == JoinKind::Left || join.kind == JoinKind::LeftAnti || join.kind == JoinKind::Full;
  state.spec.shows_unmatched = is_left ? keeps_left : join.kind == JoinKind::Full;
  return state;
}

/// The stream below a side, when there is one only.
void collect_scans(const plan::Node& node, std::vector<std::string>& names) {
  if (const auto* scan = std::get_if<plan::Scan>(&node.op); scan && scan->is_stream) names.push_back(scan->name);
  plan::for_each_input(node, [&](const plan::Node& input) { collect_scans(input, names); });
}

std::string side_text(const StreamJoinState& side) {
  std::vector<std::string> names;
  collect_scans(side.side(), names);
  return names.size() == 1 ? "'" + names.front() + "'" : std::string(side.is_left ? "its left side" : "its right side");
}

}  // namespace

StreamJoinStates stream_join_states(const plan::Query& query, const plan::Join& join) {
  plan::JoinBounds bounds = plan::join_bounds(join);
  return {side_state(query, join, true, std::move(bounds.left)), side_state(query, join, false, std::move(bounds.right))};
}

void warn_of_unbounded_state(const plan::Node& node, const StreamJoinStates& states, std::vector<Diagnostic>& warnings) {
  const bool left = states.left.bounds.empty(), right = states.right.bounds.empty();
  if (!left && !right) return;
  std::string whose = left ? side_text(states.left) : side_text(states.right);
  if (left && right) whose += " and of " + side_text(states.right);
  std::string message = "the join keeps every row of " + whose + ": nothing says when no match can come any more";
  const bool shows = (left && states.left.spec.shows_unmatched) || (right && states.right.spec.shows_unmatched);
  if (shows) message += ", so that rows without a match are shown when the streams end";
  warnings.push_back({Severity::Warning, node.span, std::move(message),
                      "declare WATERMARK FOR a time of both streams, and bound it in ON, as b.t BETWEEN a.t AND a.t + INTERVAL '10 seconds'"});
}

}  // namespace millrace::pipeline
