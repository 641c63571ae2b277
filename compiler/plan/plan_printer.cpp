#include "compiler/plan/plan_printer.h"

#include <fmt/format.h>

#include <string_view>

#include "compiler/expr/expr_printer.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace::plan {

namespace {

std::string duration_text(int64_t us) {
  if (us % 1'000'000 == 0) return fmt::format("{}s", us / 1'000'000);
  if (us % 1'000 == 0) return fmt::format("{}ms", us / 1'000);
  return fmt::format("{}us", us);
}

std::string window_text(const WindowSpec& window, const std::string& time) {
  if (window.kind == WindowKind::Session) return "session(" + time + ", gap " + duration_text(window.size_us) + ")";
  if (window.kind == WindowKind::Cumulating) {
    std::string out = "cumulate(" + time + ", step " + duration_text(window.slide_us) + ", size " + duration_text(window.size_us);
    return out + (window.offset_us == 0 ? ")" : ", offset " + duration_text(window.offset_us) + ")");
  }
  std::string out = "window(" + time + ", size " + duration_text(window.size_us);
  if (window.slide_us != window.size_us) out += ", slide " + duration_text(window.slide_us);
  if (window.offset_us != 0) out += ", offset " + duration_text(window.offset_us);
  return out + ")";
}

template <class Items, class Text>
std::string listed(const Items& items, Text text, std::string_view separator = ", ") {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += separator;
    out += text(item);
  }
  return out;
}

std::string exprs_text(const std::vector<ExprPtr>& exprs) {
  return listed(exprs, [](const ExprPtr& e) { return expr::to_string(*e); });
}

std::string call_text(const AggregateCall& call) {
  std::string out = call.function ? std::string(call.function->name) : call.name;
  out += call.distinct ? "(DISTINCT " : "(";
  out += call.arguments.empty() ? "*" : exprs_text(call.arguments);
  out += ")";
  if (call.filter) out += " FILTER (WHERE " + expr::to_string(*call.filter) + ")";
  return out;
}

bool is_plain_grouping(const Aggregate& n) {
  const uint64_t all = n.keys.size() >= 64 ? ~uint64_t{0} : (uint64_t{1} << n.keys.size()) - 1;
  return n.grouping_sets.size() == 1 && n.grouping_sets[0] == all;
}

std::string grouping_sets_text(const Aggregate& n) {
  return listed(n.grouping_sets, [&](uint64_t set) {
    std::string keys;
    for (size_t i = 0; i < n.keys.size(); ++i) {
      if ((set >> i & 1) == 0) continue;
      if (!keys.empty()) keys += ", ";
      keys += expr::to_string(*n.keys[i]);
    }
    return "(" + keys + ")";
  });
}

std::string sort_text(const std::vector<SortItem>& items) {
  return listed(items, [](const SortItem& item) {
    return expr::to_string(*item.expr) + (item.descending ? " DESC" : " ASC") + (item.nulls_first ? " NULLS FIRST" : " NULLS LAST");
  });
}

std::string bound_text(const FrameBound& bound, bool is_start) {
  switch (bound.kind) {
    case abi::FrameBound::Kind::Partition: return is_start ? "first" : "last";
    case abi::FrameBound::Kind::Rows: return bound.rows == 0 ? "row" : fmt::format("row {:+}", bound.rows);
    case abi::FrameBound::Kind::Peers: return "peers";
    case abi::FrameBound::Kind::Value: return expr::to_string(*bound.value);
  }
  return "";
}

std::string over_call_text(const OverCall& over) {
  std::string out = over.call.name.substr(0, over.call.name.find('('));
  if (over.call.function) out = over.call.function->name;
  out += "(" + exprs_text(over.call.arguments) + (over.number == 0 ? "" : fmt::format(" # {}", over.number)) + ")";
  if (over.ignore_nulls) out += " IGNORE NULLS";
  if (over.call.filter) out += " FILTER (WHERE " + expr::to_string(*over.call.filter) + ")";
  const bool framed = over.function >= abi::OverFunction::Nth;
  return framed ? out + " [" + bound_text(over.frame.start, true) + " .. " + bound_text(over.frame.end, false) + "]" : out;
}

