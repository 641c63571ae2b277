#include <fmt/format.h>

#include "compiler/base/overloaded.h"
#include "compiler/expr/expr_printer.h"
#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {
namespace {

const char* phase_name(abi::Phase phase) {
  switch (phase) {
    case abi::Phase::Setup: return "setup";
    case abi::Phase::Stream: return "stream";
    case abi::Phase::Emit: return "emit";
    case abi::Phase::Copy: return "copy";
  }
  return "";
}

const char* what_name(abi::EmitWhat what) {
  switch (what) {
    case abi::EmitWhat::Closed: return "closed groups";
    case abi::EmitWhat::Touched: return "changed groups";
    case abi::EmitWhat::All: return "all groups";
    case abi::EmitWhat::Inserted: return "new groups";
  }
  return "";
}

const char* kind_name(plan::JoinKind kind) {
  switch (kind) {
    case plan::JoinKind::Inner:
    case plan::JoinKind::Cross: return "inner";
    case plan::JoinKind::Left: return "left";
    case plan::JoinKind::Right: return "right";
    case plan::JoinKind::Full: return "full";
    case plan::JoinKind::LeftSemi: return "semi";
    case plan::JoinKind::LeftAnti: return "anti";
    case plan::JoinKind::LeftMark: return "mark";
    case plan::JoinKind::LeftSingle: return "single";
  }
  return "";
}

std::string source_text(const PhysicalQuery& query, const Pipeline& p) {
  return std::visit(Overloaded{[&](const ScanSource& s) {
                                 const auto& scan = std::get<ScanState>(query.states[s.slot]);
                                 std::string fields;
                                 for (const abi::FieldSpec& f : scan.scan.fields) fields += (fields.empty() ? "" : ", ") + f.name;
                                 const std::string shared = scan.shared ? fmt::format(", decoded once for {} pipelines", scan.shared->pipelines) : "";
                                 return fmt::format("scan {} ({}){}", s.scan->name, fields, shared);
                               },
                               [](const AggregateSource& s) { return fmt::format("groups #{}", s.slot); },
                               [](const TupleSource& s) { return fmt::format("rows #{}", s.slot); },
                               [](const OverSource& s) { return fmt::format("rows with window functions #{}", s.slot); },
                               [](const UnmatchedSource& s) { return fmt::format("rows of #{} without a match", s.slot); },
                               [](const ExpiredSource& s) { return fmt::format("rows of #{} that end without a match", s.slot); },
                               [](const ValuesSource& v) { return fmt::format("values ({} rows)", v.values->rows.size()); }},
                    p.source);
}

struct OpText {
  std::string operator()(const FilterOp& f) const { return "filter " + expr::to_string(*f.node->predicate); }
  std::string operator()(const ProjectOp&) const { return "project"; }
  std::string operator()(const ObserveOp&) const { return "observe time"; }
  std::string operator()(const WindowOp&) const { return "assign windows"; }
  std::string operator()(const GenerateOp& g) const {
    return fmt::format("a row for each of {}", expr::to_string(*g.node->collection));
  }
  std::string operator()(const ProbeOp& p) const {
    return fmt::format("{} join probe #{}", kind_name(p.node->kind), p.slot);
  }
  std::string operator()(const StreamJoinOp& j) const {
    return fmt::format("{} join: meet #{}, keep in #{}", kind_name(j.node->kind), j.other_slot, j.own_slot);
  }
  std::string operator()(const CountedJoinOp& j) const {
    return fmt::format("{} join of changes: meet #{}, count in #{}", kind_name(j.node->kind), j.other_slot, j.own_slot);
  }
  std::string operator()(const LimitOp& l) const { return fmt::format("limit {}", l.count); }
};

struct TargetText {
  std::string operator()(const AggregateTarget& t) const { return fmt::format("aggregate #{}", t.slot); }
  std::string operator()(const JoinTarget& t) const { return fmt::format("join build #{}", t.slot); }
  std::string operator()(const TupleTarget& t) const { return fmt::format("{} #{}", t.sort ? "sort" : "keep", t.slot); }
  std::string operator()(const OverTarget& t) const { return fmt::format("keep for window functions #{}", t.slot); }
  std::string operator()(const OutputTarget&) const { return "output"; }
};

std::string aggregate_text(const AggregateState& a) {
  std::string text = fmt::format("{} keys, {} aggregates, {} bytes a group", a.node->keys.size(), a.node->calls.size(),
                                 a.kept.entry_size);
  if (a.node->grouping_sets.size() > 1) {
    text += fmt::format(", kept as the finest grouping and rolled up to {} grouping sets", a.node->grouping_sets.size());
  }
  if (a.spec.time == abi::TimeKind::Session) text += fmt::format(", sessions with gaps of {} ms", a.spec.size_us / 1000);
  if (a.spec.time == abi::TimeKind::Window) {
    text += fmt::format(", panes of {} ms, {} a window", a.spec.pane_us / 1000, a.spec.size_us / a.spec.pane_us);
  }
  text += fmt::format(", shows {}", what_name(a.spec.what));
  if (a.spec.drops_late) text += ", drops late rows";
  return text;
}

std::string micros_text(int64_t us) {
  const char* sign = us < 0 ? "-" : "+";
  const int64_t size = us < 0 ? -us : us;
  if (size % 1'000'000 == 0) return fmt::format(" {} {} s", sign, size / 1'000'000);
  if (size % 1000 == 0) return fmt::format(" {} {} ms", sign, size / 1000);
  return fmt::format(" {} {} us", sign, size);
}

std::string stream_join_text(const StreamJoinState& j) {
  std::string ends;
  for (const plan::TimeBound& bound : j.bounds) {
    ends += ends.empty() ? "" : " or ";
    ends += expr::to_string(*bound.time) + (bound.shift_us == 0 ? "" : micros_text(bound.shift_us));
  }
  return fmt::format("{} side of a stream join: {} bytes a row, {}, kept {}{}", j.is_left ? "left" : "right", j.layout.size,
                     j.keys().empty() ? "no equality: every row is tried" : "hashed",
                     ends.empty() ? "until the streams end" : "until the watermark reaches " + ends,
                     j.spec.shows_unmatched ? ", shown at its end if unmatched" : "");
}

std::string changes_text(const TupleState& rows) {
  if (rows.changes->form == abi::ChangeForm::Weights) return fmt::format("rows as they stand: {} bytes a row, to tell what changes", rows.layout.size);
  if (rows.changes->form == abi::ChangeForm::AllRows) {
    const bool by_group = rows.changes->by_group;
    const std::string first = by_group && rows.changes->first_rows >= 0 ? fmt::format(", the first {} of each", rows.changes->first_rows) : "";
    return fmt::format("rows as changes have left them: {} bytes a row{}{}", rows.layout.size, by_group ? ", a batch reads the groups that it has changed" : "", first);
  }
  return fmt::format("changes: {} bytes a row of the last result{}", rows.layout.size,
                     rows.changes->final_time_offset >= 0 ? ", kept until the watermark has passed it" : "");
}

std::string state_text(const State& state) {
  return std::visit(Overloaded{[](const AggregateState& a) { return "groups: " + aggregate_text(a); },
                               [](const JoinState& j) {
                                 return fmt::format("join table: {} bytes a row, {}{}", j.layout.size,
                                                    j.has_keys ? "hashed" : "no equality: every row is tried",
                                                    j.group_offset ? ", each remembers its group" : "");
                               },
                               [](const StreamJoinState& j) { return stream_join_text(j); },
                               [](const CountedRowsState& c) {
                                 return fmt::format("{} side of a join of changes: {} bytes a row, {}{}", c.is_left ? "left" : "right", c.layout.size,
                                                    c.keys().empty() ? "no equality: every row is tried" : "hashed", c.spec.only_adds ? ", none ever goes" : "");
                               },
                               [](const TupleState& t) {
                                 if (t.view) return std::string("view: its rows as they stand");
                                 if (t.changes) return changes_text(t);
                                 if (t.once) return fmt::format("rows of a table: {} bytes a row, for the first batch", t.layout.size);
                                 if (t.passes_changes) return fmt::format("changes of a batch: {} bytes a row", t.layout.size);
                                 if (t.max_rows >= 0) return fmt::format("rows: {} bytes a row, kept until the streams end, {} at the most", t.layout.size, t.max_rows);
                                 return fmt::format("rows: {} bytes a row{}", t.layout.size,
                                                    t.sort.empty() ? "" : fmt::format(", sorted by {} keys", t.sort.size()));
                               },
                               [](const OverState& o) {
                                 return fmt::format("rows under {} window functions: {} bytes a row, sorted by {} keys, {} of them the partition's{}",
                                                    o.node->calls.size(), o.layout.size, o.spec.sort.size(), o.spec.partition_keys,
                                                    o.spec.rank_max == INT64_MAX ? "" : fmt::format(", the first {} of a partition", o.spec.rank_max));
                               },
                               [](const ScanState& s) {
                                 if (s.shared) return fmt::format("scan: {} of {} fields that are located together", s.scan.fields.size(), s.shared->scan.fields.size());
                                 return fmt::format("scan: {} fields located", s.scan.fields.size());
                               }},
                    state);
}

}  // namespace

