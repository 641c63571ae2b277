#include "compiler/pipeline/state_bounds.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/overloaded.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_printer.h"
#include "compiler/plan/value_domain.h"

namespace millrace::pipeline {
namespace {

constexpr const char* kWindowHint = "group by a window of a column with a WATERMARK, under EMIT APPEND or UPDATE; or by what has few values";

bool has_texts(const FieldLayout& field) {
  return field.type.is_bytes() || std::any_of(field.children.begin(), field.children.end(), has_texts);
}

bool has_texts(const TupleLayout& layout) {
  return std::any_of(layout.fields.begin(), layout.fields.end(), [](const FieldLayout& field) { return has_texts(field); });
}

bool keeps_every_value(const plan::AggregateCall& call) {
  constexpr std::string_view kCollecting[] = {"collect_list", "array_agg", "collect_set", "string_agg", "listagg", "median", "percentile",
                                              "percentile_cont", "percentile_disc", "mode", "histogram_numeric"};
  if (call.distinct || call.function->distinct) return true;
  return std::find(std::begin(kCollecting), std::end(kCollecting), call.function->name) != std::end(kCollecting);
}

class Bounds {
 public:
  explicit Bounds(const PhysicalQuery& query) : query_(query) {}

  std::vector<StateBound> all() {
    std::vector<StateBound> bounds;
    for (size_t slot = 0; slot < query_.states.size(); ++slot) {
      slot_ = slot;
      bounds.push_back(std::visit([this](const auto& state) { return this->of(state); }, query_.states[slot]));
    }
    if (query_.view) bounds.push_back(of_view());
    if (query_.keeps_output) {
      bounds.push_back(unbounded("all rows shown so far", "under EMIT COMPLETE every row is shown again in each batch", "EMIT APPEND shows each row once"));
    }
    for (StateBound& bound : bounds) {
      if (bound.span.empty()) bound.span = query_.query->span;
    }
    return bounds;
  }

 private:
  static StateBound bounded(std::string what, std::string by) { return {.what = std::move(what), .reason = std::move(by)}; }
  static StateBound unbounded(std::string what, std::string why, std::string hint) {
    return {.what = std::move(what), .is_bounded = false, .reason = std::move(why), .hint = std::move(hint)};
  }

  /// What is emptied and filled again in each batch holds nothing of its own from one to the next.
  bool is_emptied() const {
    const auto empties = [this](const Pipeline& p) {
      return std::find(p.clear_slots.begin(), p.clear_slots.end(), static_cast<int32_t>(slot_)) != p.clear_slots.end();
    };
    return std::any_of(query_.pipelines.begin(), query_.pipelines.end(), empties);
  }

  StateBound bounded_by_input(std::string what) const {
    if (!query_.query->streaming) return bounded(std::move(what), "the tables that the query reads");
    return bounded(std::move(what), "what is kept elsewhere and the batch's rows: it is emptied in each batch");
  }

  StateBound of(const AggregateState& state) const {
    StateBound bound = bound_groups(state);
    bound.unit = "group";
    bound.unit_bytes = state.kept.entry_size;
    bound.has_texts = has_texts(state.kept.keys) ||
                      std::any_of(state.node->calls.begin(), state.node->calls.end(), [](const auto& call) { return call.function->takes_table; });
    bound.span = state.plan_node->span;
    return bound;
  }

  static std::string group_name(const plan::Aggregate& aggregate) {
    std::string keys;
    if (aggregate.window) keys = aggregate.window->kind == plan::WindowKind::Session ? "sessions" : "window";
    for (const auto& key : aggregate.keys) keys += (keys.empty() ? "" : ", ") + expr::to_string(*key);
    if (keys.empty()) return "the one group of an aggregation without GROUP BY";
    return (aggregate.is_distinct ? "values of DISTINCT " : "groups of GROUP BY ") + keys;
  }

