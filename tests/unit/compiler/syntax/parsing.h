#pragma once

#include <string>

#include "compiler/base/diagnostic.h"
#include "compiler/syntax/ast_printer.h"
#include "compiler/syntax/parser.h"

/// Short ways to parse in tests.
namespace millrace {

/// The tree of the statements, or the rendered diagnostics when there are any.
inline std::string tree_of(const std::string& sql) {
  const SourceText source("q.sql", sql);
  const ParseResult result = parse_script(source);
  std::string out;
  for (const Diagnostic& diagnostic : result.diagnostics) out += render(source, diagnostic);
  return out.empty() ? print(result.script) : out;
}

/// The tree of a query without the line QUERY and its indentation.
inline std::string query_tree(const std::string& sql) {
  std::string out;
  const std::string tree = tree_of(sql);
  if (tree.rfind("QUERY\n", 0) != 0) return tree;
  for (size_t at = 6; at < tree.size();) {
    const size_t end = tree.find('\n', at);
    out += tree.substr(at + 2, end - at - 1);
    at = end + 1;
  }
  return out;
}

/// The expression as the tree prints it: with quotes.
inline std::string exact(const std::string& expression) {
  const SourceText source("q.sql", "SELECT " + expression);
  const ParseResult result = parse_script(source);
  if (!result.diagnostics.empty()) return render(source, result.diagnostics[0]);
  const auto& query = *std::get<ast::SelectStatement>(result.script.statements.at(0).node).query;
  return to_exact_sql(*std::get<ast::Select>(query.body).items.at(0).expr);
}

/// The name that a column gets from its expression.
inline std::string column_name(const std::string& expression) {
  const SourceText source("q.sql", "SELECT " + expression);
  const ParseResult result = parse_script(source);
  if (!result.diagnostics.empty()) return render(source, result.diagnostics[0]);
  const auto& query = *std::get<ast::SelectStatement>(result.script.statements.at(0).node).query;
  return to_sql(*std::get<ast::Select>(query.body).items.at(0).expr);
}

/// The first diagnostic as `line:column: message [hint]`, or empty.
inline std::string error_of(const std::string& sql) {
  const SourceText source("q.sql", sql);
  const ParseResult result = parse_script(source);
  if (result.diagnostics.empty()) return {};
  const Diagnostic& first = result.diagnostics[0];
  const auto [line, column] = source.position(first.span.begin);
  std::string out = std::to_string(line) + ':' + std::to_string(column) + ": " + first.message;
  return first.hint.empty() ? out : out + " [" + first.hint + ']';
}

}  // namespace millrace
