#include <algorithm>
#include <numeric>
#include <utility>

#include "compiler/base/overloaded.h"
#include "compiler/base/sql_error.h"
#include "compiler/pipeline/aggregate_layout.h"
#include "compiler/pipeline/changes_layout.h"
#include "compiler/pipeline/counted_join_layout.h"
#include "compiler/pipeline/group_cache.h"
#include "compiler/pipeline/late_fields.h"
#include "compiler/pipeline/over_layout.h"
#include "compiler/pipeline/pipeline.h"
#include "compiler/pipeline/repeat_in_each_batch.h"
#include "compiler/pipeline/stream_join_layout.h"
#include "runtime/abi/group_table.h"

namespace millrace::pipeline {
namespace {

using plan::Node;

bool reads_state(const Pipeline& p) { return !std::holds_alternative<ScanSource>(p.source); }

class PipelineBuilder {
 public:
  explicit PipelineBuilder(const plan::Query& query) : query_(query) { out_.query = &query; }

  PhysicalQuery build() {
    if (query_.view) {
      keep_as_view(produce(*query_.root));
      if (query_.evaluates_anew) repeat_in_each_batch(out_);
      return std::move(out_);
    }
    for (Pipeline& open : produce(*query_.root)) close(std::move(open), OutputTarget{});
    const bool complete = query_.streaming && query_.mode == abi::EmitMode::Complete;
    out_.keeps_output = complete && !query_.evaluates_anew && !contains_aggregate(*query_.root);
    if (query_.evaluates_anew) repeat_in_each_batch(out_);
    return std::move(out_);
  }

 private:
  using Open = std::vector<Pipeline>;  // pipelines that still lack a target

  static bool contains_aggregate(const Node& node) {
    return std::visit(
        Overloaded{[](const plan::Scan&) { return false; }, [](const plan::Values&) { return false; },
                   [](const plan::Aggregate&) { return true; },
                   [](const plan::Over&) { return true; },
                   [](const plan::Sort&) { return true; },  // keeps its rows and gives them all anew in each batch
                   [&](const plan::Limit& l) { return node.is_stream || contains_aggregate(*l.input); },  // so does this under COMPLETE
                   [](const plan::Join& j) { return contains_aggregate(*j.left) || (j.right->is_stream && contains_aggregate(*j.right)); },
                   [](const plan::Union& u) {
                     for (const auto& input : u.inputs) {
                       if (contains_aggregate(*input)) return true;
                     }
                     return false;
                   },
                   [](const auto& unary) { return contains_aggregate(*unary.input); }},
        node.op);
  }

  int32_t add_state(State state) {
    out_.states.push_back(std::move(state));
    return static_cast<int32_t>(out_.states.size()) - 1;
  }

  void close(Pipeline open, decltype(Pipeline::target) target) {
    open.target = target;
    out_.pipelines.push_back(std::move(open));
  }

  Open produce(const Node& node) {
    return std::visit([&](const auto& op) { return produce(node, op); }, node.op);
  }

  /// The root's rows end in a tuple buffer, which the engine hands to the view.
  void keep_as_view(Open open) {
    const plan::ViewTarget& target = *query_.view;
    TupleState rows = view_rows(query_.root->schema);
    abi::ViewSpec view;
    view.id = target.id;
    view.name = query_.name;
    view.keeping = target.keeping;
    view.max_rows = target.max_rows;
    for (uint32_t key : target.keys) add_row_keys(rows.layout.fields[key], view.keys);
    if (target.present) view.present_offset = static_cast<int32_t>(rows.layout.fields[*target.present].offset);
    view.result_slot = add_state(rows);
    for (Pipeline& p : open) close(std::move(p), TupleTarget{view.result_slot});
    if (target.keeping == abi::ViewKeeping::Upsert) {
      view.copy_slot = add_state(std::move(rows));
      Pipeline copy;
      copy.phase = abi::Phase::Copy;
      copy.source = TupleSource{view.copy_slot};
      close(std::move(copy), TupleTarget{view.result_slot});
    }
    out_.view = std::move(view);
  }

  /// How a view's rows lie in memory. It must not depend on what the optimizer finds out, as queries over the view know its columns only.
  static TupleState view_rows(const Schema& columns) {
    TupleState rows;
    rows.columns = columns;
    for (Column& column : rows.columns) column.nullable = true;
    rows.visible = static_cast<uint32_t>(columns.size());
    rows.layout = lay_out(rows.columns, 0);
    return rows;
  }