  StateBound bound_groups(const AggregateState& state) const {
    const plan::Aggregate& aggregate = *state.node;
    const std::string what = group_name(aggregate);
    if (!state.plan_node->is_stream || is_emptied()) return bounded_by_input(what);
    if (state.spec.drops_late) {
      return bounded(what, state.spec.time == abi::TimeKind::Key ? "the watermark: a group is forgotten once it has passed the group's time"
                                                                 : "the watermark: a window's groups are forgotten once it has passed the window's end");
    }
    if (aggregate.window) return unbounded(what, why_windows_stay(aggregate), window_hint(aggregate));
    const auto groups = known_groups(aggregate);
    if (!groups) return unbounded(what, "there is a group for every value that ever comes, and nothing forgets one", kWindowHint);
    for (const plan::AggregateCall& call : aggregate.calls) {
      if (!keeps_every_value(call)) continue;
      return unbounded(what, call.name + " keeps every value that ever comes", "approx_count_distinct needs a fixed size; a window with a WATERMARK forgets");
    }
    if (aggregate.keys.empty()) return bounded(what, "there is one");
    return bounded(what, *groups == 0 ? "the values of a table" : fmt::format("the values that its keys can have: at most {} groups", *groups));
  }

  std::string why_windows_stay(const plan::Aggregate& aggregate) const {
    if (!aggregate.window_has_watermark) return "no watermark says when a window is over";
    return query_.query->evaluates_anew ? "the query above it is evaluated anew in each batch, over all windows" : "EMIT COMPLETE shows every window in each batch";
  }

  static std::string window_hint(const plan::Aggregate& aggregate) {
    return aggregate.window_has_watermark ? "EMIT APPEND or UPDATE forgets the windows that the watermark has passed"
                                          : "declare WATERMARK FOR the window's time column in CREATE STREAM";
  }

  /// How many groups the keys allow; 0: as many as a table says; nothing when ever new ones may come.
  static std::optional<int64_t> known_groups(const plan::Aggregate& aggregate) {
    constexpr int64_t kMostGroups = 100'000'000;
    int64_t groups = 1;
    for (const auto& key : aggregate.keys) {
      const auto domain = plan::value_domain(*key, *aggregate.input);
      if (!domain) return std::nullopt;
      groups *= domain->values;
      if (groups > kMostGroups) return std::nullopt;
    }
    return groups;
  }

  StateBound of(const JoinState& state) const {
    StateBound bound = state.node->right->is_stream || is_emptied() ? bounded_by_input("rows of a join's right side")
                                                                    : bounded("rows of a join's right side", "the table that it reads");
    bound.unit = "row";
    bound.unit_bytes = state.layout.size;
    bound.has_texts = has_texts(state.layout);
    bound.span = state.node->right->span;
    return bound;
  }

  static StateBound of(const StreamJoinState& state) {
    const std::string what = std::string("rows of the ") + (state.is_left ? "left" : "right") + " side of a join of streams";
    std::string ends;
    for (const plan::TimeBound& end : state.bounds) ends += (ends.empty() ? "" : ", or ") + expr::to_string(*end.time);
    StateBound bound = ends.empty() ? unbounded(what, "nothing says when no match can come any more",
                                                "declare WATERMARK FOR a time of both streams, and bound it in ON, as b.t BETWEEN a.t AND a.t + INTERVAL '10 seconds'")
                                    : bounded(what, "the watermark: a row is forgotten once it is far enough past " + ends);
    bound.unit = "row";
    bound.unit_bytes = state.layout.size;
    bound.has_texts = has_texts(state.layout);
    bound.span = state.side().span;
    return bound;
  }

  static StateBound of(const CountedRowsState& state) {
    StateBound bound = unbounded(std::string("rows of the ") + (state.is_left ? "left" : "right") + " side of a join of changes",
                                 fmt::format("all that are there are kept, since a change of the other side may concern them; more than {} end the query (SET max_kept_rows)", state.spec.max_rows),
                                 "a join of streams bounded by time forgets: b.t BETWEEN a.t AND a.t + INTERVAL '10 seconds', under EMIT APPEND");
    bound.unit = "row";
    bound.unit_bytes = state.layout.size;
    bound.has_texts = has_texts(state.layout);
    bound.span = state.side().span;
    return bound;
  }

  StateBound of(const TupleState& state) const {
    StateBound bound = bound_rows(state);
    bound.unit = "row";
    bound.unit_bytes = state.layout.size;
    bound.has_texts = has_texts(state.layout);
    return bound;
  }

