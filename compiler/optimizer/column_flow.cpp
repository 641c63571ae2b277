#include "compiler/optimizer/column_flow.h"

#include <algorithm>

#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

bool has_none(const ColumnFlow::Marks& marks) {
  return std::all_of(marks.begin(), marks.end(), [](uint32_t mark) { return mark == 0; });
}

}  // namespace

uint32_t ColumnFlow::mark_of(const expr::Expr& e, const Marks& in) {
  const auto* ref = std::get_if<expr::ColumnRef>(&e.node);
  return ref && ref->index < in.size() ? in[ref->index] : 0;
}

ColumnFlow::Marks ColumnFlow::walk(plan::NodePtr& node) {
  if (std::holds_alternative<plan::Scan>(node->op)) return at_scan(node);
  std::vector<Marks> inputs;
  plan::for_each_input(*node, [&](plan::NodePtr& input) { inputs.push_back(walk(input)); });
  if (std::all_of(inputs.begin(), inputs.end(), has_none)) return Marks(node->schema.size(), 0);
  Marks output = std::visit([&](auto& op) { return through(op, *node, inputs); }, node->op);
  for (size_t i = 0; i < output.size(); ++i) {
    if (output[i] != 0) retype(node->schema[i], output[i]);
  }
  return output;
}

ColumnFlow::Marks ColumnFlow::through(plan::Filter& n, const plan::Node&, const std::vector<Marks>& in) {
  use(n.predicate, in[0]);
  return in[0];
}

ColumnFlow::Marks ColumnFlow::through(plan::ObserveTime& n, const plan::Node&, const std::vector<Marks>& in) {
  use(n.time, in[0]);
  return in[0];
}

ColumnFlow::Marks ColumnFlow::through(plan::Limit&, const plan::Node&, const std::vector<Marks>& in) { return in[0]; }

ColumnFlow::Marks ColumnFlow::through(plan::Keep&, const plan::Node&, const std::vector<Marks>& in) { return in[0]; }

ColumnFlow::Marks ColumnFlow::through(plan::Integrate& n, const plan::Node&, const std::vector<Marks>& in) {
  Marks output(in[0].begin(), in[0].end() - 1);
  if (n.group) output.push_back(0);
  return output;
}

ColumnFlow::Marks ColumnFlow::through(plan::Sort& n, const plan::Node&, const std::vector<Marks>& in) {
  for (plan::SortItem& item : n.items) use(item.expr, in[0]);
  return in[0];
}

ColumnFlow::Marks ColumnFlow::through(plan::Over&, const plan::Node& node, const std::vector<Marks>& in) {
  lose(in[0]);
  return Marks(node.schema.size(), 0);
}

ColumnFlow::Marks ColumnFlow::through(plan::WindowAssign& n, const plan::Node&, const std::vector<Marks>& in) {
  use(n.time, in[0]);
  Marks output = in[0];
  output.insert(output.end(), 2, 0);
  return output;
}

ColumnFlow::Marks ColumnFlow::through(plan::Generate& n, const plan::Node& node, const std::vector<Marks>& in) {
  use(n.collection, in[0]);
  Marks output = in[0];
  output.resize(node.schema.size(), 0);
  return output;
}

ColumnFlow::Marks ColumnFlow::through(plan::Project& n, const plan::Node&, const std::vector<Marks>& in) {
  Marks output;
  for (plan::ExprPtr& e : n.exprs) output.push_back(project(e, in[0]));
  return output;
}

ColumnFlow::Marks ColumnFlow::through(plan::Join& n, const plan::Node& node, const std::vector<Marks>& in) {
  for (plan::ExprPtr& key : n.left_keys) use(key, in[0]);
  for (plan::ExprPtr& key : n.right_keys) use(key, in[1]);
  Marks both = in[0];
  both.insert(both.end(), in[1].begin(), in[1].end());
  if (n.condition) use(n.condition, both);
  both.resize(node.schema.size());  // SEMI and ANTI joins give the left side's only
  return both;
}

ColumnFlow::Marks ColumnFlow::through(plan::Aggregate& n, const plan::Node& node, const std::vector<Marks>& in) {
  for (plan::ExprPtr& key : n.keys) use(key, in[0]);
  for (plan::AggregateCall& call : n.calls) {
    for (plan::ExprPtr& argument : call.arguments) use(argument, in[0]);
    if (call.filter) use(call.filter, in[0]);
  }
  if (n.window_time) use(n.window_time, in[0]);
  return Marks(node.schema.size(), 0);
}

ColumnFlow::Marks ColumnFlow::through(auto&, const plan::Node& node, const std::vector<Marks>& in) {
  for (const Marks& marks : in) lose(marks);
  return Marks(node.schema.size(), 0);
}

}  // namespace millrace