  Open scan_view(const plan::Source& source, const plan::Scan& scan) {
    TupleState rows = view_rows(source.columns);
    TupleState read;
    read.layout.size = rows.layout.size;
    read.visible = static_cast<uint32_t>(scan.fields.size());
    read.view = source.view;
    for (uint32_t field : scan.fields) {
      read.layout.fields.push_back(rows.layout.fields[field]);
      read.columns.push_back(rows.columns[field]);
    }
    Pipeline p;
    p.phase = abi::Phase::Setup;
    p.source = TupleSource{add_state(std::move(read))};
    return one(std::move(p));
  }

  Open produce(const Node& node, const plan::Scan& scan) {
    const plan::Source& source = query_.sources[scan.relation];
    if (source.view) return scan_view(source, scan);
    abi::ScanSpec spec = scan_spec(source, scan);
    int32_t slot = add_state(ScanState{std::move(spec), std::nullopt});
    Pipeline p;
    p.phase = node.is_stream ? abi::Phase::Stream : abi::Phase::Setup;
    p.source = ScanSource{&scan, static_cast<int32_t>(scan.relation), slot};
    return one(std::move(p));
  }

  Open produce(const Node& node, const plan::Values& values) {
    Pipeline p;
    p.phase = abi::Phase::Setup;
    p.source = ValuesSource{&values};
    if (values.rows.size() == 1) return one(std::move(p));
    return materialise(one(std::move(p)), node.schema, nullptr);  // so that what follows is generated once, not once a row
  }

  void close_into_aggregate(Pipeline open, int32_t slot, bool recomputed) {
    AggregateTarget target{slot};
    // Groups that are computed anew in each batch are not there to be remembered.
    if (!recomputed && !(query_.evaluates_anew && open.phase != abi::Phase::Stream)) target.join_slot = join_that_decides_group(open, std::get<AggregateState>(out_.states[slot]));
    if (target.join_slot >= 0) {
      auto& join = std::get<JoinState>(out_.states[target.join_slot]);
      if (join.group_offset == 0) {
        join.group_offset = join.layout.size;
        join.layout.size += sizeof(abi::GroupEntry*);
      }
    }
    close(std::move(open), target);
  }

  template <class Op>
  Open append(const Node& input, Op op) {
    Open open = produce(input);
    for (Pipeline& p : open) p.ops.emplace_back(op);
    return open;
  }
  Open produce(const Node&, const plan::Filter& f) { return append(*f.input, FilterOp{&f}); }
  Open produce(const Node&, const plan::Project& p) { return append(*p.input, ProjectOp{&p}); }
  Open produce(const Node&, const plan::ObserveTime& o) { return append(*o.input, ObserveOp{&o}); }
  Open produce(const Node& node, const plan::WindowAssign& w) {
    if (w.window.kind == plan::WindowKind::Session) {
      throw SqlError(node.span, "a session window can only be grouped by: which session a row lies in depends on the rows around it",
                     "GROUP BY the window, straight over the rows, without DISTINCT; conditions on it belong into HAVING");
    }
    return append(*w.input, WindowOp{&w});
  }
  Open produce(const Node&, const plan::Generate& g) { return append(*g.input, GenerateOp{&g}); }

  Open produce(const Node& node, const plan::Union& u) {
    // What is made anew in each batch takes the rows of tables anew as well; elsewhere they come once, before the first batch.
    const bool remade = node.is_stream && query_.mode == abi::EmitMode::Complete && contains_aggregate(node);
    Open all;
    for (const auto& input : u.inputs) {
      Open open = produce(*input);
      if (remade && !input->is_stream) {
        open = materialise(std::move(open), input->schema, nullptr);
        open.front().phase = abi::Phase::Emit;
      }
      for (Pipeline& p : open) all.push_back(std::move(p));
    }
    return all;
  }

  Open produce(const Node& node, const plan::Join& join) {
    if (join.joins_changes()) return join_changes(node, join);
    if (plan::joins_streams(join)) return join_streams(node, join);
    JoinState state{.node = &join, .layout = lay_out(join.right->schema, sizeof(abi::JoinTuple)), .has_keys = !join.left_keys.empty()};
    const bool full = join.kind == plan::JoinKind::Full;
    if (full) {
      state.matched_offset = state.layout.size;
      state.layout.size += 8;
    }
    int32_t slot = add_state(std::move(state));
    for (Pipeline& p : produce(*join.right)) close(std::move(p), JoinTarget{slot});
    out_.pipelines.back().finish_slots.push_back(slot);
    Open open = append(*join.left, ProbeOp{&join, slot});
    if (full) {  // over tables alone: what is left without a match is known when the last probe is done
      Pipeline rest;
      rest.phase = abi::Phase::Setup;
      rest.source = UnmatchedSource{slot};
      open.push_back(std::move(rest));
    }
    return open;
  }

