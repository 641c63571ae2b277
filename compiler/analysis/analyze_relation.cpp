#include <algorithm>
#include <utility>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/kept_lines.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

BoundRelation QueryAnalyzer::analyze_from(const ast::Relation* relation) {
  if (relation) return analyze_relation(*relation);
  BoundRelation one_row;
  one_row.node = std::make_unique<plan::Node>();
  plan::Values values;
  values.rows.emplace_back();
  one_row.node->op = std::move(values);
  return one_row;
}

BoundRelation QueryAnalyzer::analyze_relation(const ast::Relation& relation) {
  if (const auto* join = std::get_if<ast::Join>(&relation.node)) {
    BoundRelation joined = analyze_join(*join, relation.span);
    if (relation.alias.name) apply_alias(joined, relation.alias, "");
    return joined;
  }
  if (const auto* view = std::get_if<ast::LateralView>(&relation.node)) return analyze_lateral_view(*view, relation.span);
  if (generator_relation(relation)) return analyze_generator(analyze_from(nullptr), relation, false);
  BoundRelation bound;
  std::string qualifier;
  if (const auto* table = std::get_if<ast::TableName>(&relation.node)) {
    bound = analyze_table_name(*table);
    qualifier = table->parts.back().text;
  } else if (const auto* subquery = std::get_if<ast::Subquery>(&relation.node)) {
    bound = analyze(*subquery->query, false);
  } else if (const auto* values = std::get_if<ast::Values>(&relation.node)) {
    bound = analyze_values(*values, relation.span);
  } else if (std::holds_alternative<ast::Pivot>(relation.node) || std::holds_alternative<ast::Unpivot>(relation.node)) {
    const auto* pivot = std::get_if<ast::Pivot>(&relation.node);
    bound = pivot ? analyze_pivot(*pivot, relation.span) : analyze_unpivot(std::get<ast::Unpivot>(relation.node), relation.span);
    if (!relation.alias.name) return bound;
  } else {
    bound = analyze_table_function(std::get<ast::TableFunction>(relation.node), relation.span);
    if (!relation.alias.name && relation.alias.columns.empty()) return bound;
  }
  apply_alias(bound, relation.alias, qualifier);
  return bound;
}

/// `r AS t(a, b)`: one qualifier for all columns, and new names if there are any.
void QueryAnalyzer::apply_alias(BoundRelation& relation, const ast::TableAlias& alias,
                                const std::string& default_qualifier) {
  const auto visible = relation.scope.visible();
  if (!alias.columns.empty() && alias.columns.size() != visible.size()) {
    throw SqlError(alias.columns.front().span, "the alias names " + std::to_string(alias.columns.size()) +
                                                   " columns, but there are " + std::to_string(visible.size()));
  }
  Scope renamed;
  renamed.window = relation.scope.window;
  for (size_t i = 0; i < visible.size(); ++i) {
    const std::string& name = alias.columns.empty() ? visible[i]->name : alias.columns[i].text;
    renamed.columns.push_back({alias.name ? alias.name->text : default_qualifier, name, visible[i]->index, false});
  }
  relation.scope = std::move(renamed);
}

const QueryAnalyzer::CommonTableInSight* QueryAnalyzer::find_common_table(const std::string& name) const {
  for (size_t i = common_tables_.size(); i-- > 0;) {
    if (same_name(common_tables_[i].table->name.text, name)) return &common_tables_[i];
  }
  return nullptr;
}

BoundRelation QueryAnalyzer::analyze_common_table(CommonTableInSight entry) {
  const ast::CommonTable& table = *entry.table;
  // An entry sees those before it, and none of the query that uses it.
  std::vector<CommonTableInSight> outer = common_tables_;
  common_tables_.resize(entry.visible_before);
  OuterQuery* const around = std::exchange(outer_, entry.outer);
  BoundRelation bound = analyze(*table.query, false);
  outer_ = around;
  common_tables_ = std::move(outer);
  if (!table.columns.empty()) apply_alias(bound, {table.name, table.columns}, "");
  return bound;
}

BoundRelation QueryAnalyzer::analyze_table_name(const ast::TableName& table) {
  const std::string name = to_text(table.parts);
  const SourceSpan span = span_of(table.parts);
  if (table.parts.size() == 1) {
    if (const auto* common = find_common_table(name)) return analyze_common_table(*common);
  }
  const Relation* relation = session_.catalog.find(name);
  if (!relation && table.parts.size() == 1) {
    if (const auto kept = kept_lines_table(session_, name, span)) return scan(*kept, span);
  }
  if (!relation) {
    if (session_.failed_names.contains(fold_case(name))) throw already_reported(span);
    std::vector<std::string> known = session_.catalog.names();
    for (const auto& common : common_tables_) known.push_back(common.table->name.text);
    const std::string near = did_you_mean(name, known);
    throw SqlError(span, "unknown stream, table or view '" + name + "'" + near,
                   near.empty() ? "CREATE it before it is used" : "");
  }
  if (relation->kind == ast::RelationKind::Sink)
    throw SqlError(span, "'" + name + "' is a sink: it can be written, not read");
  const bool as_it_stands = relation->kind == ast::RelationKind::MaterializedView && read_views_ == ReadViews::AsTheyStand;
  if (as_it_stands) return scan_materialized_view(*relation, span);
  return relation->view ? analyze_view(*relation, span) : scan(*relation, span);
}