std::string_view join_name(JoinKind kind) {
  switch (kind) {
    case JoinKind::Inner: return "InnerJoin";
    case JoinKind::Left: return "LeftJoin";
    case JoinKind::Right: return "RightJoin";
    case JoinKind::Full: return "FullJoin";
    case JoinKind::LeftSemi: return "LeftSemiJoin";
    case JoinKind::LeftAnti: return "LeftAntiJoin";
    case JoinKind::Cross: return "CrossJoin";
    case JoinKind::LeftMark: return "LeftMarkJoin";
    case JoinKind::LeftSingle: return "LeftSingleJoin";
  }
  return "?";
}

/// Operator and expressions of a node.
struct OperatorText {
  const Node& node;

  std::string operator()(const Scan& n) const {
    return std::string("Scan ") + (n.is_stream ? "stream " : "table ") + n.name;
  }
  std::string operator()(const ObserveTime& n) const {
    return "ObserveTime " + expr::to_string(*n.time) + " delay " + duration_text(n.delay_us);
  }
  std::string operator()(const Values& n) const {
    return "Values " + listed(n.rows, [](const auto& row) { return "(" + exprs_text(row) + ")"; });
  }
  std::string operator()(const Filter& n) const { return "Filter " + expr::to_string(*n.predicate); }
  std::string operator()(const Project& n) const { return "Project " + exprs_text(n.exprs); }
  std::string operator()(const WindowAssign& n) const {
    return "WindowAssign " + window_text(n.window, expr::to_string(*n.time));
  }
  std::string operator()(const Generate& n) const {
    const std::string_view name = n.inlines ? "inline" : n.with_position ? "posexplode" : "explode";
    return fmt::format("Generate {}{}({})", name, n.outer ? "_outer" : "", expr::to_string(*n.collection));
  }
  std::string operator()(const Aggregate& n) const {
    std::string out = n.is_distinct ? "Distinct" : "Aggregate";
    if (n.window) out += " " + window_text(*n.window, expr::to_string(*n.window_time));
    if (n.is_maintained) out += " maintained";
    if (n.window_has_watermark) out += " [closed by watermark]";
    if (!n.keys.empty()) out += " by " + exprs_text(n.keys);
    if (n.time_key) out += " [closed by " + expr::to_string(*n.keys[*n.time_key]) + "]";
    if (!is_plain_grouping(n)) out += " sets " + grouping_sets_text(n);
    if (n.emits_grouping_id) out += " grouping_id";
    if (!n.calls.empty()) out += ": " + listed(n.calls, call_text);
    return out;
  }
  std::string operator()(const Join& n) const {
    std::string on;
    for (size_t i = 0; i < n.left_keys.size(); ++i) {
      if (i > 0) on += " AND ";
      on += expr::to_string(*n.left_keys[i]) + " = " + expr::to_string(*n.right_keys[i]);
    }
    std::string out(join_name(n.kind));
    if (n.joins_changes()) out += " of changes";
    if (!on.empty()) out += " on " + on;
    if (n.condition) out += " where " + expr::to_string(*n.condition);
    return out;
  }
  std::string operator()(const Union&) const { return "Union"; }
  std::string operator()(const Sort& n) const {
    return "Sort " + sort_text(n.items);
  }
  std::string operator()(const Over& n) const {
    std::string out = "Over";
    if (!n.partition.empty()) out += " by " + exprs_text(n.partition);
    if (!n.order.empty()) out += " order " + sort_text(n.order);
    if (n.rank_max != INT64_MAX) out += fmt::format(" first {}", n.rank_max);
    return out + ": " + listed(n.calls, over_call_text);
  }
  std::string operator()(const Limit& n) const {
    std::string out = "Limit";
    if (n.count >= 0) out += fmt::format(" {}", n.count);
    if (n.offset > 0) out += fmt::format(" offset {}", n.offset);
    return out;
  }
  std::string operator()(const Keep& n) const {
    return n.once ? "Keep until the first batch" : "Keep; what is above is evaluated anew in each batch";
  }
  std::string operator()(const Differentiate& n) const {
    const auto name = [&](uint32_t column) { return n.input->schema[column].name; };
    std::string out = n.whole ? "Differentiate whole results" : "Differentiate";
    if (n.has_keys) out += n.keys.empty() ? " one row" : " by " + listed(n.keys, name);
    return n.present ? out + " while " + name(*n.present) : out;
  }
  std::string operator()(const Integrate& n) const {
    const auto name = [&](uint32_t column) { return n.input->schema[column].name; };
    const std::string first = n.first >= 0 ? fmt::format(" the first {}", n.first) : "";
    if (n.group) return "Integrate" + first + (n.group->empty() ? " of all rows" : " by " + listed(*n.group, name)) + "; what is above is evaluated anew for groups that have changed";
    return "Integrate" + first + "; what is above is evaluated anew in each batch";
  }
  std::string operator()(const ShowChanges& n) const {
    const auto name = [&](uint32_t column) { return n.input->schema[column].name; };
    std::string out = n.form == abi::ChangeForm::NewRows ? "ShowChanges" : n.form == abi::ChangeForm::Op ? "ShowChanges +I -U +U -D" : "ShowChanges before, after";
    if (n.has_keys) out += n.keys.empty() ? " of one row" : " by " + listed(n.keys, name);
    return out + (n.whole ? " between whole results" : n.weight ? " by weights" : " of changed groups");
  }
};