  /// Rows of both sides go on from where they meet; what was kept in vain goes on at the end of a batch, behind them.
  Open join_streams(const Node& node, const plan::Join& join) {
    StreamJoinStates states = stream_join_states(query_, join);
    warn_of_unbounded_state(node, states, out_.warnings);
    const bool shows_left = states.left.spec.shows_unmatched, shows_right = states.right.spec.shows_unmatched;
    const int32_t left = add_state(std::move(states.left));
    const int32_t right = add_state(std::move(states.right));
    Open open = append(*join.left, StreamJoinOp{&join, left, right});
    for (Pipeline& p : append(*join.right, StreamJoinOp{&join, right, left})) open.push_back(std::move(p));
    if (shows_left) open.push_back(expired_rows(left));
    if (shows_right) open.push_back(expired_rows(right));
    return open;
  }

  /// What a change of a side brings may be several changes for those above: only of inner joins, where it is a row for each match, they go on
  /// in the same loop.
  Open join_changes(const Node& node, const plan::Join& join) {
    pipeline::warn_of_kept_rows(node, out_.warnings);
    const int32_t left = add_state(counted_rows_state(join, true));
    const int32_t right = add_state(counted_rows_state(join, false));
    Open open = append(*join.left, CountedJoinOp{&join, left, right});
    for (Pipeline& p : append(*join.right, CountedJoinOp{&join, right, left})) open.push_back(std::move(p));
    if (join.kind == plan::JoinKind::Inner || join.kind == plan::JoinKind::Cross) return open;
    TupleState rows;
    rows.columns = node.schema;
    rows.visible = static_cast<uint32_t>(node.schema.size());
    rows.layout = lay_out(rows.columns, 0);
    rows.passes_changes = true;
    return gather(std::move(open), std::move(rows));
  }

  /// Ends pipelines in a state that is cleared before the first of them runs in a batch, finished after the last, and then read.
  Open gather(Open inputs, TupleState state) {
    const int32_t slot = add_state(std::move(state));
    const auto is_early = [](const Pipeline& p) { return p.phase == abi::Phase::Stream; };
    const auto early = std::find_if(inputs.begin(), inputs.end(), is_early);
    (early != inputs.end() ? *early : inputs.front()).clear_slots.push_back(slot);
    const auto late = std::find_if_not(inputs.rbegin(), inputs.rend(), is_early);
    (late != inputs.rend() ? *late : inputs.back()).finish_slots.push_back(slot);
    for (Pipeline& p : inputs) close(std::move(p), TupleTarget{slot});
    Pipeline p;
    p.phase = abi::Phase::Emit;
    p.source = TupleSource{slot};
    return one(std::move(p));
  }
  Open produce(const Node&, const plan::Differentiate& n) { return gather(produce(*n.input), differences_state(n)); }
  Open produce(const Node&, const plan::Integrate& n) { return gather(produce(*n.input), integral_state(n)); }

  static Pipeline expired_rows(int32_t slot) {
    Pipeline p;
    p.phase = abi::Phase::Emit;
    p.source = ExpiredSource{slot};
    return p;
  }

  Open produce(const Node& node, const plan::Aggregate& aggregate) {
    bool above_aggregate = contains_aggregate(*aggregate.input);
    Open inputs = produce(*aggregate.input);
    AggregateState state = aggregate_state(query_, node, aggregate);
    bool recomputed = node.is_stream && above_aggregate && query_.mode == abi::EmitMode::Complete && !aggregate.is_maintained;
    if (recomputed) state.spec.drops_late = false;
    int32_t slot = add_state(std::move(state));
    if (recomputed) inputs.front().clear_slots.push_back(slot);
    for (Pipeline& p : inputs) close_into_aggregate(std::move(p), slot, recomputed);
    Pipeline p;
    p.phase = node.is_stream ? abi::Phase::Emit : abi::Phase::Setup;
    p.source = AggregateSource{slot};
    return one(std::move(p));
  }

