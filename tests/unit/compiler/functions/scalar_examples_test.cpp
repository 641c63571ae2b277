#include <catch2/catch.hpp>
#include <string>

#include "compiler/analysis/analyzer.h"
#include "compiler/functions/function_catalog.h"
#include "compiler/syntax/parser.h"
#include "tests/reference/reference_plan.h"

using namespace millrace;

namespace {

/// A bare SELECT goes to the console: the analyzer must know of one.
Environment with_console() {
  static constexpr abi::ConnectorSpec console{.name = "console", .sink = true};
  static constexpr abi::ConnectorSpec table{.name = "table", .sink = true};
  static constexpr const abi::ConnectorSpec* sinks[] = {&console};
  static constexpr const abi::ConnectorSpec* formats[] = {&table};
  Environment environment;
  environment.sinks = sinks;
  environment.output_formats = formats;
  return environment;
}

const std::string kOutOfReach = "more arguments than the oracle can pass";

/// What a SELECT of one value prints, or the messages that it gives instead.
std::string run(const std::string& sql, abi::PipelineContext* context) {
  const SourceText source("example.sql", sql);
  const ParseResult parsed = parse_script(source);
  if (!parsed.diagnostics.empty()) return "does not parse: " + parsed.diagnostics.front().message;
  const Analysis analysis = analyze(parsed.script, with_console());
  if (analysis.has_errors()) return "error: " + analysis.diagnostics.front().message;
  const auto& query = std::get<AnalyzedQuery>(analysis.statements.front()).query;
  try {
    const reference::Rows rows = reference::evaluate(query, {}, context);
    const expr::Value& value = rows.at(0).at(0);
    return value.is_null() ? "NULL" : std::get<std::string>(value.data);
  } catch (const reference::OutOfReach&) {
    return kOutOfReach;
  }
}

}  // namespace

TEST_CASE("every scalar function does what its example says") {
  abi::PipelineContext context{};
  context.batch_time_us = 1'584'786'731'485'000;
  for (const ScalarFunction& function : scalar_functions()) {
    if (function.name.starts_with("__")) continue;
    const size_t arrow = function.example.find(" -> ");  // what is printed of a map has more of them
    const std::string expression(function.example.substr(0, arrow));
    INFO(function.name << ": " << function.example);
    const std::string printed = run("SELECT CAST(" + expression + " AS STRING)", &context);
    if (printed == kOutOfReach && function.parameters.size() > 4) continue;
    CHECK(printed == function.example.substr(arrow + 4));
  }
}
