#include <algorithm>

#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/analysis/window_call.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

/// The arguments of TUMBLE and HOP by meaning, whether they were named or not.
struct WindowArguments {
  const ast::FunctionArgument* data = nullptr;
  const ast::FunctionArgument* time = nullptr;
  const ast::Expr* slide = nullptr;
  const ast::Expr* size = nullptr;
  const ast::Expr* offset = nullptr;
};

const ast::Expr& expression_of(const ast::FunctionArgument& argument) {
  const auto* e = std::get_if<ast::ExprPtr>(&argument.value);
  if (!e) throw SqlError(argument.span, "a duration is wanted here", "such as INTERVAL '5' SECOND");
  return **e;
}

void assign(WindowArguments& to, const std::string& role, const ast::FunctionArgument& argument) {
  if (role == "data") {
    to.data = &argument;
  } else if (role == "timecol") {
    to.time = &argument;
  } else if (role == "slide") {
    to.slide = &expression_of(argument);
  } else if (role == "size") {
    to.size = &expression_of(argument);
  } else if (role == "offset") {
    to.offset = &expression_of(argument);
  } else {
    throw SqlError(argument.name->span,
                   "unknown argument '" + role + "'" + did_you_mean(role, {"data", "timecol", "slide", "size", "offset"}));
  }
}

WindowArguments sort_arguments(const ast::TableFunction& function, bool hop, SourceSpan span) {
  const std::vector<std::string> roles = hop ? std::vector<std::string>{"data", "timecol", "slide", "size", "offset"}
                                             : std::vector<std::string>{"data", "timecol", "size", "offset"};
  const std::string usage = hop ? "HOP(TABLE s, DESCRIPTOR(ts), slide, size) or HOP(s, ts, slide, size)"
                                : "TUMBLE(TABLE s, DESCRIPTOR(ts), size) or TUMBLE(s, ts, size)";
  WindowArguments sorted;
  for (size_t i = 0; i < function.arguments.size(); ++i) {
    const ast::FunctionArgument& argument = function.arguments[i];
    if (!argument.name && i >= roles.size()) throw SqlError(argument.span, "one argument too many", usage);
    assign(sorted, argument.name ? fold_case(argument.name->text) : roles[i], argument);
  }
  if (!sorted.data || !sorted.time || !sorted.size || (hop && !sorted.slide)) {
    throw SqlError(span, fold_case(function.name.text) + " lacks an argument", usage);
  }
  return sorted;
}

/// The column that DESCRIPTOR(ts) or a plain name means.
ast::Name time_name(const ast::FunctionArgument& argument) {
  if (const auto* name = std::get_if<ast::Identifier>(&argument.value)) return {*name};
  const auto* e = std::get_if<ast::ExprPtr>(&argument.value);
  const auto* column = e ? std::get_if<ast::ColumnName>(&(*e)->node) : nullptr;
  if (!column) throw SqlError(argument.span, "the name of the time column is wanted here", "DESCRIPTOR(ts)");
  return column->parts;
}

}  // namespace

BoundRelation QueryAnalyzer::relation_argument(const ast::FunctionArgument& argument) {
  if (const auto* relation = std::get_if<ast::RelationPtr>(&argument.value)) return analyze_relation(**relation);
  const auto* e = std::get_if<ast::ExprPtr>(&argument.value);
  const auto* column = e ? std::get_if<ast::ColumnName>(&(*e)->node) : nullptr;
  const auto* query = e ? std::get_if<ast::ScalarQuery>(&(*e)->node) : nullptr;
  if (query) return analyze(*query->query, false);
  if (!column) throw SqlError(argument.span, "the name of a stream, table or view is wanted here");
  BoundRelation bound = analyze_table_name({column->parts});
  apply_alias(bound, {}, column->parts.back().text);
  return bound;
}

BoundRelation QueryAnalyzer::analyze_table_function(const ast::TableFunction& function, SourceSpan span) {
  const std::string name = fold_case(function.name.text);
  if (name == "session" || name == "cumulate") {
    throw not_supported_yet(function.name.span, name == "session" ? "session windows" : "cumulating windows");
  }
  if (name == "range") return analyze_range(function, span);
  const bool hop = name == "hop";
  if (!hop && name != "tumble") {
    throw SqlError(function.name.span,
                   "unknown table function '" + name + "'" + did_you_mean(name, {"tumble", "hop", "session", "cumulate"}));
  }
  const WindowArguments arguments = sort_arguments(function, hop, span);
  BoundRelation bound = relation_argument(*arguments.data);
  const plan::WindowSpec window = checked_window(*arguments.size, arguments.slide, arguments.offset);
  const ast::Name time = time_name(*arguments.time);
  const auto match = bound.scope.resolve(time);
  if (!match) {
    throw SqlError(span_of(time),
                   "unknown column '" + to_text(time) + "'" + did_you_mean(time.back().text, bound.scope.candidates()));
  }
  expr::ExprPtr column = column_of(*bound.node, match->index, span_of(time));
  if (!column->type.is(TypeKind::Timestamp)) {
    throw SqlError(span_of(time), "the time of a window must be TIMESTAMP, not " + to_string(column->type));
  }
  if (bound.scope.window) throw SqlError(span, "the rows have a window already");
  const auto start = static_cast<uint32_t>(bound.node->schema.size());
  const std::string qualifier = bound.scope.columns.empty() ? "" : bound.scope.columns.front().qualifier;
  bound.node = make_window_assign(std::move(bound.node), std::move(column), window, span);
  bound.scope.columns.push_back({qualifier, "window_start", start, false});
  bound.scope.columns.push_back({qualifier, "window_end", start + 1, false});
  bound.scope.window = WindowColumns{start, start + 1};
  return bound;
}

}  // namespace millrace
