#include "compiler/analysis/analyze_ddl.h"

#include <algorithm>
#include <stdexcept>

#include "compiler/analysis/analyze_options.h"
#include "compiler/analysis/interval.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/analysis/type_name.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

std::string kind_name(ast::RelationKind kind) {
  switch (kind) {
    case ast::RelationKind::Stream:
      return "stream";
    case ast::RelationKind::Table:
      return "table";
    case ast::RelationKind::View:
      return "view";
    case ast::RelationKind::MaterializedView:
      return "materialized view";
    case ast::RelationKind::Sink:
      return "sink";
  }
  return "relation";
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

SqlType column_type(const ast::ColumnDefinition& column) {
  SqlType type = resolve_type(*column.type);
  check_storable(type, column.type->span);
  return type;
}

void declare_columns(const ast::CreateSource& create, Relation& relation) {
  for (size_t i = 0; i < create.columns.size(); ++i) {
    const ast::ColumnDefinition& column = create.columns[i];
    for (size_t j = 0; j < i; ++j) {
      if (same_name(create.columns[j].name.text, column.name.text)) {
        throw SqlError(column.name.span, "column '" + column.name.text + "' is declared twice");
      }
    }
    if (column.computed) {
      if (create.kind == ast::RelationKind::Sink)
        throw SqlError(column.span, "a sink has no computed columns", "compute it in the query");
      relation.computed.push_back({column.computed.get(), i, column.name});
    } else {
      relation.columns.push_back({column.name.text, column_type(column), !column.not_null});
    }
  }
}

/// Format text has one column, the line; a table without columns takes those that its file shows.
void complete_columns(Session& session, const ast::CreateSource& create, Relation& relation) {
  if (relation.source.format == abi::Format::Csv) {
    for (size_t i = 0; i < relation.columns.size(); ++i) {
      if (!relation.columns[i].type.is_nested()) continue;
      throw SqlError(create.name.span, "a field of csv cannot be " + to_string(relation.columns[i].type) + ": '" + relation.columns[i].name + "'",
                     "declare it as STRING; from_json(" + relation.columns[i].name + ", '…') reads it if it holds JSON");
    }
  }
  if (relation.source.format == abi::Format::Json) {
    for (const ast::ColumnDefinition& column : create.columns) {
      if (!column.computed) check_read_from_json(resolve_type(*column.type), column.type->span);
    }
  }
  if (relation.source.format == abi::Format::Text) {
    if (relation.columns.empty()) relation.columns.push_back({"value", TypeKind::String, true});
    const bool one_string = relation.columns.size() == 1 && relation.columns.front().type.is(TypeKind::String);
    if (!one_string)
      throw SqlError(create.name.span, "format 'text' gives one column, a STRING: the line", "format = 'json' or 'csv'");
    return;
  }
  if (!relation.columns.empty()) return;
  if (create.kind == ast::RelationKind::Stream) {
    throw SqlError(create.name.span, "the columns of a stream must be declared",
                   "CREATE STREAM " + create.name.text + " (a BIGINT, …) WITH (…)");
  }
  if (!session.environment.infer_schema) throw SqlError(create.name.span, "the columns of this table must be declared");
  try {
    relation.columns = session.environment.infer_schema(relation.source);
  } catch (const std::runtime_error& error) {
    throw SqlError(create.options_span.empty() ? create.name.span : create.options_span, error.what());
  }
  if (relation.columns.empty()) throw SqlError(create.name.span, "the file shows no columns", "declare them");
}

/// The delay of `WATERMARK FOR t AS t - INTERVAL …`.
int64_t watermark_delay(const ast::WatermarkDefinition& watermark) {
  if (!watermark.expr) return 0;
  const ast::Expr& e = *watermark.expr;
  const auto is_column = [&](const ast::Expr& part) {
    const auto* name = std::get_if<ast::ColumnName>(&part.node);
    return name && name->parts.size() == 1 && same_name(name->parts.front().text, watermark.column.text);
  };
  if (is_column(e)) return 0;
  const std::string hint =
      "WATERMARK FOR " + watermark.column.text + " AS " + watermark.column.text + " - INTERVAL '10 seconds'";
  const auto* binary = std::get_if<ast::Binary>(&e.node);
  if (!binary || binary->op != ast::BinaryOp::Subtract || !is_column(*binary->left)) {
    throw SqlError(e.span, "a watermark is its column less a constant delay", hint);
  }
  const int64_t delay = constant_duration(*binary->right, "the delay of a watermark");
  if (delay < 0) throw SqlError(binary->right->span, "the delay of a watermark cannot be negative", hint);
  return delay;
}

void declare_watermark(const ast::CreateSource& create, Relation& relation) {
  if (!create.watermark) return;
  const ast::WatermarkDefinition& watermark = *create.watermark;
  if (create.kind != ast::RelationKind::Stream) throw SqlError(watermark.span, "only a stream has a watermark");
  std::vector<std::string> names;
  for (const ast::ColumnDefinition& column : create.columns) names.push_back(column.name.text);
  const auto is_named = [&](const std::string& name) { return same_name(name, watermark.column.text); };
  if (std::none_of(names.begin(), names.end(), is_named)) {
    throw SqlError(watermark.column.span,
                   "unknown column '" + watermark.column.text + "'" + did_you_mean(watermark.column.text, names));
  }
  relation.watermark_column = watermark.column.text;
  relation.watermark_delay_us = watermark_delay(watermark);
  relation.source.watermark_delay_us = relation.watermark_delay_us;
}

/// Binds the computed columns once, so that their errors show at the declaration, and checks the event time's type.
void check_declaration(Session& session, const ast::CreateSource& create) {
  const ast::TableName name{{create.name}};
  ast::Relation from;
  from.node = name;
  const BoundRelation bound = QueryAnalyzer(session).analyze_from(&from);
  if (!create.watermark) return;
  const Column& time = bound.node->schema[*bound.node->watermark_column];
  if (time.type.is(TypeKind::Timestamp)) return;
  throw SqlError(
      create.watermark->column.span, "an event time must be TIMESTAMP, but '" + time.name + "' is " + to_string(time.type),
      time.type.is_numeric() ? "add a column t AS CAST(" + time.name + " AS TIMESTAMP): seconds since the epoch" : "");
}

}  // namespace