std::string_view changes_text(Changes changes) {
  switch (changes) {
    case Changes::Append: return "[append]";
    case Changes::Upsert: return "[upsert]";
    case Changes::Retract: return "[retract]";
  }
  return "?";
}

std::string schema_text(const Schema& schema) {
  return listed(schema, [](const Column& c) { return c.name + " " + to_string(c.type) + (c.nullable ? "" : " NOT NULL"); });
}

void print_node(const Node& node, int depth, std::string& out) {
  out.append(static_cast<size_t>(depth) * 2, ' ');
  out += std::visit(OperatorText{node}, node.op);
  out += " -> (" + schema_text(node.schema) + ") ";
  out += changes_text(node.changes);
  if (node.watermark_column && *node.watermark_column < node.schema.size()) {
    out += " [watermark: " + node.schema[*node.watermark_column].name + "]";
  }
  out += '\n';
  for_each_input(node, [&](const Node& input) { print_node(input, depth + 1, out); });
}

std::string trigger_text(const abi::TriggerSpec& trigger) {
  switch (trigger.kind) {
    case abi::TriggerKind::Auto: return trigger.latency_us > 0 ? " AUTO LATENCY " + duration_text(trigger.latency_us) : "";
    case abi::TriggerKind::Interval: return " EVERY " + duration_text(trigger.interval_us);
    case abi::TriggerKind::Rows: return trigger.rows == 1 ? " PER RECORD" : fmt::format(" EVERY {} ROWS", trigger.rows);
    case abi::TriggerKind::Once: return " ONCE";
  }
  return "";
}

std::string_view mode_text(abi::EmitMode mode) {
  switch (mode) {
    case abi::EmitMode::Append: return "APPEND";
    case abi::EmitMode::Update: return "UPDATE";
    case abi::EmitMode::Complete: return "COMPLETE";
  }
  return "?";
}

}  // namespace

std::string print(const Node& node) {
  std::string out;
  print_node(node, 0, out);
  return out;
}

std::string print(const Query& query) {
  std::string out = query.name;
  if (query.streaming) out += fmt::format(": EMIT {}{}", mode_text(query.mode), trigger_text(query.trigger));
  if (!query.sink.connector.empty()) out += " into " + query.sink.connector;
  return out + "\n" + print(*query.root);
}

}  // namespace millrace::plan
