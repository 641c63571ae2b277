#include "compiler/analysis/row_keys.h"

#include <algorithm>

#include "compiler/base/overloaded.h"

namespace millrace {

using expr::ExprPtr;
using plan::Node;

namespace {

/// Whether an expression is the column, or a STRUCT that has it as a field.
bool holds(const expr::Expr& e, uint32_t column) {
  if (const auto* ref = std::get_if<expr::ColumnRef>(&e.node)) return ref->index == column;
  const auto* row = std::get_if<expr::MakeStruct>(&e.node);
  return row && std::any_of(row->fields.begin(), row->fields.end(), [column](const ExprPtr& field) { return holds(*field, column); });
}

std::optional<uint32_t> position_of(const plan::Project& project, uint32_t column) {
  for (uint32_t i = 0; i < project.exprs.size(); ++i) {
    if (holds(*project.exprs[i], column)) return i;
  }
  return std::nullopt;
}

RowKeys keys_through(const plan::Project& project) {
  RowKeys below = row_keys(*project.input);
  if (!below) return std::nullopt;
  for (uint32_t& key : *below) {
    const auto at = position_of(project, key);
    if (!at) return std::nullopt;
    key = *at;
  }
  return below;
}

RowKeys keys_of_groups(const plan::Aggregate& aggregate) {
  if (aggregate.grouping_sets.size() > 1 && (!aggregate.emits_grouping_id || has_equal_sets(aggregate))) return std::nullopt;
  std::vector<uint32_t> keys;
  const size_t count = aggregate.keys.size() + (aggregate.emits_grouping_id ? 1 : 0);
  for (uint32_t i = 0; i < count; ++i) keys.push_back(i);
  return keys;
}

RowKeys keys_of_join(const plan::Join& join) {
  RowKeys left = row_keys(*join.left);
  if (plan::shows_left_only(join.kind)) return left;
  RowKeys right = row_keys(*join.right);
  if (!left || !right) return std::nullopt;
  for (const uint32_t key : *right) left->push_back(static_cast<uint32_t>(join.left->schema.size()) + key);
  return left;
}

/// A row under window functions is told by what told it before, else by its number in its partition.
RowKeys keys_over(const plan::Over& over) {
  if (RowKeys below = row_keys(*over.input)) return below;
  std::vector<uint32_t> keys;
  for (const ExprPtr& part : over.partition) {
    const auto* column = std::get_if<expr::ColumnRef>(&part->node);
    if (!column) return std::nullopt;
    keys.push_back(column->index);
  }
  for (size_t i = 0; i < over.calls.size(); ++i) {
    if (over.calls[i].function != abi::OverFunction::RowNumber) continue;
    keys.push_back(static_cast<uint32_t>(over.input->schema.size() + i));
    return keys;
  }
  return std::nullopt;
}

}  // namespace

bool has_equal_sets(const plan::Aggregate& aggregate) {
  std::vector<uint64_t> sets = aggregate.grouping_sets;
  std::sort(sets.begin(), sets.end());
  return std::adjacent_find(sets.begin(), sets.end()) != sets.end();
}

RowKeys row_keys(const Node& node) {
  return std::visit(Overloaded{[](const plan::Aggregate& n) { return keys_of_groups(n); },
                               [](const plan::Project& n) { return keys_through(n); },
                               [](const plan::Filter& n) { return row_keys(*n.input); },
                               [](const plan::Sort& n) { return row_keys(*n.input); },
                               [](const plan::Limit& n) { return row_keys(*n.input); },
                               [](const plan::Keep& n) { return row_keys(*n.input); },
                               [](const plan::Integrate& n) { return n.has_keys ? RowKeys(n.keys) : RowKeys(); },
                               [](const plan::Over& n) { return keys_over(n); },
                               [](const plan::Join& n) { return keys_of_join(n); },
                               [](const auto&) { return RowKeys(); }},
                    node.op);
}

}  // namespace millrace
