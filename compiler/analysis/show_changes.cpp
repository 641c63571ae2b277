#include "compiler/analysis/show_changes.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/analysis/carry_group_keys.h"
#include "compiler/analysis/evaluate_anew.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/row_keys.h"
#include "compiler/base/overloaded.h"
#include "compiler/base/sql_error.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

using abi::ChangeForm;
using expr::ExprPtr;
using plan::Node;
using plan::NodePtr;

namespace {

SqlType row_type(const Schema& columns, size_t count) {
  SqlType type(TypeKind::Struct);
  for (size_t i = 0; i < count; ++i) type.fields.push_back({columns[i].name, columns[i].type});
  return type;
}

Schema schema_of_changes(ChangeForm form, const Schema& columns, size_t visible) {
  Schema shown(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(visible));
  const Column op{"op", TypeKind::String, false};
  if (form == ChangeForm::NewRows) return shown;
  if (form == ChangeForm::Envelope) return {{"before", row_type(columns, visible), true}, {"after", row_type(columns, visible), true}, op};
  shown.insert(shown.begin(), op);
  return shown;
}

ExprPtr text(const char* value, SourceSpan span) { return expr::make(expr::Literal{std::string(value)}, TypeKind::String, false, span); }

/// Rows that are only ever added.
NodePtr show_added(NodePtr root, ChangeForm form) {
  const SourceSpan span = root->span;
  Schema schema = schema_of_changes(form, root->schema, root->schema.size());
  std::vector<ExprPtr> columns;
  for (uint32_t i = 0; i < root->schema.size(); ++i) columns.push_back(column_of(*root, i, span));
  std::vector<ExprPtr> exprs;
  if (form == ChangeForm::Op) {
    exprs = std::move(columns);
    exprs.insert(exprs.begin(), text("+I", span));
  } else {
    exprs.push_back(make_null(schema[0].type, span));
    exprs.push_back(expr::make(expr::MakeStruct{std::move(columns)}, schema[1].type, false, span));
    exprs.push_back(text("c", span));
  }
  std::vector<std::string> names;
  for (const Column& column : schema) names.push_back(column.name);
  return make_project(std::move(root), std::move(exprs), std::move(names), span);
}

void put_on_top(plan::Query& query, plan::ShowChanges changes) {
  auto node = std::make_unique<Node>();
  node->span = query.span;
  node->schema = schema_of_changes(changes.form, query.root->schema, changes.visible);
  changes.input = std::move(query.root);
  node->op = std::move(changes);
  query.root = std::move(node);
  mark_changes(query);
}

/// Changes are there already: they need no comparing.
void pass_changes_on(plan::Query& query) {
  NodePtr root = std::move(query.root);
  auto& integrate = std::get<plan::Integrate>(root->op);
  const auto visible = static_cast<uint32_t>(root->schema.size());
  plan::ShowChanges changes{.input = nullptr, .form = query.sink.changes, .whole = false, .has_keys = integrate.has_keys, .keys = integrate.keys,
                            .present = {}, .weight = visible, .final_time = {}, .visible = visible, .max_rows = integrate.max_rows};
  query.root = std::move(integrate.input);
  put_on_top(query, std::move(changes));
}

void compare_results(Session& session, plan::Query& query) {
  if (std::holds_alternative<plan::Integrate>(query.root->op)) return pass_changes_on(query);
  RowKeys keys = row_keys(*query.root);
  plan::ShowChanges changes{.input = nullptr, .form = query.sink.changes, .whole = true, .has_keys = keys.has_value(), .keys = {},
                            .present = {}, .weight = {}, .final_time = {}, .visible = static_cast<uint32_t>(query.root->schema.size()),
                            .max_rows = most_kept_rows(session)};
  if (keys) changes.keys = std::move(*keys);
  put_on_top(query, std::move(changes));
}

/// Whether what a batch shows of groups tells of all changes, with the groups' keys carried along.
bool compare_groups(Session& session, plan::Query& query) {
  const auto visible = static_cast<uint32_t>(query.root->schema.size());
  NodePtr carrying = plan::clone(*query.root);
  GroupKeys carried;
  try {
    carried = carry_group_keys(carrying);
  } catch (const SqlError&) {
    return false;  // rows that do not belong to one group each
  }
  query.root = std::move(carrying);
  plan::ShowChanges changes{.input = nullptr, .form = query.sink.changes, .whole = false, .has_keys = true, .keys = std::move(carried.keys),
                            .present = carried.present, .weight = {}, .final_time = {}, .visible = visible, .max_rows = most_kept_rows(session)};
  if (carried.time) changes.final_time = changes.keys[*carried.time];
  put_on_top(query, std::move(changes));
  return true;
}

}  // namespace

void show_changes(Session& session, plan::Query& query) {
  const ChangeForm form = query.sink.changes;
  const bool complete = query.streaming && query.mode == abi::EmitMode::Complete;
  if (form == ChangeForm::NewRows) {
    if (query.evaluates_anew && !complete) compare_results(session, query);
    return;
  }
  const bool adds = !query.evaluates_anew && (only_adds(*query.root) || (!complete && query.root->changes == plan::Changes::Append));
  if (!query.streaming || adds) {
    query.root = show_added(std::move(query.root), form);
  } else if (query.evaluates_anew || complete || !compare_groups(session, query)) {
    if (!query.evaluates_anew) evaluate_anew(session, query, query.span);
    mark_changes(query);
    compare_results(session, query);
  }
  // What goes out is a log, which a sink must not take for the whole result.
  if (complete) query.mode = adds ? abi::EmitMode::Append : abi::EmitMode::Update;
}

}  // namespace millrace