std::vector<std::string> describe_steps(const PhysicalQuery& query, const Pipeline& p) {
  std::vector<std::string> steps = {source_text(query, p)};
  for (const auto& op : p.ops) steps.push_back(std::visit(OpText{}, op));
  steps.push_back(std::visit(TargetText{}, p.target));
  return steps;
}

std::string describe(const PhysicalQuery& query, const Pipeline& p) {
  std::string text;
  for (const std::string& step : describe_steps(query, p)) text += (text.empty() ? "" : " -> ") + step;
  return text;
}

std::string describe(const PhysicalQuery& query, size_t slot) { return state_text(query.states[slot]); }

std::string print(const PhysicalQuery& query) {
  std::string text = fmt::format("{}:\n", query.query->name);
  for (size_t i = 0; i < query.pipelines.size(); ++i) {
    const Pipeline& p = query.pipelines[i];
    text += fmt::format("  pipeline {} [{}]: {}\n", i, phase_name(p.phase), describe(query, p));
  }
  for (size_t i = 0; i < query.states.size(); ++i) {
    text += fmt::format("  state #{} {}\n", i, state_text(query.states[i]));
  }
  if (query.shares_rows) text += "  threads: workers compute rows side by side\n";
  if (!query.takes_turns_because.empty()) text += fmt::format("  threads: {}: {}\n", query.needs_one_worker ? "one worker" : "workers take turns",
                                                        query.takes_turns_because);
  return text;
}

}  // namespace millrace::pipeline
