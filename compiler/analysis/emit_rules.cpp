#include "compiler/analysis/emit_rules.h"

#include <charconv>
#include <functional>

#include "compiler/analysis/evaluate_anew.h"
#include "compiler/analysis/interval.h"
#include "compiler/base/sql_error.h"
#include "compiler/plan/join_bounds.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

using abi::EmitMode;
using plan::Node;

namespace {

/// What of a streaming plan bears on its output modes.
struct StatefulParts {
  std::vector<const Node*> aggregates;  ///< without SELECT DISTINCT
  const Node* distinct = nullptr;
  const Node* sort = nullptr;
  const Node* limit = nullptr;
  const Node* over = nullptr;         ///< window functions
  std::vector<const Node*> stream_joins;
  const Node* nested = nullptr;       ///< an aggregate over an aggregate
  bool inner_order_on_rows = false;   ///< an inner one that no aggregate below makes anew in each batch
  const Node* inner_order = nullptr;  ///< ORDER BY or LIMIT below another operator
  const Node* kept_table = nullptr;   ///< a join that shows rows of a table by what of a stream they match
};

/// Whether a node's rows are made anew in each batch.
bool is_remade(const Node& node) { return std::holds_alternative<plan::Aggregate>(node.op) || std::holds_alternative<plan::Over>(node.op); }

bool reads_aggregate(const Node& node) {
  bool found = node.is_stream && is_remade(node);
  plan::for_each_input(node, [&](const Node& input) { found = found || reads_aggregate(input); });
  return found;
}

/// Whether rows of a stream reach this node without an aggregation on their way.
bool passes_rows(const Node& node) {
  if (!node.is_stream || is_remade(node)) return false;
  bool found = std::holds_alternative<plan::Scan>(node.op);
  plan::for_each_input(node, [&](const Node& input) { found = found || passes_rows(input); });
  return found;
}

/// An aggregation (or window functions) of a stream's rows together with groups, which come again in each batch: the rows do not. Null: there is none.
const Node* mixes_rows_and_groups(const Node& node) {
  if (!node.is_stream) return nullptr;
  bool rows = false, groups = false;
  const Node* found = nullptr;
  plan::for_each_input(node, [&](const Node& input) {
    rows = rows || passes_rows(input);
    groups = groups || reads_aggregate(input);
    if (!found) found = mixes_rows_and_groups(input);
  });
  return found ? found : is_remade(node) && rows && groups ? &node : nullptr;
}

struct Finder {
  StatefulParts parts;

