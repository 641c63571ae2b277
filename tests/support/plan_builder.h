#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/plan.h"
#include "compiler/plan/plan_rewrite.h"
#include "tests/support/expr_builder.h"

/// Small plans for tests. Schemas follow from the parts; columns are nullable.
namespace millrace::test {

using plan::NodePtr;

inline const Schema kTwo{{"a", TypeKind::BigInt}, {"b", TypeKind::String}};
inline const AggregateFunction kCount{
    .name = "count", .parameters = {}, .result = TypeKind::BigInt, .add = {}, .merge = {}, .finish = {}, .example = {}};
inline const AggregateFunction kSum{
    .name = "sum", .parameters = {}, .result = TypeKind::BigInt, .add = {}, .merge = {}, .finish = {}, .example = {}};

inline NodePtr node(plan::Node::Op op, Schema schema, bool is_stream = true) {
  auto n = std::make_unique<plan::Node>();
  n->op = std::move(op);
  n->schema = std::move(schema);
  n->is_stream = is_stream;
  return n;
}

/// All fields of a relation.
inline NodePtr scan(uint32_t relation, Schema schema, bool is_stream = true) {
  plan::Scan op{.relation = relation, .name = "r" + std::to_string(relation), .is_stream = is_stream, .fields = {}};
  for (uint32_t i = 0; i < schema.size(); ++i) op.fields.push_back(i);
  return node(std::move(op), std::move(schema), is_stream);
}

inline NodePtr filter(NodePtr input, ExprPtr predicate) {
  Schema schema = input->schema;
  const auto watermark = input->watermark_column;
  NodePtr n = node(plan::Filter{std::move(input), std::move(predicate)}, std::move(schema));
  n->watermark_column = watermark;
  return n;
}

/// Columns are named p0, p1, ….
inline NodePtr project(NodePtr input, std::vector<ExprPtr> exprs) {
  Schema schema;
  for (const ExprPtr& e : exprs) schema.push_back({"p" + std::to_string(schema.size()), e->type, e->nullable});
  return node(plan::Project{std::move(input), std::move(exprs)}, std::move(schema));
}

inline NodePtr observe_time(NodePtr input, uint32_t column) {
  Schema schema = input->schema;
  NodePtr n = node(plan::ObserveTime{std::move(input), col(column, TypeKind::Timestamp), 0}, std::move(schema));
  n->watermark_column = column;
  return n;
}

inline NodePtr window_assign(NodePtr input, uint32_t time, plan::WindowSpec window) {
  Schema schema = input->schema;
  schema.push_back({"window_start", TypeKind::Timestamp, false});
  schema.push_back({"window_end", TypeKind::Timestamp, false});
  const bool on_watermark = input->watermark_column == time;
  const auto end = static_cast<uint32_t>(schema.size() - 1);
  NodePtr n = node(plan::WindowAssign{std::move(input), col(time, TypeKind::Timestamp), window}, std::move(schema));
  if (on_watermark) n->watermark_column = end;
  return n;
}

inline plan::AggregateCall aggregate_call(const AggregateFunction& function, SqlType type, std::vector<ExprPtr> arguments) {
  plan::AggregateCall call;
  call.function = &function;
  call.arguments = std::move(arguments);
  call.type = std::move(type);
  call.name = std::string(function.name);
  return call;
}

template <class... Calls>
std::vector<plan::AggregateCall> calls(Calls... parts) {
  std::vector<plan::AggregateCall> out;
  (out.push_back(std::move(parts)), ...);
  return out;
}

/// A plain GROUP BY; set other members of the op afterwards.
inline NodePtr aggregate(NodePtr input, std::vector<ExprPtr> keys, std::vector<plan::AggregateCall> agg_calls) {
  Schema schema;
  for (const ExprPtr& key : keys) schema.push_back({"k" + std::to_string(schema.size()), key->type, key->nullable});
  for (const plan::AggregateCall& call : agg_calls) schema.push_back({call.name, call.type, call.nullable});
  plan::Aggregate op;
  op.input = std::move(input);
  op.grouping_sets = {(uint64_t{1} << keys.size()) - 1};
  op.keys = std::move(keys);
  op.calls = std::move(agg_calls);
  NodePtr n = node(std::move(op), std::move(schema));
  n->changes = plan::Changes::Upsert;
  return n;
}
inline plan::Aggregate& as_aggregate(NodePtr& n) { return std::get<plan::Aggregate>(n->op); }

struct JoinParts {
  plan::JoinKind kind = plan::JoinKind::Inner;
  std::vector<ExprPtr> left_keys = {}, right_keys = {};
  ExprPtr condition = nullptr;
};
inline NodePtr join(NodePtr left, NodePtr right, JoinParts parts) {
  Schema schema = left->schema;
  if (parts.kind != plan::JoinKind::LeftSemi && parts.kind != plan::JoinKind::LeftAnti) {
    schema.insert(schema.end(), right->schema.begin(), right->schema.end());
  }
  return node(plan::Join{parts.kind, std::move(left), std::move(right), std::move(parts.left_keys), std::move(parts.right_keys),
                         std::move(parts.condition)},
              std::move(schema));
}

template <class... Inputs>
NodePtr union_all(Inputs... inputs) {
  plan::Union op;
  (op.inputs.push_back(std::move(inputs)), ...);
  Schema schema = op.inputs.front()->schema;
  return node(std::move(op), std::move(schema));
}

}  // namespace millrace::test
