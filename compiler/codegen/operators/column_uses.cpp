#include "compiler/codegen/operators/column_uses.h"

#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/plan_nullability.h"

namespace millrace {
namespace {

using expr::Expr;

bool is_column(const Expr& e) { return std::holds_alternative<expr::ColumnRef>(e.node); }

/// Follows the scan's fields through the operators of a pipeline.
class Uses {
 public:
  explicit Uses(size_t fields) : used_(fields, false) {
    for (size_t i = 0; i < fields; ++i) origin_.push_back(static_cast<int64_t>(i));
  }

  bool filters_by_value() const { return filters_by_value_; }
  std::vector<bool> used() && { return std::move(used_); }

  void operator()(const pipeline::FilterOp& op) { condition(*op.node->predicate); }
  void operator()(const pipeline::ProjectOp& op) {
    std::vector<int64_t> projected;
    for (const auto& e : op.node->exprs) {
      if (const auto* column = std::get_if<expr::ColumnRef>(&e->node)) {
        projected.push_back(origin_[column->index]);
      } else {
        value(*e);
        projected.push_back(-1);
      }
    }
    origin_ = std::move(projected);
  }
  void operator()(const pipeline::ObserveOp& op) { value(*op.node->time); }
  void operator()(const pipeline::WindowOp& op) {
    value(*op.node->time);
    all();
    origin_.insert(origin_.end(), 2, -1);
  }
  void operator()(const pipeline::GenerateOp& op) {
    value(*op.node->collection);
    all();
    origin_.insert(origin_.end(), plan::generated_columns(*op.node).size(), -1);
  }
  void operator()(const pipeline::ProbeOp& op) {
    all();
    if (op.node->kind == plan::JoinKind::LeftMark) origin_.push_back(-1);
    if (!plan::shows_left_only(op.node->kind)) origin_.insert(origin_.end(), op.node->right->schema.size(), -1);
  }
  void operator()(const pipeline::StreamJoinOp& op) {
    all();
    // The fields of the row in hand are read already; where they stand in the joined row does not matter.
    origin_.assign(op.node->left->schema.size() + op.node->right->schema.size(), -1);
  }
  void operator()(const pipeline::CountedJoinOp& op) {
    all();
    origin_.assign(op.node->left->schema.size() + op.node->right->schema.size() + 1, -1);
  }
  void operator()(const pipeline::LimitOp&) {}

  void target(const pipeline::PhysicalQuery& query, const pipeline::AggregateTarget& target) {
    const plan::Aggregate& node = *std::get<pipeline::AggregateState>(query.states[target.slot]).node;
    if (node.window_time) value(*node.window_time);
    for (const auto& key : node.keys) value(*key);
    for (const plan::AggregateCall& call : node.calls) {
      if (call.filter) value(*call.filter);
      for (const auto& argument : call.arguments) value(*argument);
    }
  }
  template <class Other>
  void target(const pipeline::PhysicalQuery&, const Other&) {
    all();
  }

 private:
  void all() {
    for (int64_t field : origin_) mark(field);
  }
  void mark(int64_t field) {
    if (field >= 0) used_[static_cast<size_t>(field)] = true;
  }
  void value(const Expr& e) {
    if (const auto* column = std::get_if<expr::ColumnRef>(&e.node)) mark(origin_[column->index]);
    const auto* test = std::get_if<expr::IsNull>(&e.node);
    if (test && is_column(*test->operand)) return;
    expr::for_each_child(e, [this](const Expr& child) { value(child); });
  }
  void condition(const Expr& e) {
    if (const auto* logic = std::get_if<expr::Logic>(&e.node); logic && logic->op == expr::LogicOp::And) {
      for (const auto& operand : logic->operands) condition(*operand);
      return;
    }
    const auto* test = std::get_if<expr::IsNull>(&e.node);
    if (!test || !is_column(*test->operand)) filters_by_value_ = true;
    value(e);
  }

  std::vector<int64_t> origin_;  ///< for each column of the row in hand: the scan's field that it is, or -1
  std::vector<bool> used_;
  bool filters_by_value_ = false;
};

}  // namespace

std::vector<bool> values_wanted_at_null_tests(const pipeline::PhysicalQuery& query, const pipeline::Pipeline& pipeline,
                                              size_t field_count) {
  Uses uses(field_count);
  for (const auto& op : pipeline.ops) std::visit(uses, op);
  if (uses.filters_by_value()) return std::vector<bool>(field_count, false);
  std::visit([&](const auto& target) { uses.target(query, target); }, pipeline.target);
  return std::move(uses).used();
}

}  // namespace millrace