  void warn_of_kept_rows(const Node& node, const plan::Keep& keep) {
    const std::string message = "this part of the query needs all of its rows in each batch: they are kept, and it is evaluated anew each time";
    const auto is_this = [&](const Diagnostic& d) { return d.span.begin == node.span.begin && d.message == message; };
    if (std::any_of(out_.warnings.begin(), out_.warnings.end(), is_this)) return;
    out_.warnings.push_back({Severity::Warning, node.span, message,
                             "it grows without bound, up to SET max_kept_rows (" + std::to_string(keep.max_rows) +
                                 "); aggregated first, groups would be kept instead of rows"});
  }

  /// Rows of the input go into a buffer that is never cleared, unless each batch brings them anyway.
  Open produce(const Node& node, const plan::Keep& keep) {
    Open open = produce(*keep.input);
    const auto is_new = [](const Pipeline& p) { return p.phase == abi::Phase::Emit; };
    if (std::all_of(open.begin(), open.end(), is_new)) return open;
    if (std::any_of(open.begin(), open.end(), [](const Pipeline& p) { return p.phase == abi::Phase::Stream; })) warn_of_kept_rows(node, keep);
    TupleState rows;
    rows.columns = node.schema;
    rows.visible = static_cast<uint32_t>(node.schema.size());
    rows.layout = lay_out(rows.columns, 0);
    rows.max_rows = keep.max_rows;
    rows.once = keep.once;
    const int32_t slot = add_state(std::move(rows));
    for (Pipeline& p : open) close(std::move(p), TupleTarget{slot});
    Pipeline p;
    p.phase = abi::Phase::Emit;
    p.source = TupleSource{slot};
    return one(std::move(p));
  }

  Open produce(const Node& node, const plan::ShowChanges& changes) {
    return gather(produce(*changes.input), changes_state(changes, node.schema));
  }

  Open produce(const Node&, const plan::Over& over) {
    Open inputs = produce(*over.input);
    const int32_t slot = add_state(over_state(over));
    const abi::Phase phase = phase_above(inputs);
    if (inputs.front().phase == abi::Phase::Emit) inputs.front().clear_slots.push_back(slot);
    for (Pipeline& p : inputs) close(std::move(p), OverTarget{slot});
    Pipeline p;
    p.phase = phase;
    p.source = OverSource{slot};
    return one(std::move(p));
  }

  Open produce(const Node& node, const plan::Sort& sort) {
    return materialise(produce(*sort.input), node.schema, &sort);
  }

  Open produce(const Node& node, const plan::Limit& limit) {
    Open open = produce(*limit.input);
    bool streams = false;
    for (const Pipeline& p : open) streams |= p.phase == abi::Phase::Stream;
    // A limit below a per-batch recomputation counts anew in each run; over append-only rows it counts over the job.
    bool per_query = node.is_stream && query_.mode != abi::EmitMode::Complete;
    if (streams && !per_query) return first_rows(std::move(open), node.schema, limit);
    if (per_query) {
      if (limit.offset > 0) throw not_supported_yet(node.span, "OFFSET on a stream");
      if (out_.row_limit >= 0) throw not_supported_yet(node.span, "a second LIMIT on a stream");
      out_.row_limit = limit.count;
    } else if (open.size() > 1 || !reads_state(open.front())) {
      open = materialise(std::move(open), node.schema, nullptr);
    }
    for (Pipeline& p : open) p.ops.emplace_back(LimitOp{limit.count, limit.offset, per_query});
    return open;
  }

  /// Rows of a stream that EMIT COMPLETE shows again in each batch: the first ones are kept, and when they are there the query may end.
  Open first_rows(Open open, const Schema& schema, const plan::Limit& limit) {
    if (limit.count >= 0) {
      if (out_.row_limit >= 0) throw not_supported_yet(query_.root->span, "a second LIMIT on a stream");
      out_.row_limit = limit.offset + limit.count;
      for (Pipeline& p : open) p.ops.emplace_back(LimitOp{out_.row_limit, 0, true});
    }
    open = materialise(std::move(open), schema, nullptr);
    for (Pipeline& p : open) p.ops.emplace_back(LimitOp{limit.count, limit.offset, false});
    return open;
  }

