#include <algorithm>

#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/analysis/window_call.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

/// A window function of FROM: the meaning of its arguments by position, and how to call it.
struct WindowFunction {
  std::string_view name;
  std::vector<std::string> roles;
  std::string usage;
};

const std::vector<WindowFunction>& window_functions() {
  static const std::vector<WindowFunction> known{
      {"tumble", {"data", "timecol", "size", "offset"}, "TUMBLE(TABLE s, DESCRIPTOR(ts), size) or TUMBLE(s, ts, size)"},
      {"hop", {"data", "timecol", "slide", "size", "offset"}, "HOP(TABLE s, DESCRIPTOR(ts), slide, size) or HOP(s, ts, slide, size)"},
      {"cumulate", {"data", "timecol", "step", "size", "offset"}, "CUMULATE(TABLE s, DESCRIPTOR(ts), step, size)"},
      {"session", {"data", "timecol", "gap"}, "SESSION(TABLE s, DESCRIPTOR(ts), gap)"},
  };
  return known;
}

/// The arguments of a window function by meaning, whether they were named or not; what the function does not take is null.
struct WindowArguments {
  const ast::FunctionArgument* data = nullptr;
  const ast::FunctionArgument* time = nullptr;
  const ast::Expr* slide = nullptr;  ///< of CUMULATE: the step
  const ast::Expr* size = nullptr;   ///< of SESSION: the gap
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
  } else if (role == "slide" || role == "step") {
    to.slide = &expression_of(argument);
  } else if (role == "offset") {
    to.offset = &expression_of(argument);
  } else {
    to.size = &expression_of(argument);
  }
}

WindowArguments sort_arguments(const ast::TableFunction& call, const WindowFunction& function, SourceSpan span) {
  const std::vector<std::string>& roles = function.roles;
  WindowArguments sorted;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const ast::FunctionArgument& argument = call.arguments[i];
    if (!argument.name && i >= roles.size()) throw SqlError(argument.span, "one argument too many", function.usage);
    const std::string role = argument.name ? fold_case(argument.name->text) : roles[i];
    if (std::find(roles.begin(), roles.end(), role) == roles.end()) {
      throw SqlError(argument.name->span, "unknown argument '" + role + "'" + did_you_mean(role, roles), function.usage);
    }
    assign(sorted, role, argument);
  }
  const bool wants_slide = roles[2] == "slide" || roles[2] == "step";
  if (!sorted.data || !sorted.time || !sorted.size || (wants_slide && !sorted.slide)) {
    throw SqlError(span, std::string(function.name) + " lacks an argument", function.usage);
  }
  return sorted;
}

plan::WindowSpec window_of(const WindowFunction& function, const WindowArguments& arguments) {
  if (function.name == "session") return checked_session(*arguments.size);
  if (function.name == "cumulate") return checked_cumulation(*arguments.slide, *arguments.size, arguments.offset);
  return checked_window(*arguments.size, arguments.slide, arguments.offset);
}

/// The column that DESCRIPTOR(ts) or a plain name means.
ast::Name time_name(const ast::FunctionArgument& argument) {
  if (const auto* name = std::get_if<ast::Identifier>(&argument.value)) return {*name};
  const auto* e = std::get_if<ast::ExprPtr>(&argument.value);
  const auto* column = e ? std::get_if<ast::ColumnName>(&(*e)->node) : nullptr;
  if (!column) throw SqlError(argument.span, "the name of the time column is wanted here", "DESCRIPTOR(ts)");
  return column->parts;
}

/// The columns of `TABLE s PARTITION BY k`.
std::vector<uint32_t> partition_of(const ast::FunctionArgument& data, plan::WindowKind kind, const Scope& scope) {
  std::vector<uint32_t> columns;
  for (const ast::Identifier& name : data.partition) {
    if (kind != plan::WindowKind::Session) {
      throw SqlError(name.span, "PARTITION BY is for SESSION: other windows are the same for all rows", "GROUP BY " + name.text);
    }
    const auto match = scope.resolve({name});
    if (!match) throw SqlError(name.span, "unknown column '" + name.text + "'" + did_you_mean(name.text, scope.candidates()));
    columns.push_back(match->index);
  }
  return columns;
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
  if (name == "range") return analyze_range(function, span);
  const auto& known = window_functions();
  const auto found = std::find_if(known.begin(), known.end(), [&](const WindowFunction& f) { return f.name == name; });
  if (found == known.end()) {
    throw SqlError(function.name.span,
                   "unknown table function '" + name + "'" + did_you_mean(name, {"tumble", "hop", "session", "cumulate"}));
  }
  const WindowArguments arguments = sort_arguments(function, *found, span);
  BoundRelation bound = relation_argument(*arguments.data);
  const plan::WindowSpec window = window_of(*found, arguments);
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
  const std::vector<uint32_t> partition = partition_of(*arguments.data, window.kind, bound.scope);
  const auto start = static_cast<uint32_t>(bound.node->schema.size());
  const std::string qualifier = bound.scope.columns.empty() ? "" : bound.scope.columns.front().qualifier;
  bound.node = make_window_assign(std::move(bound.node), std::move(column), window, span);
  bound.scope.columns.push_back({qualifier, "window_start", start, false});
  bound.scope.columns.push_back({qualifier, "window_end", start + 1, false});
  bound.scope.window = WindowColumns{start, start + 1, window.kind, partition};
  return bound;
}

}  // namespace millrace
