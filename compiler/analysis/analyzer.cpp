#include "compiler/analysis/analyzer.h"

#include <algorithm>

#include "compiler/analysis/analyze_ddl.h"
#include "compiler/analysis/analyze_materialized_view.h"
#include "compiler/analysis/analyze_options.h"
#include "compiler/analysis/emit_rules.h"
#include "compiler/analysis/kept_lines.h"
#include "compiler/analysis/listing.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/analysis/session.h"
#include "compiler/analysis/show_changes.h"
#include "compiler/analysis/user_function.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/types/coercion.h"

namespace millrace {

namespace {

/// json and csv name their columns, so that two of one name cannot go there.
void check_output(const plan::Query& query) {
  const Schema& schema = query.root->schema;
  for (size_t i = 0; i < schema.size(); ++i) {
    for (size_t j = 0; j < i && query.sink.format != abi::OutputFormat::Table; ++j) {
      if (schema[i].name != schema[j].name) continue;
      throw SqlError(query.span, "two columns are called '" + schema[i].name + "', which json and csv cannot hold",
                     "name one of them with AS");
    }
  }
}

/// Where each of the sink's columns comes from among the query's: by position, or by the list after INSERT INTO.
std::vector<std::optional<uint32_t>> insert_order(const ast::Insert& insert, const Relation& sink, const Schema& query) {
  std::vector<std::optional<uint32_t>> order(sink.columns.size());
  const size_t given = insert.columns.empty() ? sink.columns.size() : insert.columns.size();
  if (query.size() != given) {
    throw SqlError(insert.query->span, "the query has " + counted(query.size(), "column") + ", but '" + sink.name +
                                           "' takes " + std::to_string(given));
  }
  for (uint32_t i = 0; i < given; ++i) {
    if (insert.columns.empty()) {
      order[i] = i;
      continue;
    }
    std::vector<std::string> names;
    for (const Column& column : sink.columns) names.push_back(column.name);
    const auto same = [&](const std::string& name) { return same_name(name, insert.columns[i].text); };
    const auto found = std::find_if(names.begin(), names.end(), same);
    if (found == names.end()) {
      throw SqlError(insert.columns[i].span, "'" + sink.name + "' has no column '" + insert.columns[i].text + "'" +
                                                 did_you_mean(insert.columns[i].text, names));
    }
    auto& slot = order[static_cast<size_t>(found - names.begin())];
    if (slot) throw SqlError(insert.columns[i].span, "column '" + insert.columns[i].text + "' is named twice");
    slot = i;
  }
  return order;
}

/// Casts the query's columns to those that the sink declares.
plan::NodePtr fit_to_sink(plan::NodePtr root, const ast::Insert& insert, const Relation& sink) {
  const SourceSpan span = insert.query->span;
  std::vector<expr::ExprPtr> exprs;
  std::vector<std::string> names;
  if (sink.columns.empty()) {
    if (insert.columns.empty()) return root;
    if (insert.columns.size() != root->schema.size()) {
      throw SqlError(span, "the query has " + counted(root->schema.size(), "column") + ", but " +
                               std::to_string(insert.columns.size()) + " are named");
    }
    for (uint32_t i = 0; i < insert.columns.size(); ++i) {
      exprs.push_back(column_of(*root, i, span));
      names.push_back(insert.columns[i].text);
    }
    return make_project(std::move(root), std::move(exprs), std::move(names), span);
  }
  const auto order = insert_order(insert, sink, root->schema);
  for (size_t i = 0; i < order.size(); ++i) {
    const Column& wanted = sink.columns[i];
    names.push_back(wanted.name);
    if (!order[i]) {
      exprs.push_back(make_null(wanted.type, span));
      continue;
    }
    const SqlType& from = root->schema[*order[i]].type;
    if (!explicitly_castable(from, wanted.type)) {
      throw SqlError(span, "column '" + wanted.name + "' of '" + sink.name + "' is " + to_string(wanted.type) + ", which " +
                               to_string(from) + " cannot become");
    }
    exprs.push_back(coerce(column_of(*root, *order[i], span), wanted.type));
  }
  return make_project(std::move(root), std::move(exprs), std::move(names), span);
}

const Relation& find_sink(Session& session, const ast::Insert& insert) {
  const Relation* sink = session.catalog.find(insert.sink.text);
  if (sink && sink->kind == ast::RelationKind::Sink) return *sink;
  if (!sink && session.failed_names.contains(fold_case(insert.sink.text))) throw already_reported(insert.sink.span);
  if (sink) throw SqlError(insert.sink.span, "'" + sink->name + "' is no sink", "CREATE SINK, and insert into that");
  std::vector<std::string> sinks;
  for (const Relation* relation : session.catalog.relations()) {
    if (relation->kind == ast::RelationKind::Sink) sinks.push_back(relation->name);
  }
  throw SqlError(insert.sink.span, "unknown sink '" + insert.sink.text + "'" + did_you_mean(insert.sink.text, sinks),
                 sinks.empty() ? "CREATE SINK first" : "");
}

/// A folder of parts only ever grows: what was written cannot be taken back or replaced.
void check_directory_sink(const plan::Query& query, const ast::Emit* emit) {
  if (query.sink.connector != "directory" || !query.streaming) return;
  if (query.mode != abi::EmitMode::Complete && query.root->changes == plan::Changes::Append) return;
  throw SqlError(emit && emit->mode ? emit->mode_span : query.span, "a directory takes EMIT APPEND only: its files are never written again",
                 query.mode == abi::EmitMode::Complete ? "EMIT APPEND, or a file sink, which can hold the last batch only"
                                                       : "EMIT APPEND over windows of event time, or a file sink");
}

/// A view as it stands has no place in a query that never ends.
void check_sources(const plan::Query& query) {
  if (reads_kept_lines(query) && query.root->is_stream) {
    throw SqlError(query.span, "a SELECT reads what was kept of bad or late lines, or streams, not both", "it is read when the streams have ended");
  }
  const auto is_view = [](const plan::Source& source) { return source.view.has_value(); };
  const auto view = std::find_if(query.sources.begin(), query.sources.end(), is_view);
  if (view == query.sources.end() || !query.root->is_stream) return;
  throw SqlError(query.span, "a SELECT reads materialized views as they stand, or streams, not both: '" + view->spec.name +
                                 "' is a materialized view",
                 "a plain VIEW of the same query can be joined with streams and tables");
}

/// The plan of `query`, to a sink if `insert`, else to the console.
plan::Query plan_query(Session& session, const ast::Query& query, const ast::Insert* insert) {
  plan::Query planned;
  planned.span = query.span;
  planned.name = "query " + std::to_string(++session.query_count);
  const Relation* sink = insert ? &find_sink(session, *insert) : nullptr;
  QueryAnalyzer analyzer(session, insert ? QueryAnalyzer::ReadViews::AsQueries : QueryAnalyzer::ReadViews::AsTheyStand);
  planned.root = analyzer.analyze(query, true).node;
  planned.sources = analyzer.take_sources();
  check_sources(planned);
  if (sink) {
    planned.name = sink->name;
    planned.sink = sink->sink;
    planned.root = fit_to_sink(std::move(planned.root), *insert, *sink);
  } else {
    planned.sink = console_sink(session, query.span);
  }
  planned.root = type_nulls(std::move(planned.root));
  apply_emit_rules(session, planned, query.emit ? &*query.emit : nullptr);
  show_changes(session, planned);
  check_output(planned);
  check_directory_sink(planned, query.emit ? &*query.emit : nullptr);
  name_query(session, planned);
  return planned;
}

/// A view that is dropped before anything reads it need not be kept.
void forget_view(Analysis& analysis, int64_t view) {
  const auto reads = [view](const AnalyzedStatement& statement) {
    const auto* query = std::get_if<AnalyzedQuery>(&statement);
    if (!query) return false;
    const std::vector<plan::Source>& sources = query->query.sources;
    return std::any_of(sources.begin(), sources.end(), [view](const plan::Source& source) { return source.view == view; });
  };
  if (std::any_of(analysis.statements.begin(), analysis.statements.end(), reads)) return;
  std::erase_if(analysis.statements, [view](const AnalyzedStatement& statement) {
    const auto* query = std::get_if<AnalyzedQuery>(&statement);
    return query && query->query.view && query->query.view->id == view;
  });
}

constexpr const char* kShellHint = "millrace shell FILE.sql runs a file statement by statement";

/// Analyzes one statement; a query is added to the result.
struct StatementAnalyzer {
  Session& session;
  Analysis& analysis;
  SourceSpan span;

