#include "compiler/analysis/plan_build.h"

#include <algorithm>

#include "compiler/analysis/calendar_interval.h"
#include "compiler/analysis/operators.h"
#include "compiler/expr/nullability.h"
#include "compiler/plan/join_bounds.h"
#include "compiler/plan/plan_nullability.h"

namespace millrace {

using plan::Node;
using plan::NodePtr;

namespace {

/// What a node hands on of its input. Taken before the input moves into the node.
struct Flow {
  bool is_stream = false;
  std::optional<uint32_t> watermark;
};

Flow flow_of(const Node& input) { return {input.is_stream, input.watermark_column}; }

NodePtr make_node(Node::Op op, Schema schema, SourceSpan span, Flow flow) {
  auto node = std::make_unique<Node>();
  node->op = std::move(op);
  node->schema = std::move(schema);
  node->span = span;
  node->is_stream = flow.is_stream;
  node->watermark_column = flow.watermark;
  return node;
}

bool is_column(const expr::Expr& e, std::optional<uint32_t> index) {
  const auto* ref = std::get_if<expr::ColumnRef>(&e.node);
  return ref && index && ref->index == *index;
}

}  // namespace

NodePtr make_filter(NodePtr input, expr::ExprPtr predicate, SourceSpan span) {
  Schema schema = input->schema;
  expr::mark_needed_for_true(*predicate, schema);
  const Flow flow = flow_of(*input);
  return make_node(plan::Filter{std::move(input), std::move(predicate)}, std::move(schema), span, flow);
}

NodePtr make_project(NodePtr input, std::vector<expr::ExprPtr> exprs, std::vector<std::string> names, SourceSpan span) {
  Schema schema;
  std::optional<uint32_t> watermark;
  for (uint32_t i = 0; i < exprs.size(); ++i) {
    schema.push_back({std::move(names[i]), exprs[i]->type, exprs[i]->nullable});
    if (!watermark && is_column(*exprs[i], input->watermark_column)) watermark = i;
  }
  const Flow flow{input->is_stream, watermark};
  return make_node(plan::Project{std::move(input), std::move(exprs)}, std::move(schema), span, flow);
}

NodePtr make_window_assign(NodePtr input, expr::ExprPtr time, plan::WindowSpec window, SourceSpan span) {
  Schema schema = input->schema;
  const auto end_column = static_cast<uint32_t>(schema.size() + 1);
  schema.push_back({"window_start", TypeKind::Timestamp, false});
  schema.push_back({"window_end", TypeKind::Timestamp, false});
  // A row whose time is NULL lies in no window, so that above this node the time is there.
  expr::mark_needed(*time, schema);
  Flow flow{input->is_stream, std::nullopt};
  if (is_column(*time, input->watermark_column)) flow.watermark = end_column;
  return make_node(plan::WindowAssign{std::move(input), std::move(time), window}, std::move(schema), span, flow);
}

NodePtr make_generate(plan::Generate generate, SourceSpan span) {
  Schema schema = generate.input->schema;
  for (Column& column : plan::generated_columns(generate)) schema.push_back(std::move(column));
  const Flow flow = flow_of(*generate.input);
  return make_node(std::move(generate), std::move(schema), span, flow);
}

NodePtr make_aggregate(plan::Aggregate aggregate, std::vector<std::string> key_names, SourceSpan span) {
  Schema schema;
  const Node& input = *aggregate.input;
  for (uint32_t i = 0; i < aggregate.keys.size(); ++i) {
    const expr::Expr& key = *aggregate.keys[i];
    const auto in_set = [&](uint64_t set) { return (set >> i & 1) != 0; };
    const bool in_all = std::all_of(aggregate.grouping_sets.begin(), aggregate.grouping_sets.end(), in_set);
    schema.push_back({std::move(key_names[i]), key.type, key.nullable || !in_all});
    if (in_all && !aggregate.time_key && is_column(key, input.watermark_column)) aggregate.time_key = i;
  }
  if (aggregate.emits_grouping_id) schema.push_back({"grouping_id", TypeKind::BigInt, false});
  for (const plan::AggregateCall& call : aggregate.calls) schema.push_back({call.name, call.type, call.nullable});
  const Flow flow{input.is_stream, aggregate.time_key};
  return make_node(std::move(aggregate), std::move(schema), span, flow);
}

NodePtr make_join(plan::Join join, SourceSpan span) {
  const bool pads_left = join.kind == plan::JoinKind::Full;
  const bool left_only = plan::shows_left_only(join.kind);
  Schema schema = join.left->schema;
  for (Column& column : schema) column.nullable = column.nullable || pads_left;
  for (Column column : join.right->schema) {
    if (left_only) break;
    column.nullable = column.nullable || plan::pads_right(join.kind);
    schema.push_back(std::move(column));
  }
  if (join.kind == plan::JoinKind::LeftMark) schema.push_back({"matches", TypeKind::Boolean, false});
  const Flow flow{join.left->is_stream || join.right->is_stream, std::nullopt};
  NodePtr node = make_node(std::move(join), std::move(schema), span, flow);
  derive_join_watermark(*node);
  return node;
}

void derive_join_watermark(Node& node) {
  const auto& join = std::get<plan::Join>(node.op);
  node.watermark_column = plan::joins_streams(join) ? plan::watermark_of_stream_join(join) : join.left->watermark_column;
}

NodePtr make_sort(NodePtr input, std::vector<plan::SortItem> items, SourceSpan span) {
  Schema schema = input->schema;
  const Flow flow = flow_of(*input);
  return make_node(plan::Sort{std::move(input), std::move(items)}, std::move(schema), span, flow);
}

NodePtr make_over(plan::Over over, SourceSpan span) {
  Schema schema = over.input->schema;
  for (const plan::OverCall& call : over.calls) schema.push_back({call.call.name, call.call.type, call.call.nullable});
  const Flow flow = flow_of(*over.input);
  return make_node(std::move(over), std::move(schema), span, flow);
}

NodePtr make_limit(NodePtr input, int64_t count, int64_t offset, SourceSpan span) {
  Schema schema = input->schema;
  const Flow flow = flow_of(*input);
  return make_node(plan::Limit{std::move(input), count, offset}, std::move(schema), span, flow);
}

NodePtr make_union(std::vector<NodePtr> inputs, SourceSpan span) {
  Schema schema = inputs.front()->schema;
  Flow flow = flow_of(*inputs.front());
  for (const NodePtr& input : inputs) {
    for (size_t i = 0; i < schema.size(); ++i) schema[i].nullable = schema[i].nullable || input->schema[i].nullable;
    flow.is_stream = flow.is_stream || input->is_stream;
    if (input->watermark_column != flow.watermark) flow.watermark.reset();
  }
  return make_node(plan::Union{std::move(inputs)}, std::move(schema), span, flow);
}

NodePtr type_nulls(NodePtr root) {
  const auto untyped = [](const Column& column) { return column.type.is(TypeKind::Null); };
  const auto is_interval = [](const Column& column) { return is_calendar_interval(column.type); };
  if (std::none_of(root->schema.begin(), root->schema.end(), [&](const Column& column) { return untyped(column) || is_interval(column); })) return root;
  std::vector<expr::ExprPtr> exprs;
  std::vector<std::string> names;
  const SourceSpan span = root->span;
  for (uint32_t i = 0; i < root->schema.size(); ++i) {
    if (is_interval(root->schema[i])) {
      exprs.push_back(coerce(column_of(*root, i, span), TypeKind::String));
      names.push_back(root->schema[i].name);
      continue;
    }
    exprs.push_back(untyped(root->schema[i]) ? make_null(TypeKind::String, span) : column_of(*root, i, span));
    names.push_back(root->schema[i].name);
  }
  return make_project(std::move(root), std::move(exprs), std::move(names), span);
}

expr::ExprPtr column_of(const Node& node, uint32_t index, SourceSpan span) {
  const Column& column = node.schema[index];
  return expr::column(index, column.name, column.type, column.nullable, span);
}

}  // namespace millrace