  Open materialise(Open inputs, const Schema& schema, const plan::Sort* sort) {
    TupleState state;
    state.columns = schema;
    state.visible = static_cast<uint32_t>(schema.size());
    if (sort) {
      for (const plan::SortItem& item : sort->items) state.columns.push_back({"", item.expr->type, true});
    }
    state.layout = lay_out(state.columns, 0);
    if (sort) add_sort_keys(state, *sort);
    int32_t slot = add_state(std::move(state));
    const abi::Phase phase = phase_above(inputs);
    if (phase == abi::Phase::Emit && inputs.front().phase == abi::Phase::Emit) inputs.front().clear_slots.push_back(slot);
    for (Pipeline& p : inputs) close(std::move(p), TupleTarget{slot, sort});
    out_.pipelines.back().finish_slots.push_back(slot);
    Pipeline p;
    p.phase = phase;
    p.source = TupleSource{slot};
    return one(std::move(p));
  }

  /// When what all of these pipelines have left is read.
  static abi::Phase phase_above(const Open& inputs) {
    for (const Pipeline& p : inputs) {
      if (p.phase != abi::Phase::Setup) return abi::Phase::Emit;
    }
    return abi::Phase::Setup;
  }

  static void add_sort_keys(TupleState& state, const plan::Sort& sort) {
    for (size_t i = 0; i < sort.items.size(); ++i) {
      const plan::SortItem& item = sort.items[i];
      const FieldLayout& field = state.layout.fields[state.visible + i];
      if (field.type.is_nested()) throw not_supported_yet(item.expr->span, "ORDER BY a nested value");
      state.sort.push_back({field.offset, field.null_offset, cell_kind(field.type), item.descending, item.nulls_first});
    }
  }

  static Open one(Pipeline p) {
    Open open;
    open.push_back(std::move(p));
    return open;
  }

  static abi::ScanSpec scan_spec(const plan::Source& source, const plan::Scan& scan);

  const plan::Query& query_;
  PhysicalQuery out_;
};

abi::FieldType field_type(const Column& column, SourceSpan span) {
  switch (column.type.kind) {
    case TypeKind::Boolean: return abi::FieldType::Boolean;
    case TypeKind::TinyInt: return abi::FieldType::TinyInt;
    case TypeKind::SmallInt: return abi::FieldType::SmallInt;
    case TypeKind::Int: return abi::FieldType::Int;
    case TypeKind::BigInt: return abi::FieldType::BigInt;
    case TypeKind::Float: return abi::FieldType::Float;
    case TypeKind::Double: return abi::FieldType::Double;
    case TypeKind::String: return abi::FieldType::String;
    case TypeKind::Binary: return abi::FieldType::Binary;
    case TypeKind::Date: return abi::FieldType::Date;
    case TypeKind::Timestamp: return abi::FieldType::Timestamp;
    case TypeKind::Decimal: return abi::FieldType::Decimal;
    case TypeKind::IntervalYearMonth:
    case TypeKind::IntervalDayTime: return abi::FieldType::Interval;
    // Generated code goes by the column's own type; the locating of fields, which this is for, expects no spelling of the value.
    case TypeKind::Array:
    case TypeKind::Struct:
    case TypeKind::Map: return abi::FieldType::Binary;
    default: throw not_supported_yet(span, to_string(column.type) + " columns");
  }
}

std::string option(const abi::Options& options, const std::string& key, const std::string& otherwise) {
  auto it = options.find(key);
  return it == options.end() ? otherwise : it->second;
}

abi::ScanSpec PipelineBuilder::scan_spec(const plan::Source& source, const plan::Scan& scan) {
  const abi::Options& options = source.spec.options;
  abi::ScanSpec spec;
  spec.format = source.spec.format;
  std::string on_error = option(options, "on_error", "null");
  spec.on_error = on_error == "skip" ? abi::OnError::Skip : on_error == "fail" ? abi::OnError::Fail : abi::OnError::Null;
  spec.strict = option(options, "strict", "false") == "true";
  spec.notes_bad_rows = options.contains("dead_letter") || options.contains("keep_errors");
  auto character = [&](const char* key, char otherwise) {
    std::string text = option(options, key, "");
    return text == "\\t" ? '\t' : text.empty() ? otherwise : text[0];
  };
  spec.delimiter = character("delimiter", ',');
  spec.quote = character("quote", '"');
  spec.escape = character("escape", '\\');
  spec.null_value = option(options, "null_value", "");
  for (uint32_t ordinal : scan.fields) {
    const Column& column = source.columns[ordinal];
    spec.fields.push_back({column.name, field_type(column, source.span), static_cast<int32_t>(ordinal), /*late=*/false});
  }
  return spec;
}

}  // namespace

PhysicalQuery build_pipelines(const plan::Query& query) {
  PhysicalQuery built = PipelineBuilder(query).build();
  mark_late_fields(built);
  return built;
}

}  // namespace millrace::pipeline
