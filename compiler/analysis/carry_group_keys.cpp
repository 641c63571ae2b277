#include "compiler/analysis/carry_group_keys.h"

#include <algorithm>
#include <utility>

#include "compiler/analysis/plan_build.h"
#include "compiler/base/overloaded.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/plan_nullability.h"

namespace millrace {

namespace {

using expr::ExprPtr;
using plan::NodePtr;

SqlError cannot_carry(SourceSpan span) {
  return not_supported_yet(span, "a materialized view under EMIT UPDATE whose rows do not belong to one group each", "use EMIT COMPLETE");
}

/// A projection of the first `width` columns in place of what a node was: it emits the changes that its input emits.
NodePtr project(NodePtr input, std::vector<ExprPtr> exprs) {
  std::vector<std::string> names;
  for (const ExprPtr& e : exprs) {
    const auto* column = std::get_if<expr::ColumnRef>(&e->node);
    names.push_back(column ? column->name : "present");
  }
  const plan::Changes changes = input->changes;
  const SourceSpan span = input->span;
  NodePtr node = make_project(std::move(input), std::move(exprs), std::move(names), span);
  node->changes = changes;
  return node;
}

class Carrier {
 public:
  GroupKeys carry(NodePtr& node) {
    return std::visit(Overloaded{[&](plan::Aggregate& n) { return keys_of(n); },
                                 [&](plan::Project& n) { return through_project(*node, n); },
                                 [&](plan::Filter&) { return in_place_of_filter(node); },
                                 [&](plan::Join&) { return through_join(node); },
                                 [&](auto&) -> GroupKeys { throw cannot_carry(node->span); }},
                      node->op);
  }

 private:
  static GroupKeys keys_of(const plan::Aggregate& aggregate) {
    const auto* assign = std::get_if<plan::WindowAssign>(&aggregate.input->op);
    if (assign && assign->window.kind == plan::WindowKind::Session) {
      throw SqlError(aggregate.input->span, "sessions grow and become one, so that EMIT UPDATE cannot replace their rows in a materialized view",
                     "EMIT COMPLETE keeps all sessions as they stand, EMIT APPEND those that have ended");
    }
    GroupKeys carried;
    const size_t count = aggregate.keys.size() + (aggregate.emits_grouping_id ? 1 : 0);
    for (uint32_t i = 0; i < count; ++i) carried.keys.push_back(i);
    carried.time = aggregate.time_key;
    return carried;
  }

  GroupKeys through_project(plan::Node& node, plan::Project& project) {
    const GroupKeys below = carry(project.input);
    const auto at = [&](uint32_t column) {
      for (uint32_t i = 0; i < project.exprs.size(); ++i) {
        const auto* ref = std::get_if<expr::ColumnRef>(&project.exprs[i]->node);
        if (ref && ref->index == column) return i;
      }
      project.exprs.push_back(column_of(*project.input, column, node.span));
      node.schema.push_back(project.input->schema[column]);
      return static_cast<uint32_t>(project.exprs.size() - 1);
    };
    GroupKeys carried;
    carried.time = below.time;
    for (const uint32_t key : below.keys) carried.keys.push_back(at(key));
    if (below.present) carried.present = at(*below.present);
    return carried;
  }

  GroupKeys in_place_of_filter(NodePtr& node) {
    auto filter = std::move(std::get<plan::Filter>(node->op));
    GroupKeys carried = carry(filter.input);
    ExprPtr present = std::move(filter.predicate);
    const SourceSpan span = present->span;
    if (carried.present) {
      std::vector<ExprPtr> both;
      both.push_back(column_of(*filter.input, *carried.present, span));
      both.push_back(std::move(present));
      present = expr::make(expr::Logic{expr::LogicOp::And, std::move(both)}, TypeKind::Boolean, true, span);
    }
    std::vector<ExprPtr> or_false;
    or_false.push_back(std::move(present));
    or_false.push_back(expr::make(expr::Literal{false}, TypeKind::Boolean, false, span));
    std::vector<ExprPtr> exprs;
    for (uint32_t i = 0; i < filter.input->schema.size(); ++i) exprs.push_back(column_of(*filter.input, i, span));
    carried.present = static_cast<uint32_t>(exprs.size());
    exprs.push_back(expr::make(expr::Coalesce{std::move(or_false)}, TypeKind::Boolean, false, span));
    node = project(std::move(filter.input), std::move(exprs));
    return carried;
  }

  /// Rows of a table join a group's row by its keys alone, so that always the same ones do.
  GroupKeys through_join(NodePtr& node) {
    auto& join = std::get<plan::Join>(node->op);
    using Kind = plan::JoinKind;
    const bool left_only = join.kind == Kind::LeftSemi || join.kind == Kind::LeftAnti;
    const bool known = left_only || join.kind == Kind::Inner || join.kind == Kind::Left || join.kind == Kind::LeftSingle || join.kind == Kind::Cross;
    if (!known || join.right->is_stream) throw cannot_carry(node->span);
    const auto width = static_cast<uint32_t>(join.left->schema.size());
    GroupKeys carried = carry(join.left);
    for (const ExprPtr& key : join.left_keys) check_keys_only(*key, carried, width);
    if (join.condition) check_keys_only(*join.condition, carried, width);
    const auto added = static_cast<uint32_t>(join.left->schema.size()) - width;
    if (added == 0) return carried;
    std::vector<uint32_t> to;
    for (uint32_t i = 0; i < width + join.right->schema.size(); ++i) to.push_back(i < width ? i : i + added);
    if (join.condition) expr::remap_columns(*join.condition, to);
    if (left_only) {
      node->schema = join.left->schema;
      return carried;
    }
    node->schema.insert(node->schema.begin() + width, join.left->schema.begin() + width, join.left->schema.end());
    std::vector<ExprPtr> exprs;
    for (const uint32_t column : to) exprs.push_back(column_of(*node, column, node->span));
    for (uint32_t i = 0; i < added; ++i) exprs.push_back(column_of(*node, width + i, node->span));
    const auto moved = [&](uint32_t column) { return column < width ? column : static_cast<uint32_t>(to.size()) + column - width; };
    for (uint32_t& key : carried.keys) key = moved(key);
    if (carried.present) carried.present = moved(*carried.present);
    node = project(std::move(node), std::move(exprs));
    return carried;
  }

  static void check_keys_only(const expr::Expr& e, const GroupKeys& carried, uint32_t width) {
    if (const auto* column = std::get_if<expr::ColumnRef>(&e.node); column && column->index < width) {
      const bool is_key = std::find(carried.keys.begin(), carried.keys.end(), column->index) != carried.keys.end();
      if (!is_key) throw not_supported_yet(e.span, "a join by an aggregate's value in a materialized view under EMIT UPDATE", "use EMIT COMPLETE");
    }
    expr::for_each_child(e, [&](const expr::Expr& child) { check_keys_only(child, carried, width); });
  }
};

}  // namespace

GroupKeys carry_group_keys(plan::NodePtr& root) {
  GroupKeys carried = Carrier().carry(root);
  plan::refresh_nullability(*root);
  return carried;
}

}  // namespace millrace
