#include "compiler/pipeline/counted_join_layout.h"

#include <string>

#include "compiler/pipeline/changes_layout.h"
#include "compiler/plan/plan_rewrite.h"
#include "runtime/abi/counted_rows.h"

namespace millrace::pipeline {

namespace {

bool scans_a_stream(const plan::Node& node) {
  const auto* scan = std::get_if<plan::Scan>(&node.op);
  bool scans = scan != nullptr && scan->is_stream;
  plan::for_each_input(node, [&](const plan::Node& input) { scans = scans || scans_a_stream(input); });
  return scans;
}

/// As they come: not those of groups.
bool brings_rows_of_a_stream(const plan::Node& node) { return node.changes == plan::Changes::Append && scans_a_stream(node); }

}  // namespace

CountedRowsState counted_rows_state(const plan::Join& join, bool is_left) {
  CountedRowsState state;
  state.node = &join;
  state.is_left = is_left;
  state.layout = lay_out(state.side().schema, sizeof(abi::CountedRow));
  state.weight_column = std::get<expr::ColumnRef>((is_left ? join.left_weight : join.right_weight)->node).index;
  state.spec.row_size = state.layout.size;
  state.spec.only_adds = state.side().changes == plan::Changes::Append;
  state.spec.at_most_one = is_left && join.kind == plan::JoinKind::LeftSingle;
  state.spec.max_rows = join.max_rows;
  state.spec.owned = owned_fields(state.layout);
  for (uint32_t i = 0; i < state.layout.fields.size(); ++i) {
    if (i != state.weight_column) add_row_keys(state.layout.fields[i], state.spec.values);
  }
  return state;
}

void warn_of_kept_rows(const plan::Node& node, std::vector<Diagnostic>& warnings) {
  const auto& join = std::get<plan::Join>(node.op);
  const bool left = brings_rows_of_a_stream(*join.left), right = brings_rows_of_a_stream(*join.right);
  if (!left && !right) return;
  const std::string side = left && right ? "both sides" : left ? "its left side" : "its right side";
  warnings.push_back({Severity::Warning, node.span, "the join keeps every row of " + side + ": rows of the other side that are still to come may change what is shown of it",
                      "it grows without bound, up to SET max_kept_rows (" + std::to_string(join.max_rows) + "); aggregated first, groups would be kept instead of rows"});
}

bool is_maintained(const State& state) {
  if (std::holds_alternative<CountedRowsState>(state)) return true;
  if (const auto* groups = std::get_if<AggregateState>(&state)) return groups->node->is_maintained;
  if (const auto* over = std::get_if<OverState>(&state)) return over->node->is_maintained;
  const auto* rows = std::get_if<TupleState>(&state);
  return rows != nullptr && (rows->passes_changes || rows->once || rows->changes);
}

}  // namespace millrace::pipeline
