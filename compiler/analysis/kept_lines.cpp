#include "compiler/analysis/kept_lines.h"

#include <algorithm>

#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

constexpr std::string_view kErrors = "$errors";
constexpr std::string_view kLate = "$late";
/// Bytes of a record that tells of a bad line: the line's own, perhaps each as an escape.
constexpr int64_t kLongestLetter = int64_t{1} << 30;

bool ends_with_name(const std::string& name, std::string_view suffix) { return name.size() > suffix.size() && fold_case(name).ends_with(suffix); }

/// `query 2` has to be spelled query_2, as the shell does.
std::string plain_name(std::string name) {
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

bool reads_lines(const Relation& relation) {
  return relation.kind == ast::RelationKind::Stream || relation.kind == ast::RelationKind::Table;
}

Relation kept_table(std::string name, SourceSpan span) {
  Relation table;
  table.kind = ast::RelationKind::Table;
  table.name = std::move(name);
  table.span = span;
  table.source.name = table.name;
  table.source.connector = abi::kKeptLinesConnector;
  table.source.is_table = true;
  table.source.bounded = true;
  return table;
}

Relation errors_of(Session& session, const std::string& name, SourceSpan span) {
  const std::string of = name.substr(0, name.size() - kErrors.size());
  const Relation* read = session.catalog.find(of);
  if (read == nullptr && session.failed_names.contains(fold_case(of))) throw already_reported(span);
  if (read == nullptr || !reads_lines(*read)) {
    std::vector<std::string> known;
    for (const Relation* relation : session.catalog.relations()) {
      if (reads_lines(*relation)) known.push_back(relation->name + std::string(kErrors));
    }
    throw SqlError(span, "'" + name + "' would be the lines of '" + of + "' that cannot be decoded, but there is no such stream or table" + did_you_mean(name, known));
  }
  session.kept_errors.insert(fold_case(read->name));
  Relation table = kept_table(read->source.name + std::string(kErrors), span);
  table.source.options["max_line"] = std::to_string(kLongestLetter);
  table.columns = {{"source", TypeKind::String}, {"origin", TypeKind::String}, {"line", TypeKind::BigInt},
                   {"reason", TypeKind::String}, {"text", TypeKind::String},   {"bytes", TypeKind::String}};
  return table;
}

const NamedQuery& find_query(const Session& session, const std::string& name, const std::string& of, SourceSpan span) {
  const auto found = session.named_queries.find(fold_case(of));
  if (found == session.named_queries.end()) {
    std::vector<std::string> known;
    for (const auto& [folded, query] : session.named_queries) known.push_back(query.name + std::string(kLate));
    const std::string near = did_you_mean(name, known);
    throw SqlError(span, "'" + name + "' would be the late rows of the query '" + of + "', but there is none before this one" + near,
                   near.empty() ? "a query has the name of its sink or materialized view" : "");
  }
  return found->second;
}

/// Of streams that differ in their columns: the lines as they came.
Relation late_lines_of(Session& session, const NamedQuery& query, SourceSpan span) {
  session.kept_late.insert(fold_case(query.name));
  Relation table = kept_table(query.name + std::string(kLate), span);
  table.columns = {{"watermark", TypeKind::Timestamp}, {"source", TypeKind::String}, {"text", TypeKind::String}};
  table.source.options["watermark"] = "watermark";
  return table;
}

/// The stream's own columns, decoded anew from the lines, behind the watermark that the row had missed.
Relation late_rows_of(Session& session, const std::string& name, SourceSpan span) {
  const std::string of = name.substr(0, name.size() - kLate.size());
  const NamedQuery& query = find_query(session, name, of, span);
  if (query.streams.empty()) throw SqlError(span, "'" + query.name + "' reads no stream, so no row of it is ever late");
  if (std::any_of(query.streams.begin(), query.streams.end(), [&](const std::string& stream) { return !same_name(stream, query.streams.front()); })) {
    return late_lines_of(session, query, span);
  }
  const Relation* stream = session.catalog.find(query.streams.front());
  if (stream == nullptr) throw SqlError(span, "stream '" + query.streams.front() + "' of query '" + query.name + "' is gone");
  session.kept_late.insert(fold_case(query.name));
  Relation table = kept_table(query.name + std::string(kLate), span);
  const auto is_taken = [&](std::string_view column) {
    const auto same = [&](const auto& other) { return same_name(other, column); };
    for (const Column& other : stream->columns) {
      if (same(other.name)) return true;
    }
    return std::any_of(stream->computed.begin(), stream->computed.end(), [&](const ComputedColumn& other) { return same(other.name.text); });
  };
  const std::string watermark = is_taken("watermark") ? "query_watermark" : "watermark";
  table.columns = stream->columns;
  table.columns.insert(table.columns.begin(), {watermark, TypeKind::Timestamp});
  table.computed = stream->computed;
  for (ComputedColumn& column : table.computed) ++column.position;
  // Lines of text become records, as there is no place in them for the watermark.
  table.source.format = stream->source.format == abi::Format::Text ? abi::Format::Json : stream->source.format;
  for (const char* option : {"delimiter", "quote", "escape", "null_value", "strict"}) {
    const auto stated = stream->source.options.find(option);
    if (stated != stream->source.options.end()) table.source.options.insert(*stated);
  }
  table.source.options["watermark"] = watermark;
  if (stream->source.format == abi::Format::Text && !stream->columns.empty()) table.source.options["text_column"] = stream->columns.front().name;
  return table;
}

}  // namespace

std::optional<Relation> kept_lines_table(Session& session, const std::string& name, SourceSpan span) {
  if (ends_with_name(name, kErrors)) return errors_of(session, name, span);
  if (ends_with_name(name, kLate)) return late_rows_of(session, name, span);
  return std::nullopt;
}

void name_query(Session& session, const plan::Query& query) {
  NamedQuery named{plain_name(query.name), {}};
  for (const plan::Source& source : query.sources) {
    if (!source.view && !source.spec.is_table) named.streams.push_back(source.spec.name);
  }
  session.named_queries[fold_case(named.name)] = named;
}

bool reads_kept_lines(const plan::Query& query) {
  return std::any_of(query.sources.begin(), query.sources.end(),
                     [](const plan::Source& source) { return source.spec.connector == abi::kKeptLinesConnector; });
}

void mark_kept_lines(const Session& session, Analysis& analysis) {
  const bool keeps_all = session.environment.keeps_all_lines;
  if (!keeps_all && session.kept_errors.empty() && session.kept_late.empty()) return;
  for (AnalyzedStatement& statement : analysis.statements) {
    auto* analyzed = std::get_if<AnalyzedQuery>(&statement);
    if (analyzed == nullptr) continue;
    plan::Query& query = analyzed->query;
    const std::string name = plain_name(query.name);
    if (query.streaming && (keeps_all || session.kept_late.contains(fold_case(name)))) query.late_table = name + std::string(kLate);
    for (plan::Source& source : query.sources) {
      const bool is_file = !source.view && source.spec.connector != abi::kKeptLinesConnector;
      if (is_file && (keeps_all || session.kept_errors.contains(fold_case(source.spec.name)))) source.spec.options["keep_errors"] = "true";
    }
  }
}

}  // namespace millrace
