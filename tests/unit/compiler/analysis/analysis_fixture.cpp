#include "tests/unit/compiler/analysis/analysis_fixture.h"

#include <catch2/catch.hpp>

#include "compiler/expr/expr_printer.h"
#include "compiler/plan/plan_printer.h"
#include "compiler/plan/plan_verifier.h"

namespace millrace {

namespace {

using abi::ConnectorSpec;
using abi::OptionKind;
using abi::OptionSpec;

constexpr OptionSpec kSocketOptions[] = {
    {.name = "host", .default_value = "127.0.0.1"},
    {.name = "port", .kind = OptionKind::Integer, .required = true, .min = 1, .max = 65535},
    {.name = "connect_timeout", .kind = OptionKind::Duration, .default_value = "10 seconds"},
    {.name = "listen", .kind = OptionKind::Boolean, .default_value = "false"},
};
constexpr ConnectorSpec kSocket{.name = "socket", .source = true, .options = kSocketOptions};
constexpr std::string_view kModes[] = {"overwrite", "append"};
constexpr OptionSpec kFileOptions[] = {{.name = "path", .kind = OptionKind::Path, .required = true},
                                       {.name = "mode", .default_value = "overwrite", .choices = kModes}};
constexpr ConnectorSpec kFile{.name = "file", .source = true, .sink = true, .bounded = true, .options = kFileOptions};
constexpr ConnectorSpec kKafka{.name = "kafka", .source = true, .supported = false};
constexpr OptionSpec kConsoleOptions[] = {{.name = "truncate", .default_value = "20"}};
constexpr ConnectorSpec kConsole{.name = "console", .sink = true, .options = kConsoleOptions};
constexpr OptionSpec kCsvOptions[] = {{.name = "header", .kind = OptionKind::Boolean, .default_value = "false"},
                                      {.name = "delimiter", .kind = OptionKind::Character, .default_value = ","}};
constexpr ConnectorSpec kJson{.name = "json"};
constexpr ConnectorSpec kCsv{.name = "csv", .options = kCsvOptions};
constexpr ConnectorSpec kText{.name = "text"};
constexpr ConnectorSpec kTable{.name = "table"};
constexpr const ConnectorSpec* kSources[] = {&kSocket, &kFile, &kKafka};
constexpr const ConnectorSpec* kSinks[] = {&kConsole, &kFile};
constexpr const ConnectorSpec* kInputFormats[] = {&kJson, &kCsv, &kText};
constexpr const ConnectorSpec* kOutputFormats[] = {&kTable, &kJson, &kCsv};

Schema infer(const abi::SourceSpec&) {
  return {{"User", TypeKind::String, true}, {"FirstName", TypeKind::String, true}, {"age", TypeKind::Int, true}};
}

const std::string kDeclarations =
    "CREATE STREAM iot (c BIGINT, i INT, s STRING, gt STRING, x DOUBLE, b BOOLEAN, d DATE, "
    "t AS CAST(c AS TIMESTAMP), WATERMARK FOR t AS t - INTERVAL '10 seconds') WITH (connector = 'socket', port = 9999);\n"
    "CREATE STREAM plain (i INT, s STRING, t TIMESTAMP) WITH (connector = 'socket', port = 9998);\n"
    "CREATE TABLE users WITH (path = 'users.csv');\n";

const plan::Query& last_query(const Analysis& analysis) {
  REQUIRE_FALSE(analysis.statements.empty());
  const auto* analyzed = std::get_if<AnalyzedQuery>(&analysis.statements.back());
  REQUIRE(analyzed != nullptr);
  return analyzed->query;
}

std::string without_schemas(const std::string& printed) {
  std::string kept;
  size_t begin = 0;
  while (begin < printed.size()) {
    const size_t end = std::min(printed.find('\n', begin), printed.size());
    std::string line = printed.substr(begin, end - begin);
    begin = end + 1;
    if (const size_t arrow = line.find(" -> ("); arrow != std::string::npos) {
      const size_t marks = line.find(") [", arrow);
      line = line.substr(0, arrow) + (marks == std::string::npos ? "" : line.substr(marks + 1));
    }
    kept += (kept.empty() ? "" : "\n") + line;
  }
  return kept;
}

}  // namespace

std::vector<std::string> Analyzed::errors() const {
  std::vector<std::string> all;
  for (const Diagnostic& d : parsed.diagnostics) all.push_back("syntax: " + d.message);
  for (const Diagnostic& d : analysis.diagnostics) {
    if (d.severity != Severity::Error) continue;
    all.push_back(std::to_string(source->position(d.span.begin).column) + ":" + d.message);
  }
  return all;
}

const plan::Query& Analyzed::query() const {
  CHECK(errors() == std::vector<std::string>{});
  return last_query(analysis);
}

std::string Analyzed::plan() const {
  plan::verify(query());
  return without_schemas(plan::print(query()));
}

Analyzed analyze_text(const std::string& sql) {
  Analyzed result;
  result.source = std::make_unique<SourceText>("test.sql", sql);
  result.parsed = parse_script(*result.source);
  Environment environment{kSources, kSinks, kInputFormats, kOutputFormats, "/base", infer, {}, {}, {}};
  result.analysis = analyze(result.parsed.script, std::move(environment));
  return result;
}

Analyzed analyze_query(const std::string& sql) { return analyze_text(kDeclarations + sql); }

std::vector<std::string> bound(const std::string& list) {
  const Analyzed analyzed = analyze_query("SELECT " + list + " FROM iot");
  const plan::Query& query = analyzed.query();
  plan::verify(query);
  std::vector<std::string> texts;
  for (const auto& e : std::get<plan::Project>(query.root->op).exprs) texts.push_back(expr::to_string(*e));
  return texts;
}

std::vector<std::string> types(const std::string& list) {
  const Analyzed analyzed = analyze_query("SELECT " + list + " FROM iot");
  std::vector<std::string> all;
  for (const Column& column : analyzed.query().root->schema)
    all.push_back(to_string(column.type) + (column.nullable ? "" : "!"));
  return all;
}

std::string names_of(const std::string& sql) {
  std::string names;
  const Analyzed analyzed = analyze_query(sql);
  for (const Column& column : analyzed.query().root->schema) names += (names.empty() ? "" : " ") + column.name;
  return names;
}

std::string error_of(const std::string& sql) {
  const Analyzed analyzed = analyze_query(sql);
  for (const Diagnostic& d : analyzed.parsed.diagnostics) return "syntax: " + d.message;
  for (const Diagnostic& d : analyzed.analysis.diagnostics) {
    if (d.severity == Severity::Error) return d.message + (d.hint.empty() ? "" : " | " + d.hint);
  }
  return "no error";
}

}  // namespace millrace