  void operator()(const ast::CreateSource& create) const { create_source(session, create, span); }
  void operator()(const ast::CreateView& create) const {
    if (!create.materialized) return create_view(session, create, span);
    if (!must_create(session, create.name, create.or_replace, create.if_not_exists)) return;
    PlannedView view = plan_materialized_view(session, create, span);
    check_output(view.query);
    name_query(session, view.query);
    session.catalog.add(std::move(view.relation));
    analysis.statements.emplace_back(AnalyzedQuery{std::move(view.query)});
  }
  void operator()(const ast::CreateFunction& create) const { create_function(session, create); }
  void operator()(const ast::Drop& statement) const {
    if (statement.is_function) return drop_function(session, statement);
    const Relation* relation = session.catalog.find(statement.name.text);
    const int64_t view = relation ? relation->view_id : 0;
    drop(session, statement);
    if (view != 0) forget_view(analysis, view);
  }
  void operator()(const ast::Set& statement) const { set(session, statement); }
  void operator()(const ast::Insert& insert) const {
    analysis.statements.emplace_back(AnalyzedQuery{plan_query(session, *insert.query, &insert)});
  }
  void operator()(const ast::SelectStatement& select) const {
    analysis.statements.emplace_back(AnalyzedQuery{plan_query(session, *select.query, nullptr)});
  }
  void operator()(const ast::Explain& explain) const {
    if (explain.analyze) throw not_supported_yet(span, "EXPLAIN ANALYZE");
    const auto* insert = std::get_if<ast::Insert>(&explain.statement->node);
    const auto* select = std::get_if<ast::SelectStatement>(&explain.statement->node);
    const auto* view = std::get_if<ast::CreateView>(&explain.statement->node);
    if (view && view->materialized) {
      analysis.statements.emplace_back(AnalyzedExplain{explain.stage, plan_materialized_view(session, *view, span).query});
      return;
    }
    if (!insert && !select) throw SqlError(explain.statement->span, "EXPLAIN takes a SELECT, an INSERT or a CREATE MATERIALIZED VIEW");
    const ast::Query& query = insert ? *insert->query : *select->query;
    analysis.statements.emplace_back(AnalyzedExplain{explain.stage, plan_query(session, query, insert)});
  }
  void operator()(const ast::Describe& statement) const { analysis.statements.push_back(describe(session, statement)); }
  void operator()(const ast::Show& statement) const { analysis.statements.push_back(show(session, statement, span)); }
  void operator()(const ast::StopQuery&) const {
    throw SqlError(span, "STOP QUERY belongs into the shell: a file's queries run as one job", kShellHint);
  }
  void operator()(const ast::Sleep&) const {
    throw SqlError(span, "SLEEP belongs into the shell: a file's queries run as one job, all at the same time", kShellHint);
  }
};

/// The name that a failed CREATE would have given.
const ast::Identifier* created_name(const ast::Statement& statement) {
  if (const auto* source = std::get_if<ast::CreateSource>(&statement.node)) return &source->name;
  if (const auto* view = std::get_if<ast::CreateView>(&statement.node)) return &view->name;
  return nullptr;
}

}  // namespace

bool Analysis::has_errors() const {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

Analysis analyze(const ast::Script& script, Environment environment) {
  Session session;
  session.environment = std::move(environment);
  return analyze(script, session);
}

Analysis analyze(const ast::Script& script, Session& session) {
  Analysis analysis;
  for (const ast::Statement& statement : script.statements) {
    const ast::Identifier* created = created_name(statement);
    try {
      std::visit(StatementAnalyzer{session, analysis, statement.span}, statement.node);
      if (created) session.failed_names.erase(fold_case(created->text));
    } catch (const SqlError& error) {
      session.views_in_hand.clear();
      session.report(error);
      if (created) session.failed_names.insert(fold_case(created->text));
    }
  }
  mark_kept_lines(session, analysis);
  analysis.diagnostics = std::exchange(session.diagnostics, {});
  analysis.settings = session.environment.settings;
  return analysis;
}

}  // namespace millrace