  /// `above_aggregate`: some aggregate consumes this node's rows. `inner`: some operator other than a projection does.
  void visit(const Node& node, bool above_aggregate, bool inner) {
    if (!node.is_stream) return;
    const auto* aggregate = std::get_if<plan::Aggregate>(&node.op);
    const bool sort = std::holds_alternative<plan::Sort>(node.op);
    const bool limit = std::holds_alternative<plan::Limit>(node.op);
    const bool project = std::holds_alternative<plan::Project>(node.op);
    if (aggregate) {
      if (above_aggregate) parts.nested = &node;
      if (aggregate->is_distinct) {
        parts.distinct = &node;
      } else {
        parts.aggregates.push_back(&node);
      }
    }
    const auto* join = std::get_if<plan::Join>(&node.op);
    if (join && plan::joins_streams(*join)) parts.stream_joins.push_back(&node);
    if (join && !plan::joins_streams(*join) && (!join->left->is_stream || join->kind == plan::JoinKind::Full)) parts.kept_table = &node;
    if (std::holds_alternative<plan::Over>(node.op)) parts.over = &node;
    if (sort) parts.sort = &node;
    if (limit) parts.limit = &node;
    if ((sort || limit) && inner) {
      parts.inner_order = &node;
      parts.inner_order_on_rows = parts.inner_order_on_rows || !reads_aggregate(node);
    }
    const bool passes = sort || limit || project;
    plan::for_each_input(node, [&](const Node& input) { visit(input, above_aggregate || aggregate, inner || !passes); });
  }
};

bool declares_watermark(const plan::Query& query) {
  for (const plan::Source& source : query.sources) {
    if (source.spec.watermark_delay_us) return true;
  }
  return false;
}

EmitMode mode_of(ast::EmitMode mode) {
  switch (mode) {
    case ast::EmitMode::Append:
      return EmitMode::Append;
    case ast::EmitMode::Update:
      return EmitMode::Update;
    case ast::EmitMode::Complete:
      return EmitMode::Complete;
  }
  return EmitMode::Append;
}

void check_final_groups(const plan::Query& query, const StatefulParts& parts, SourceSpan span) {
  for (const Node* node : parts.aggregates) {
    if (std::get<plan::Aggregate>(node->op).time_key) continue;
    const bool declared = declares_watermark(query);
    // Under a join of streams the time of a row that waits may be long past; the other one's is not.
    const std::string joined = "group by a window of the event time of the stream whose row comes last in ON, or use EMIT UPDATE";
    const std::string hint = declared && !parts.stream_joins.empty() ? joined
                             : declared ? "group by a window of the event time, or use EMIT UPDATE or EMIT COMPLETE"
                                      : "declare WATERMARK FOR the stream's time column and group by a window of it, or use "
                                        "EMIT UPDATE or EMIT COMPLETE";
    throw SqlError(
        span, "EMIT APPEND gives a group once it is final, and without a watermark on a GROUP BY key none ever is", hint);
  }
}

/// APPEND takes nothing back and shows what is final.
void check_append_order(const StatefulParts& parts) {
  if (parts.inner_order) throw not_supported_yet(parts.inner_order->span, "ORDER BY or LIMIT in a subquery over a stream", "use EMIT UPDATE or EMIT COMPLETE");
  if (parts.sort) {
    throw SqlError(parts.sort->span, "ORDER BY over a stream needs EMIT COMPLETE or EMIT UPDATE: its rows never end", "add EMIT COMPLETE");
  }
  if (parts.limit && std::get<plan::Limit>(parts.limit->op).offset > 0) {
    throw SqlError(parts.limit->span, "OFFSET over a stream needs EMIT COMPLETE or EMIT UPDATE", "add EMIT COMPLETE");
  }
}

void check_append(const plan::Query& query, const StatefulParts& parts, SourceSpan span) {
  check_final_groups(query, parts, span);
  if (parts.over) {
    throw SqlError(parts.over->span, "window functions over a stream need EMIT UPDATE or EMIT COMPLETE: a row to come may change what they give",
                   "add EMIT COMPLETE");
  }
  if (parts.kept_table) {
    throw SqlError(parts.kept_table->span, "the join would have to keep rows of a table that the stream might still match, and it never ends",
                   "put the stream on the left of a LEFT JOIN, or use EMIT UPDATE or EMIT COMPLETE");
  }
  for (const Node* node : parts.stream_joins) {
    const plan::JoinKind kind = std::get<plan::Join>(node->op).kind;
    if (kind != plan::JoinKind::LeftMark && kind != plan::JoinKind::LeftSingle) continue;
    throw SqlError(node->span, "the value of a subquery over a stream may change with every row of the stream", "use EMIT UPDATE or EMIT COMPLETE");
  }
  if (parts.nested) {
    throw not_supported_yet(parts.nested->span, "an aggregation of an aggregation under EMIT APPEND", "use EMIT UPDATE or EMIT COMPLETE");
  }
  check_append_order(parts);
}

/// Whether a join of streams shows rows without a match before their time is over.
bool guesses(const Node& node) {
  const auto& join = std::get<plan::Join>(node.op);
  using Kind = plan::JoinKind;
  const bool full = join.kind == Kind::Full;
  if (join.kind == Kind::LeftMark || join.kind == Kind::LeftSingle) return true;
  if (!full && join.kind != Kind::Left && join.kind != Kind::LeftAnti) return false;
  const plan::JoinBounds bounds = plan::join_bounds(join);
  return bounds.left.empty() || (full && bounds.right.empty());
}

/// The first part that UPDATE and COMPLETE cannot do with what each batch adds alone.
const Node* needs_whole_result(const plan::Query& query, const StatefulParts& parts) {
  const bool complete = query.mode == EmitMode::Complete;
  if (parts.kept_table) return parts.kept_table;
  for (const Node* join : parts.stream_joins) {
    if (reads_aggregate(*join) || guesses(*join)) return join;
  }
  if (parts.nested) return parts.nested;
  if (parts.inner_order && (!complete || parts.inner_order_on_rows)) return parts.inner_order;
  if (parts.over && !complete) return parts.over;
  const bool aggregates = !parts.aggregates.empty() || parts.distinct;
  if (const Node* mixed = complete ? mixes_rows_and_groups(*query.root) : nullptr) return mixed;
  if (complete) return aggregates && passes_rows(*query.root) ? query.root.get() : nullptr;
  if (parts.sort) return parts.sort;
  const bool first_rows = parts.limit && !aggregates && std::get<plan::Limit>(parts.limit->op).offset == 0;
  return first_rows ? nullptr : parts.limit;
}

void warn_of_kept_output(Session& session, const plan::Query& query, const StatefulParts& parts, SourceSpan span) {
  if (query.mode != EmitMode::Complete || !parts.aggregates.empty() || parts.distinct) return;
  // The first rows are kept and no more.
  if (parts.limit && !parts.sort && std::get<plan::Limit>(parts.limit->op).count >= 0) return;
  session.warn(
      span, "EMIT COMPLETE without aggregation keeps every row and shows it again in each batch: it grows without bound",
      "EMIT APPEND shows each row once");
}

void apply_mode(Session& session, plan::Query& query, const StatefulParts& parts, SourceSpan span) {
  if (query.mode == EmitMode::Append) return check_append(query, parts, span);
  if (const Node* part = needs_whole_result(query, parts)) return evaluate_anew(session, query, part->span);
  warn_of_kept_output(session, query, parts, span);
}

/// Clocks and wake-ups are not finer.
constexpr int64_t kLeastLatencyUs = 100;

abi::TriggerSpec trigger_of(const ast::Emit& emit) {
  abi::TriggerSpec trigger;
  if (!emit.trigger) return trigger;
  switch (*emit.trigger) {
    case ast::TriggerKind::Auto:
      if (!emit.latency) return trigger;
      trigger.latency_us = constant_duration(*emit.latency, "the latency of AUTO");
      if (trigger.latency_us < kLeastLatencyUs) {
        throw SqlError(emit.latency->span, "the latency of AUTO must be at least 100 microseconds", "EMIT AUTO alone has the least latency there is");
      }
      return trigger;
    case ast::TriggerKind::Once:
      trigger.kind = abi::TriggerKind::Once;
      return trigger;
    case ast::TriggerKind::PerRecord:
      trigger.kind = abi::TriggerKind::Rows;
      trigger.rows = 1;
      return trigger;
    case ast::TriggerKind::Every:
      trigger.kind = abi::TriggerKind::Interval;
      trigger.interval_us = constant_duration(*emit.amount, "the period of EVERY");
      if (trigger.interval_us <= 0) throw SqlError(emit.amount->span, "the period of EVERY must be positive");
      return trigger;
    case ast::TriggerKind::Rows:
      break;
  }
  trigger.kind = abi::TriggerKind::Rows;
  const auto* literal = std::get_if<ast::Literal>(&emit.amount->node);
  const std::string text = literal ? literal->text : "";
  std::from_chars(text.data(), text.data() + text.size(), trigger.rows);
  if (trigger.rows <= 0) throw SqlError(emit.amount->span, "EVERY … ROWS takes a positive number of rows");
  return trigger;
}

}  // namespace

void apply_emit_rules(Session& session, plan::Query& query, const ast::Emit* emit) {
  query.streaming = query.root->is_stream;
  if (!query.streaming) {
    if (emit) session.warn(emit->span, "EMIT has no effect: the query reads tables alone and runs once");
    mark_changes(query);
    return;
  }
  Finder finder;
  finder.visit(*query.root, false, false);
  const bool stated = emit && emit->mode;
  query.mode = stated ? mode_of(*emit->mode) : finder.parts.aggregates.empty() ? EmitMode::Append : EmitMode::Update;
  if (emit) query.trigger = trigger_of(*emit);
  apply_mode(session, query, finder.parts, stated ? emit->mode_span : query.span);
  mark_changes(query);
}

}  // namespace millrace