BoundRelation QueryAnalyzer::analyze_view(const Relation& view, SourceSpan use) {
  const std::string folded = fold_case(view.name);
  auto& in_hand = session_.views_in_hand;
  if (std::find(in_hand.begin(), in_hand.end(), folded) != in_hand.end()) {
    throw SqlError(use, "view '" + view.name + "' is defined by itself");
  }
  in_hand.push_back(folded);
  std::vector<CommonTableInSight> outer = std::move(common_tables_);
  common_tables_.clear();
  OuterQuery* const around = std::exchange(outer_, nullptr);
  try {
    // A materialized view's EMIT says how it is kept, which its query in another's place has no use for.
    BoundRelation bound = analyze(*view.view->query, view.kind == ast::RelationKind::MaterializedView);
    common_tables_ = std::move(outer);
    outer_ = around;
    in_hand.pop_back();
    if (!view.view->columns.empty()) apply_alias(bound, {view.view->name, view.view->columns}, "");
    return bound;
  } catch (...) {
    outer_ = around;
    in_hand.pop_back();
    throw;
  }
}

BoundRelation QueryAnalyzer::scan_materialized_view(const Relation& view, SourceSpan span) {
  const auto same = [&](const plan::Source& source) { return source.view == view.view_id; };
  const auto found = std::find_if(sources_.begin(), sources_.end(), same);
  plan::Scan scan;
  scan.relation = static_cast<uint32_t>(found - sources_.begin());
  if (found == sources_.end()) {
    plan::Source source;
    source.spec.name = view.name;
    source.columns = view.columns;
    source.span = view.span;
    source.view = view.view_id;
    sources_.push_back(std::move(source));
  }
  scan.name = view.name;
  scan.is_stream = false;
  BoundRelation bound;
  bound.node = std::make_unique<plan::Node>();
  bound.node->span = span;
  for (uint32_t i = 0; i < view.visible_columns; ++i) {
    scan.fields.push_back(i);
    bound.node->schema.push_back(view.columns[i]);
    bound.node->schema.back().nullable = true;
  }
  bound.node->op = std::move(scan);
  bound.scope = scope_over(bound.node->schema, view.name);
  return bound;
}

/// The columns of the text, the computed ones among them as declared, and the note of the event time.
BoundRelation QueryAnalyzer::scan(const Relation& relation, SourceSpan span) {
  const auto same = [&](const plan::Source& source) { return !source.view && same_name(source.spec.name, relation.source.name); };
  const auto found = std::find_if(sources_.begin(), sources_.end(), same);
  plan::Scan scan;
  scan.relation = static_cast<uint32_t>(found - sources_.begin());
  if (found == sources_.end()) sources_.push_back({relation.source, relation.columns, relation.span, std::nullopt});
  scan.name = relation.name;
  scan.is_stream = relation.kind == ast::RelationKind::Stream;
  BoundRelation bound;
  bound.node = std::make_unique<plan::Node>();
  bound.node->is_stream = scan.is_stream;
  bound.node->span = span;
  bound.node->schema = relation.columns;
  for (uint32_t i = 0; i < relation.columns.size(); ++i) {
    scan.fields.push_back(i);
    // A text may lack any field, also one declared NOT NULL.
    bound.node->schema[i].nullable = true;
  }
  bound.node->op = std::move(scan);
  if (!relation.computed.empty()) bound.node = add_computed_columns(std::move(bound.node), relation);
  bound.scope = scope_over(bound.node->schema, relation.name);
  if (!relation.watermark_column) return bound;
  const auto time = bound.scope.resolve({ast::Identifier{*relation.watermark_column, true, span}});
  auto observed = std::make_unique<plan::Node>();
  observed->schema = bound.node->schema;
  observed->is_stream = bound.node->is_stream;
  observed->span = span;
  observed->watermark_column = time->index;
  ExprPtr column = column_of(*bound.node, time->index, span);
  observed->op = plan::ObserveTime{std::move(bound.node), std::move(column), relation.watermark_delay_us};
  bound.node = std::move(observed);
  return bound;
}

plan::NodePtr QueryAnalyzer::add_computed_columns(plan::NodePtr scan, const Relation& relation) {
  BoundRelation text;
  text.scope = scope_over(scan->schema, relation.name);
  text.node = std::move(scan);
  // A computed column may use those before it.
  std::vector<SelectAlias> aliases;
  for (const ComputedColumn& column : relation.computed) aliases.push_back({column.name.text, column.expr});
  ExprBinder binder(session_, text, "a computed column");
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names;
  size_t next_computed = 0;
  uint32_t next_text = 0;
  const size_t total = text.node->schema.size() + relation.computed.size();
  for (size_t position = 0; position < total; ++position) {
    if (next_computed < relation.computed.size() && relation.computed[next_computed].position == position) {
      const ComputedColumn& column = relation.computed[next_computed];
      binder.allow_aliases(aliases, next_computed++);
      exprs.push_back(binder.bind_value(*column.expr));
      names.push_back(column.name.text);
    } else {
      exprs.push_back(column_of(*text.node, next_text, text.node->span));
      names.push_back(text.node->schema[next_text++].name);
    }
  }
  const SourceSpan span = text.node->span;
  return make_project(std::move(text.node), std::move(exprs), std::move(names), span);
}

}  // namespace millrace
