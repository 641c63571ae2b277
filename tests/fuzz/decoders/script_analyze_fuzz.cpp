#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "compiler/analysis/analyzer.h"
#include "compiler/base/diagnostic.h"
#include "compiler/base/sql_error.h"
#include "compiler/optimizer/optimizer.h"
#include "compiler/pipeline/pipeline.h"
#include "compiler/plan/plan_printer.h"
#include "compiler/plan/plan_verifier.h"
#include "compiler/syntax/ast_printer.h"
#include "compiler/syntax/parser.h"
#include "runtime/connectors/connector_specs.h"
#include "runtime/formats/registry.h"
#include "runtime/formats/utf8_check.h"
#include "runtime/time/time_zone.h"

namespace {

using namespace millrace;

/// Longer ones say no more, and take a parser of any grammar's time.
constexpr size_t kMostBytes = 4096;

Schema infer(const abi::SourceSpec&) { return {{"k", TypeKind::String}, {"n", TypeKind::BigInt}, {"x", TypeKind::Double}}; }

Environment make_environment() {
  Environment all;
  all.sources = source_connectors();
  all.sinks = sink_connectors();
  all.input_formats = input_formats();
  all.output_formats = output_formats();
  all.base_directory = "/base";
  all.infer_schema = infer;
  all.knows_time_zone = [](const std::string& name) { return find_time_zone(name) != nullptr; };
  return all;
}

/// What inputs may name, so that short ones say much.
constexpr const char* kDeclarations =
    "CREATE STREAM s (k STRING, n BIGINT, x DOUBLE, b BOOLEAN, d DECIMAL(10,2), a ARRAY<INT>, m MAP<STRING, INT>, r STRUCT<a: INT, b: STRING>, t TIMESTAMP, "
    "WATERMARK FOR t AS t - INTERVAL '10 seconds') WITH (connector = 'file', path = 's.json');\n"
    "CREATE STREAM z (k STRING, n INT, t TIMESTAMP, WATERMARK FOR t) WITH (connector = 'stdin');\n"
    "CREATE TABLE u WITH (path = 'u.csv');\n"
    "CREATE VIEW v AS SELECT k, n + 1 AS n, t FROM z WHERE n > 0;\n"
    "CREATE MATERIALIZED VIEW w AS SELECT k, count(*) AS n, max(x) AS x FROM s GROUP BY k;\n"
    "CREATE SINK o (k STRING, n BIGINT) WITH (connector = 'file', path = 'o.csv');\n";

/// The session that the declarations lead to.
const Session& declared_session() {
  static const SourceText source("declarations.sql", kDeclarations);
  static const ParseResult parsed = parse_script(source);
  static const Session session = [] {
    Session made;
    made.environment = make_environment();
    if (!parsed.diagnostics.empty() || analyze(parsed.script, made).has_errors()) std::abort();
    return made;
  }();
  return session;
}

Session copy_of(const Session& session) {
  Session copy;
  copy.environment = session.environment;
  for (const Relation* relation : session.catalog.relations()) copy.catalog.add(*relation);
  copy.query_count = session.query_count;
  copy.view_count = session.view_count;
  return copy;
}

void plan_query(plan::Query query, const SourceText& source) {
  try {
    (void)plan::print(query);
    query = optimize(std::move(query));
    plan::verify(query);
    (void)pipeline::print(pipeline::build_pipelines(query));
  } catch (const SqlError& error) {
    (void)render(source, {Severity::Error, error.span, error.message, error.hint});
  }
}

}  // namespace

/// Any text is either refused, with places that lie in it, or planned up to the generation of code.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  if (size > kMostBytes || !is_utf8(text) || text.find('\0') != std::string::npos) return 0;
  const SourceText source("input.sql", std::move(text));
  const ParseResult parsed = parse_script(source);
  (void)ast::print(parsed.script);
  for (const Diagnostic& diagnostic : parsed.diagnostics) (void)render(source, diagnostic);
  Session session = copy_of(declared_session());
  Analysis analysis = analyze(parsed.script, session);
  for (const Diagnostic& diagnostic : analysis.diagnostics) (void)render(source, diagnostic);
  if (!parsed.diagnostics.empty() || analysis.has_errors()) return 0;
  for (AnalyzedStatement& statement : analysis.statements) {
    if (auto* query = std::get_if<AnalyzedQuery>(&statement)) plan_query(std::move(query->query), source);
  }
  return 0;
}
