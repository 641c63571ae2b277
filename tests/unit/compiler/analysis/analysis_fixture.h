#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/analysis/analyzer.h"
#include "compiler/base/source_text.h"
#include "compiler/syntax/parser.h"

namespace millrace {

/// A script that was parsed and analyzed against a small environment: connectors socket, file, stdin, kafka (unsupported)
/// and console, formats json, csv, text and table. Tables without columns show (User STRING, FirstName STRING, age INT).
struct Analyzed {
  std::unique_ptr<SourceText> source;
  ParseResult parsed;
  Analysis analysis;

  /// The only query's plan, without its last line break. Fails when there are errors.
  std::string plan() const;
  const plan::Query& query() const;
  /// `column:message` of each error, in order; warnings and notes are left out.
  std::vector<std::string> errors() const;
};

Analyzed analyze_text(const std::string& sql);
/// As analyze_text, with the stream iot and the table users declared before: see the definition.
Analyzed analyze_query(const std::string& sql);

/// The expressions of `SELECT <list> FROM iot` as the plan prints them.
std::vector<std::string> bound(const std::string& list);
/// The types of its output columns.
std::vector<std::string> types(const std::string& list);
/// The names of the output columns of `sql`, with a space between them.
std::string names_of(const std::string& sql);
/// The one error of `sql` after the fixture's declarations: `message`, or `message | hint`.
std::string error_of(const std::string& sql);

}  // namespace millrace
