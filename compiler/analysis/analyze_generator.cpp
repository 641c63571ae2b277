#include "compiler/analysis/expr_binder.h"
#include "compiler/analysis/generator_call.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/analysis/select_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/plan/plan_nullability.h"

namespace millrace {

namespace {

/// Puts the generated columns onto the rows of `input`, under one qualifier.
BoundRelation add_generated(BoundRelation input, plan::Generate generate, const std::string& qualifier,
                            const std::vector<std::string>& names, SourceSpan span) {
  auto next = static_cast<uint32_t>(input.node->schema.size());
  generate.input = std::move(input.node);
  input.node = make_generate(std::move(generate), span);
  for (const std::string& name : names) {
    input.node->schema[next].name = name;
    input.scope.columns.push_back({qualifier, name, next++, false});
  }
  return input;
}

GeneratorCall generator_of(const ast::TableFunction& function, SourceSpan span) {
  GeneratorCall call{fold_case(function.name.text), {}, span};
  for (const ast::FunctionArgument& argument : function.arguments) {
    const auto* e = std::get_if<ast::ExprPtr>(&argument.value);
    if (!e || argument.name) throw SqlError(argument.span, call.name + "() takes an ARRAY or a MAP");
    call.arguments.push_back(e->get());
  }
  return call;
}

bool is_true_literal(const ast::Expr& e) {
  const auto* literal = std::get_if<ast::Literal>(&e.node);
  return literal && literal->kind == ast::LiteralKind::Boolean && fold_case(literal->text) == "true";
}

}  // namespace

const ast::TableFunction* generator_relation(const ast::Relation& relation) {
  const auto* function = std::get_if<ast::TableFunction>(&relation.node);
  return function && is_generator(fold_case(function->name.text)) ? function : nullptr;
}

BoundRelation QueryAnalyzer::analyze_lateral_view(const ast::LateralView& view, SourceSpan span) {
  BoundRelation input = analyze_relation(*view.input);
  const auto& call = std::get<ast::Call>(view.generator->node);
  const std::string name = fold_case(call.name.text);
  if (!is_generator(name)) {
    throw SqlError(call.name.span,
                   "'" + name + "' makes no rows" + did_you_mean(name, {"explode", "posexplode", "inline", "stack"}),
                   "LATERAL VIEW takes explode, posexplode, inline, their _outer forms, or stack");
  }
  ExprBinder binder(session_, input, "LATERAL VIEW");
  binder.allow_outer(outer_);
  plan::Generate generate = bind_generator(millrace::generator_of(call, view.generator->span), binder);
  generate.outer = generate.outer || view.outer;
  const std::vector<std::string> names = generated_names(generate, view.columns);
  return add_generated(std::move(input), std::move(generate), view.table.text, names, span);
}

/// `t, UNNEST(t.a) AS u(x)`, `t CROSS JOIN explode(t.a)`, `t LEFT JOIN UNNEST(t.a) AS u(x) ON TRUE`: the function sees the rows to
/// its left. Without any (`left` has no columns) it stands alone in FROM.
BoundRelation QueryAnalyzer::analyze_generator(BoundRelation left, const ast::Relation& relation, bool outer) {
  const ast::TableFunction& function = *generator_relation(relation);
  ExprBinder binder(session_, left, function.name.text + "(…) in FROM");
  binder.allow_outer(outer_);
  plan::Generate generate = bind_generator(generator_of(function, relation.span), binder);
  generate.outer = generate.outer || outer;
  const ast::TableAlias& alias = relation.alias;
  std::vector<std::string> names = generated_names(generate, alias.columns);
  // `UNNEST(a) AS x`: the relation's name is its one column's.
  const bool named_alike = fold_case(function.name.text) == "unnest" && alias.name && alias.columns.empty() && names.size() == 1;
  if (named_alike) names.front() = alias.name->text;
  return add_generated(std::move(left), std::move(generate), alias.name ? alias.name->text : "", names, relation.span);
}

/// range(end), range(start, end [, step [, partitions]]): one column, id BIGINT; the end is left out.
BoundRelation QueryAnalyzer::analyze_range(const ast::TableFunction& function, SourceSpan span) {
  const GeneratorCall call = generator_of(function, span);
  const size_t count = call.arguments.size();
  if (count < 1 || count > 4) throw SqlError(span, "range() takes 1 to 4 arguments, not " + std::to_string(count), "range(start, end, step)");
  BoundRelation one_row = analyze_from(nullptr);
  ExprBinder binder(session_, one_row, "range(…)");
  std::vector<ExprPtr> bounds;
  for (const ast::Expr* argument : call.arguments) {
    bounds.push_back(binder.bind_value(*argument));
    const bool fits = bounds.back()->type.is_numeric() && expr::is_constant(*bounds.back());
    if (!fits) throw SqlError(argument->span, "range() takes constant numbers");
    bounds.back() = coerce(std::move(bounds.back()), TypeKind::BigInt);
  }
  if (count == 4) bounds.pop_back();  // there are no partitions
  if (count == 1) bounds.insert(bounds.begin(), make_integer(0, TypeKind::BigInt, span));
  if (count < 3) bounds.push_back(make_integer(1, TypeKind::BigInt, span));
  // A sequence has both its ends: the last one is a unit before the end, by the sign of the step.
  ExprPtr unit = make_call("sign", [&] {
    std::vector<ExprPtr> step;
    step.push_back(expr::clone(*bounds[2]));
    return step;
  }(), span);
  bounds[1] = make_arithmetic(expr::ArithmeticOp::Subtract, std::move(bounds[1]), coerce(std::move(unit), TypeKind::BigInt), span);
  plan::Generate generate;
  generate.collection = make_call("sequence", std::move(bounds), span);
  return add_generated(std::move(one_row), std::move(generate), "", {"id"}, span);
}

BoundRelation QueryAnalyzer::analyze_generator_join(const ast::Join& join, SourceSpan span) {
  const bool outer = join.kind == ast::JoinKind::Left;
  if (!outer && join.kind != ast::JoinKind::Inner && join.kind != ast::JoinKind::Cross) {
    throw not_supported_yet(join.kind_span, "this kind of join with a function that makes rows", "CROSS, INNER and LEFT JOIN work");
  }
  if (join.natural || !join.using_columns.empty()) {
    throw SqlError(join.kind_span, "a function that makes rows sees the columns to its left: there is nothing to join by",
                   "use CROSS JOIN");
  }
  const bool always = !join.on || is_true_literal(*join.on);
  if (outer && !always) return analyze_lateral_join(join, span);
  BoundRelation both = analyze_generator(analyze_relation(*join.left), *join.right, outer);
  if (always) return both;
  ExprPtr condition = ExprBinder(session_, both, "ON").bind_condition(*join.on);
  both.node = make_filter(std::move(both.node), std::move(condition), span);
  return both;
}

/// A generator of the select list: each of its columns is an item that stands for column kFirstGenerated + i until the node is made.
void SelectAnalyzer::add_generator(const ast::SelectItem& item, ExprBinder binder) {
  const auto& call = std::get<ast::Call>(item.expr->node);
  if (generate_) {
    throw SqlError(item.expr->span, "a SELECT can have one function that makes rows, and this is the second",
                   "put one of them into LATERAL VIEW: FROM … LATERAL VIEW explode(…) t AS x");
  }
  plan::Generate generate = bind_generator(millrace::generator_of(call, item.expr->span), binder);
  std::vector<ast::Identifier> aliases = item.column_aliases;
  if (item.alias) aliases.push_back(*item.alias);
  std::vector<std::string> names = generated_names(generate, aliases);
  const Schema columns = plan::generated_columns(generate);
  for (uint32_t i = 0; i < columns.size(); ++i) {
    const uint32_t stand_in = AggregateCollector::kFirstGenerated + i;
    items_.push_back({expr::column(stand_in, names[i], columns[i].type, true, item.expr->span), names[i]});
  }
  generate_ = std::move(generate);
  generate_span_ = item.expr->span;
}

/// Above WHERE and the aggregation, below the projection.
void SelectAnalyzer::place_generator() {
  if (!generate_) return;
  const auto first = static_cast<uint32_t>(input_.node->schema.size());
  generate_->input = std::move(input_.node);
  input_.node = make_generate(std::move(*generate_), generate_span_);
  for (Item& item : items_) {
    auto* column = std::get_if<expr::ColumnRef>(&item.expr->node);
    if (!column || column->index < AggregateCollector::kFirstGenerated) continue;
    column->index = first + column->index - AggregateCollector::kFirstGenerated;
    input_.node->schema[column->index].name = item.name;
  }
}

}  // namespace millrace
