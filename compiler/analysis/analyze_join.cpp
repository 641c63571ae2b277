#include <algorithm>

#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/join_conditions.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/types/coercion.h"

namespace millrace {

namespace {

/// A join being made: `join.left` is the side that streams, `join.right` the static side that is built first. Columns of
/// `scope` count through both.
struct JoinParts {
  plan::Join join;
  Scope scope;

  uint32_t left_width() const { return static_cast<uint32_t>(join.left->schema.size()); }
};

void add_condition(ExprPtr condition, plan::Join& join) {
  std::vector<ExprPtr> residual;
  for (ExprPtr& conjunct : expr::split_conjuncts(std::move(condition))) {
    if (!take_join_key(*conjunct, join)) residual.push_back(std::move(conjunct));
  }
  join.condition = expr::join_conjuncts(std::move(residual));
}

/// The columns that both sides have by name.
std::vector<ast::Identifier> common_columns(const Scope& left, const Scope& right, SourceSpan span) {
  std::vector<ast::Identifier> common;
  for (const ScopeColumn* column : left.visible()) {
    for (const ScopeColumn* other : right.visible()) {
      if (same_name(column->name, other->name)) common.push_back({column->name, true, span});
    }
  }
  return common;
}

uint32_t resolve_using(const Scope& scope, const ast::Identifier& name, const std::string& side) {
  const auto match = scope.resolve({name});
  if (!match)
    throw SqlError(name.span, "the " + side + " side of the join has no column '" + name.text + "'" +
                                  did_you_mean(name.text, scope.candidates()));
  return match->index;
}

/// USING (c): one column c, the preserved side's, comes first; the other side's copy answers to its qualified name only.
void join_using(const std::vector<ast::Identifier>& names, const Scope& first, const Scope& second, bool swapped,
                JoinParts& parts) {
  Scope merged;
  std::vector<uint32_t> used_first, used_second;
  for (const ast::Identifier& name : names) {
    const uint32_t a = resolve_using(first, name, "left");
    const uint32_t b = resolve_using(second, name, "right");
    used_first.push_back(a);
    used_second.push_back(b);
    const auto column_at = [&](uint32_t index) {
      return index < parts.left_width() ? column_of(*parts.join.left, index, name.span)
                                        : column_of(*parts.join.right, index - parts.left_width(), name.span);
    };
    ExprPtr left = column_at(swapped ? b : a);
    ExprPtr right = column_at(swapped ? a : b);
    const auto type = comparison_type(left->type, right->type);
    if (!type || type->is_nested() || type->is(TypeKind::Decimal)) {
      throw SqlError(name.span, "cannot compare " + to_string(left->type) + " with " + to_string(right->type) +
                                    " in USING (" + name.text + ")");
    }
    parts.join.left_keys.push_back(coerce(std::move(left), *type));
    parts.join.right_keys.push_back(coerce(std::move(right), *type));
    // For an outer join that was turned round, the streaming side is the preserved one.
    const bool shows_second = swapped && parts.join.kind == plan::JoinKind::Left;
    for (const ScopeColumn& column : (shows_second ? second : first).columns) {
      if (column.index == (shows_second ? b : a) && !column.qualified_only) merged.columns.push_back(column);
    }
  }
  const auto add_rest = [&](const Scope& side, const std::vector<uint32_t>& used) {
    for (ScopeColumn column : side.columns) {
      const bool is_used = std::find(used.begin(), used.end(), column.index) != used.end();
      const bool shown = std::any_of(merged.columns.begin(), merged.columns.end(),
                                     [&](const ScopeColumn& c) { return c.index == column.index && !c.qualified_only; });
      if (is_used && shown) continue;
      column.qualified_only = column.qualified_only || is_used;
      merged.columns.push_back(std::move(column));
    }
  };
  add_rest(first, used_first);
  add_rest(second, used_second);
  merged.window = parts.scope.window;
  parts.scope = std::move(merged);
}

void refuse_unbuilt(const ast::Join& join) {
  switch (join.kind) {
    case ast::JoinKind::Full:
      throw not_supported_yet(join.kind_span, "FULL JOIN");
    case ast::JoinKind::LeftSemi:
      throw not_supported_yet(join.kind_span, "LEFT SEMI JOIN");
    case ast::JoinKind::LeftAnti:
      throw not_supported_yet(join.kind_span, "LEFT ANTI JOIN");
    default:
      return;
  }
}

/// Whether the sides change places, so that the static one is built and the streaming one probes.
bool turns_round(const ast::Join& join, const plan::Node& left, const plan::Node& right) {
  const bool outer_right = join.kind == ast::JoinKind::Right;
  if (left.is_stream && right.is_stream) throw not_supported_yet(join.kind_span, "joins of two streams");
  if (join.kind == ast::JoinKind::Left && right.is_stream) {
    throw SqlError(join.kind_span,
                   "LEFT JOIN would have to keep rows of a table that the stream might still match, and it never ends",
                   "put the stream on the left");
  }
  if (outer_right && left.is_stream) {
    throw SqlError(join.kind_span,
                   "RIGHT JOIN would have to keep rows of a table that the stream might still match, and it never ends",
                   "use LEFT JOIN, or put the stream on the right");
  }
  return outer_right || right.is_stream;
}

void check_static(const ast::Join& join, const plan::Node& right) {
  if (!join.is_static || !right.is_stream) return;
  throw SqlError(join.right->span, "JOIN STATIC asserts a table, but this is a stream");
}

void shift(Scope& scope, uint32_t by) {
  for (ScopeColumn& column : scope.columns) column.index += by;
  if (scope.window) scope.window = WindowColumns{scope.window->start + by, scope.window->end + by};
}

}  // namespace

BoundRelation QueryAnalyzer::analyze_join(const ast::Join& join, SourceSpan span) {
  refuse_unbuilt(join);
  BoundRelation first = analyze_relation(*join.left);
  BoundRelation second = analyze_relation(*join.right);
  check_static(join, *second.node);
  const bool swapped = turns_round(join, *first.node, *second.node);
  JoinParts parts;
  const bool outer = join.kind == ast::JoinKind::Left || join.kind == ast::JoinKind::Right;
  parts.join.kind = outer ? plan::JoinKind::Left : plan::JoinKind::Inner;
  parts.join.left = std::move(swapped ? second.node : first.node);
  parts.join.right = std::move(swapped ? first.node : second.node);
  shift(swapped ? first.scope : second.scope, parts.left_width());
  parts.scope.columns = first.scope.columns;
  parts.scope.columns.insert(parts.scope.columns.end(), second.scope.columns.begin(), second.scope.columns.end());
  parts.scope.window = first.scope.window ? first.scope.window : second.scope.window;
  const auto names = join.natural ? common_columns(first.scope, second.scope, join.kind_span) : join.using_columns;
  if (!names.empty()) join_using(names, first.scope, second.scope, swapped, parts);
  if (join.on) {
    BoundRelation both;
    both.scope = parts.scope;
    both.node = std::make_unique<plan::Node>();
    both.node->schema = parts.join.left->schema;
    both.node->schema.insert(both.node->schema.end(), parts.join.right->schema.begin(), parts.join.right->schema.end());
    ExprBinder binder(session_, both, "ON");
    add_condition(to_boolean(binder.bind(*join.on), "the condition of ON"), parts.join);
  } else if (names.empty() && join.kind != ast::JoinKind::Cross && !join.natural && outer) {
    throw SqlError(join.kind_span, "an outer join needs ON or USING");
  }
  plan::Join& made = parts.join;
  if (!outer && made.left_keys.empty() && !made.condition) made.kind = plan::JoinKind::Cross;
  return {make_join(std::move(made), span), std::move(parts.scope)};
}

}  // namespace millrace
