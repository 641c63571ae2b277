#include "compiler/plan/plan_nullability.h"

#include <algorithm>
#include <utility>

#include "compiler/expr/nullability.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace::plan {

namespace {

/// Sets the nullability of a node's columns; its inputs and its expressions are done.
class RefreshColumns {
 public:
  explicit RefreshColumns(Schema& schema) : schema_(schema) {}

  void operator()(const Scan&) const {}
  void operator()(const Values& n) const {
    for (size_t i = 0; i < schema_.size(); ++i) {
      schema_[i].nullable = std::any_of(n.rows.begin(), n.rows.end(), [i](const auto& row) { return row[i]->nullable; });
    }
  }
  void operator()(const ObserveTime& n) const { take(n.input->schema); }
  void operator()(const Sort& n) const { take(n.input->schema); }
  void operator()(const Limit& n) const { take(n.input->schema); }
  void operator()(const Keep& n) const { take(n.input->schema); }
  void operator()(const Differentiate& n) const {
    for (size_t i = 0; i < n.visible; ++i) schema_[i].nullable = n.input->schema[i].nullable;
  }
  void operator()(const Integrate& n) const {
    for (size_t i = 0; i + 1 < n.input->schema.size(); ++i) schema_[i].nullable = n.input->schema[i].nullable;
  }
  void operator()(const ShowChanges& n) const {
    if (n.form == abi::ChangeForm::Envelope) return;
    const size_t first = n.form == abi::ChangeForm::Op ? 1 : 0;
    for (size_t i = 0; i < n.visible; ++i) schema_[first + i].nullable = n.input->schema[i].nullable;
  }
  void operator()(const Over& n) const { take(n.input->schema); }
  void operator()(const Filter& n) const { take(schema_above_filter(n)); }
  void operator()(const WindowAssign& n) const { take(schema_above_window(n)); }
  // The generated columns may be NULL whatever the input is.
  void operator()(const Generate& n) const { take(n.input->schema); }
  void operator()(const Project& n) const {
    for (size_t i = 0; i < n.exprs.size(); ++i) schema_[i].nullable = n.exprs[i]->nullable;
  }
  void operator()(const Aggregate& n) const {
    const size_t first = n.window ? 2 : 0;
    for (size_t i = 0; i < n.keys.size(); ++i) {
      const bool in_all = std::all_of(n.grouping_sets.begin(), n.grouping_sets.end(),
                                      [i](uint64_t set) { return (set >> i & 1) != 0; });
      schema_[first + i].nullable = n.keys[i]->nullable || !in_all;
    }
    const size_t first_call = schema_.size() - n.calls.size();
    for (size_t i = 0; i < n.calls.size(); ++i) schema_[first_call + i].nullable = n.calls[i].nullable;
  }
  void operator()(const Join& n) const {
    const bool pads_left = n.kind == JoinKind::Right || n.kind == JoinKind::Full;
    const size_t left_width = n.left->schema.size();
    for (size_t i = 0; i < left_width; ++i) schema_[i].nullable = pads_left || n.left->schema[i].nullable;
    if (shows_left_only(n.kind)) return;
    for (size_t i = left_width; i < schema_.size(); ++i) {
      schema_[i].nullable = pads_right(n.kind) || n.right->schema[i - left_width].nullable;
    }
  }
  void operator()(const Union& n) const {
    for (size_t i = 0; i < schema_.size(); ++i) {
      schema_[i].nullable =
          std::any_of(n.inputs.begin(), n.inputs.end(), [i](const NodePtr& input) { return input->schema[i].nullable; });
    }
  }

 private:
  void take(const Schema& from) const {
    for (size_t i = 0; i < from.size(); ++i) schema_[i].nullable = from[i].nullable;
  }

  Schema& schema_;
};

void refresh_exprs(Node& node) {
  Schema columns;
  if (auto* join = std::get_if<Join>(&node.op)) {
    for (ExprPtr& key : join->left_keys) expr::refresh_nullability(*key, join->left->schema);
    for (ExprPtr& key : join->right_keys) expr::refresh_nullability(*key, join->right->schema);
    columns = join->left->schema;
    columns.insert(columns.end(), join->right->schema.begin(), join->right->schema.end());
    if (join->condition) expr::refresh_nullability(*join->condition, columns);
    if (join->left_weight) expr::refresh_nullability(*join->left_weight, join->left->schema);
    if (join->right_weight) expr::refresh_nullability(*join->right_weight, join->right->schema);
    return;
  }
  for_each_input(std::as_const(node), [&](const Node& input) { columns = input.schema; });
  for_each_expr(node, [&](ExprPtr& e) { expr::refresh_nullability(*e, columns); });
}

}  // namespace

Schema schema_above_filter(const Filter& filter) {
  Schema schema = filter.input->schema;
  expr::mark_needed_for_true(*filter.predicate, schema);
  return schema;
}

Schema schema_above_window(const WindowAssign& assign) {
  Schema schema = assign.input->schema;
  expr::mark_needed(*assign.time, schema);
  return schema;
}

Schema generated_columns(const Generate& generate) {
  Schema columns;
  if (generate.with_position) columns.push_back({"pos", TypeKind::Int, true});
  const SqlType& type = generate.collection->type;
  const SqlType& element = type.fields.front().type;
  if (type.is(TypeKind::Map)) {
    columns.push_back({"key", element, true});
    columns.push_back({"value", type.fields.back().type, true});
  } else if (generate.inlines) {
    for (const StructField& field : element.fields) columns.push_back({field.name, field.type, true});
  } else {
    columns.push_back({"col", element, true});
  }
  return columns;
}

void refresh_nullability(Node& root) {
  for_each_input(root, [](NodePtr& input) { refresh_nullability(*input); });
  refresh_exprs(root);
  std::visit(RefreshColumns(root.schema), root.op);
}

}  // namespace millrace::plan