void create_source(Session& session, const ast::CreateSource& create, SourceSpan span) {
  if (!must_create(session, create.name, create.or_replace, create.if_not_exists)) return;
  Relation relation;
  relation.kind = create.kind;
  relation.name = create.name.text;
  relation.span = span;
  declare_columns(create, relation);
  if (create.kind == ast::RelationKind::Sink) {
    if (create.watermark) throw SqlError(create.watermark->span, "only a stream has a watermark");
    relation.sink = sink_spec(session, create);
    session.catalog.add(std::move(relation));
    return;
  }
  relation.source = source_spec(session, create);
  complete_columns(session, create, relation);
  declare_watermark(create, relation);
  std::optional<Relation> old;
  if (const Relation* replaced = session.catalog.find(create.name.text)) old = *replaced;
  session.catalog.add(std::move(relation));
  try {
    check_declaration(session, create);
  } catch (...) {
    session.catalog.remove(create.name.text);
    if (old) session.catalog.add(std::move(*old));
    throw;
  }
}

bool must_create(const Session& session, const ast::Identifier& name, bool or_replace, bool if_not_exists) {
  const Relation* old = session.catalog.find(name.text);
  if (!old || or_replace || old->is_stopped) return true;
  if (if_not_exists) return false;
  throw SqlError(name.span, "there is a " + kind_name(old->kind) + " '" + old->name + "' already",
                 "CREATE OR REPLACE, or another name");
}

void create_view(Session& session, const ast::CreateView& create, SourceSpan span) {
  if (!must_create(session, create.name, create.or_replace, create.if_not_exists)) return;
  if (!create.options.empty()) throw SqlError(create.options.front().key.span, "a view has no options");
  session.views_in_hand.push_back(fold_case(create.name.text));
  try {
    const BoundRelation bound = QueryAnalyzer(session).analyze(*create.query, false);
    if (!create.columns.empty() && create.columns.size() != bound.node->schema.size()) {
      throw SqlError(create.columns.front().span, "the view names " + counted(create.columns.size(), "column") +
                                                      ", but its query has " + std::to_string(bound.node->schema.size()));
    }
  } catch (...) {
    session.views_in_hand.pop_back();
    throw;
  }
  session.views_in_hand.pop_back();
  Relation view;
  view.kind = ast::RelationKind::View;
  view.name = create.name.text;
  view.view = &create;
  view.span = span;
  session.catalog.add(std::move(view));
}

void drop(Session& session, const ast::Drop& drop) {
  const Relation* relation = session.catalog.find(drop.name.text);
  if (!relation) {
    if (drop.if_exists) return;
    throw SqlError(drop.name.span, "there is no " + kind_name(drop.kind) + " '" + drop.name.text + "'" +
                                       did_you_mean(drop.name.text, session.catalog.names()));
  }
  if (relation->kind != drop.kind) {
    throw SqlError(drop.name.span,
                   "'" + relation->name + "' is a " + kind_name(relation->kind) + ", not a " + kind_name(drop.kind),
                   "write DROP " + upper(kind_name(relation->kind)) + " " + relation->name);
  }
  session.catalog.remove(drop.name.text);
}

}  // namespace millrace