  StateBound bound_rows(const TupleState& state) const {
    if (state.view) return bounded("rows of a materialized view, as they stand", "the view");
    if (state.changes) return bound_changes(*state.changes);
    if (state.once) return bounded("rows of a table until the first batch", "the table");
    if (state.passes_changes) return bounded("changes between two steps", "what a batch changes");
    if (state.max_rows >= 0 && query_.query->streaming) {
      return unbounded("rows kept to evaluate the query anew", fmt::format("all of them are wanted in each batch; more than {} end the query (SET max_kept_rows)", state.max_rows),
                       "aggregated first, groups would be kept instead of rows");
    }
    return bounded_by_input(state.sort.empty() ? "rows between two steps" : "rows to be sorted");
  }

  StateBound bound_changes(const abi::ChangesSpec& changes) const {
    if (changes.form == abi::ChangeForm::Weights) return of_groups_below("groups as they stand, to tell what has changed");
    if (changes.form == abi::ChangeForm::AllRows) return of_groups_below("rows as changes have left them");
    if (changes.weight_offset >= 0) return of_groups_below("the result, to tell what has changed");
    const std::string what = "the last result, to tell what has changed";
    if (changes.final_time_offset >= 0) return bounded(what, "the watermark: rows that it has passed are forgotten");
    if (changes.whole) return bounded(what, "the result itself, which is made of what is kept below");
    return of_groups_below(what);
  }

  /// As many rows as there ever were groups.
  StateBound of_groups_below(const std::string& what) const {
    for (const State& state : query_.states) {
      const auto* groups = std::get_if<AggregateState>(&state);
      if (groups && (groups->spec.drops_late || groups->node->window || !known_groups(*groups->node))) {
        return unbounded(what, "a row for every group that ever came", kWindowHint);
      }
    }
    return bounded(what, "the number of groups below");
  }

  StateBound of(const OverState& state) const {
    StateBound bound = bounded_by_input("rows under window functions");
    if (query_.query->streaming && !is_emptied()) {
      bound = unbounded("rows under window functions", "all rows of a partition are wanted in each batch", "QUALIFY row_number() OVER (…) <= n keeps n rows of a partition");
    }
    bound.unit = "row";
    bound.unit_bytes = state.layout.size;
    bound.has_texts = has_texts(state.layout);
    return bound;
  }

  static StateBound of(const ScanState&) { return {}; }

  StateBound of_view() const {
    const std::string what = "rows of the materialized view";
    if (query_.view->keeping != abi::ViewKeeping::Accumulate) return bounded(what, "the result itself, which is made of what is kept below");
    return unbounded(what, fmt::format("every row stays; more than {} end the query", query_.view->max_rows), "a view of groups has a row for each group");
  }

  const PhysicalQuery& query_;
  size_t slot_ = 0;
};

std::string size_text(const StateBound& bound) {
  if (bound.unit_bytes == 0) return "";
  std::string text = fmt::format("; {} bytes a {}", bound.unit_bytes, bound.unit);
  if (bound.unit == "group") text += ", 16 to 32 for finding it";
  return text + (bound.has_texts ? ", and its texts" : "");
}

}  // namespace

std::vector<StateBound> state_bounds(const PhysicalQuery& query) { return Bounds(query).all(); }

std::string print_state_bounds(const PhysicalQuery& query) {
  std::string lines;
  bool all_bounded = true;
  const std::vector<StateBound> bounds = state_bounds(query);
  for (size_t i = 0; i < bounds.size(); ++i) {
    const StateBound& bound = bounds[i];
    if (bound.what.empty()) continue;
    all_bounded = all_bounded && bound.is_bounded;
    const std::string number = i < query.states.size() ? fmt::format("state #{} ", i) : "";
    lines += fmt::format("  {}{}: {}: {}{}\n", number, bound.what, bound.is_bounded ? "bounded" : "UNBOUNDED", bound.reason, size_text(bound));
  }
  if (lines.empty()) return query.query->name + ": no state\n";
  return query.query->name + (all_bounded ? ": bounded state\n" : ": unbounded state\n") + lines;
}

void require_bounded_state(const PhysicalQuery& query) {
  if (!query.query->streaming) return;
  for (const StateBound& bound : state_bounds(query)) {
    if (!bound.is_bounded) throw SqlError(bound.span, "unbounded state: " + bound.what + ": " + bound.reason, bound.hint);
  }
}

}  // namespace millrace::pipeline
