#include "compiler/analysis/listing.h"

#include "compiler/analysis/query_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/functions/function_catalog.h"

namespace millrace {

namespace {

std::string kind_of(const Relation& relation) {
  switch (relation.kind) {
    case ast::RelationKind::Stream:
      return "STREAM";
    case ast::RelationKind::Table:
      return "TABLE";
    case ast::RelationKind::View:
      return "VIEW";
    case ast::RelationKind::MaterializedView:
      return "MATERIALIZED VIEW";
    case ast::RelationKind::Sink:
      return "SINK";
  }
  return "";
}

AnalyzedListing relations(const Session& session, const std::string& kind) {
  AnalyzedListing listing{{"name", "kind"}, {}};
  for (const Relation* relation : session.catalog.relations()) {
    if (kind_of(*relation).ends_with(kind)) listing.rows.push_back({relation->name, kind_of(*relation)});
  }
  return listing;
}

AnalyzedListing specs(const Session& session) {
  AnalyzedListing listing{{"name", "kind", "supported", "what"}, {}};
  const auto add = [&](std::span<const abi::ConnectorSpec* const> all, const std::string& kind) {
    for (const abi::ConnectorSpec* spec : all) {
      listing.rows.push_back({std::string(spec->name), kind, spec->supported ? "yes" : "not yet", std::string(spec->help)});
    }
  };
  add(session.environment.sources, "source");
  add(session.environment.sinks, "sink");
  add(session.environment.input_formats, "input format");
  add(session.environment.output_formats, "output format");
  return listing;
}

AnalyzedListing functions() {
  AnalyzedListing listing{{"name", "kind", "example"}, {}};
  for (const ScalarFunction& function : scalar_functions()) {
    if (function.name.starts_with("__")) continue;
    listing.rows.push_back({std::string(function.name), "scalar", std::string(function.example)});
  }
  for (const AggregateFunction& function : aggregate_functions()) {
    listing.rows.push_back({std::string(function.name), "aggregate", std::string(function.example)});
  }
  return listing;
}

}  // namespace

AnalyzedListing describe(Session& session, const ast::Describe& describe) {
  AnalyzedListing listing{{"column", "type", "note"}, {}};
  const Relation* relation = session.catalog.find(to_text(describe.name));
  if (relation && relation->kind == ast::RelationKind::Sink) {
    for (const Column& column : relation->columns) listing.rows.push_back({column.name, to_string(column.type), ""});
    return listing;
  }
  ast::Relation from;
  from.node = ast::TableName{describe.name};
  const BoundRelation bound = QueryAnalyzer(session).analyze_from(&from);
  for (const ScopeColumn* column : bound.scope.visible()) {
    const bool event_time = relation && relation->watermark_column && same_name(*relation->watermark_column, column->name);
    bool computed = false;
    for (const ComputedColumn& other : relation ? relation->computed : std::vector<ComputedColumn>{}) {
      computed = computed || same_name(other.name.text, column->name);
    }
    const std::string note = event_time ? (computed ? "computed, event time" : "event time") : computed ? "computed" : "";
    listing.rows.push_back({column->name, to_string(bound.node->schema[column->index].type), note});
  }
  return listing;
}

AnalyzedListing show(const Session& session, const ast::Show& show, SourceSpan span) {
  if (show.what == "TABLES") return relations(session, "");
  if (show.what == "STREAMS") return relations(session, "STREAM");
  if (show.what == "VIEWS") return relations(session, "VIEW");
  if (show.what == "SINKS") return relations(session, "SINK");
  if (show.what == "CONNECTORS" || show.what == "FORMATS") return specs(session);
  if (show.what == "FUNCTIONS") return functions();
  throw not_supported_yet(span, "SHOW " + show.what);
}

}  // namespace millrace
