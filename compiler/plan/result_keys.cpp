#include "compiler/plan/result_keys.h"

#include <algorithm>
#include <numeric>

#include "compiler/base/overloaded.h"

namespace millrace::plan {

namespace {

using Keys = std::optional<std::vector<uint32_t>>;

std::vector<uint32_t> all_columns(size_t from, size_t to) {
  std::vector<uint32_t> columns(to - from);
  std::iota(columns.begin(), columns.end(), static_cast<uint32_t>(from));
  return columns;
}

/// By which of its two bounds a window is known: either tells the other, but that cumulating windows share their starts.
enum class WindowBound : uint8_t { Start, End };

Keys keys_of(const Node& node, WindowBound bound);

Keys keys_of_aggregate(const Node& node, const Aggregate& aggregate, WindowBound bound) {
  if (aggregate.is_distinct) return all_columns(0, node.schema.size());
  if (aggregate.window && aggregate.window->kind == WindowKind::Session) return std::nullopt;
  if (const auto* assign = std::get_if<WindowAssign>(&aggregate.input->op); assign && assign->window.kind == WindowKind::Session) {
    return std::nullopt;
  }
  if (aggregate.grouping_sets.size() > 1 && !aggregate.emits_grouping_id) return std::nullopt;
  std::vector<uint32_t> keys = all_columns(0, node.schema.size() - aggregate.calls.size());
  if (aggregate.window && aggregate.window->kind == WindowKind::Cumulating && bound == WindowBound::Start) return std::nullopt;
  if (aggregate.window) keys.erase(keys.begin() + (bound == WindowBound::Start ? 1 : 0));
  return keys;
}

Keys keys_of_project(const Project& project, WindowBound bound) {
  const Keys below = keys_of(*project.input, bound);
  if (!below) return std::nullopt;
  std::vector<uint32_t> keys;
  for (const uint32_t key : *below) {
    const auto shows_it = [key](const expr::ExprPtr& e) {
      const auto* column = std::get_if<expr::ColumnRef>(&e->node);
      return column != nullptr && column->index == key;
    };
    const auto found = std::find_if(project.exprs.begin(), project.exprs.end(), shows_it);
    if (found == project.exprs.end()) return std::nullopt;
    keys.push_back(static_cast<uint32_t>(found - project.exprs.begin()));
  }
  return keys;
}

/// A group's row may have several partners in a table: what they are tells them apart.
Keys keys_of_join(const Node& node, const Join& join, WindowBound bound) {
  if (join.right->is_stream) return std::nullopt;
  Keys keys = keys_of(*join.left, bound);
  if (!keys) return std::nullopt;
  const size_t width = join.left->schema.size();
  if (node.schema.size() > width) {
    const std::vector<uint32_t> right = all_columns(width, node.schema.size());
    keys->insert(keys->end(), right.begin(), right.end());
  }
  return keys;
}

Keys keys_of(const Node& node, WindowBound bound) {
  return std::visit(Overloaded{[&](const Aggregate& n) { return keys_of_aggregate(node, n, bound); },
                               [&](const Project& n) { return keys_of_project(n, bound); },
                               [&](const Join& n) { return keys_of_join(node, n, bound); }, [](const auto&) -> Keys { return std::nullopt; }},
                    node.op);
}

}  // namespace

Keys result_keys(const Node& root) {
  Keys keys = keys_of(root, WindowBound::Start);
  return keys ? keys : keys_of(root, WindowBound::End);
}

}  // namespace millrace::plan
