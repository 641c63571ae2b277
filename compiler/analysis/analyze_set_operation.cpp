#include <algorithm>
#include <utility>

#include "compiler/analysis/nested_types.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/analysis/select_analyzer.h"
#include "compiler/base/sql_error.h"
#include "compiler/functions/function_catalog.h"
#include "compiler/types/coercion.h"

/// UNION, INTERSECT and EXCEPT.
namespace millrace {

namespace {

std::string name_of(ast::SetOperator op) {
  switch (op) {
    case ast::SetOperator::Union: return "UNION";
    case ast::SetOperator::Intersect: return "INTERSECT";
    case ast::SetOperator::Except: return "EXCEPT";
  }
  return "";
}

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const Column& column : schema) names.push_back(column.name);
  return names;
}

/// A projection that casts the columns whose type is not yet the wanted one.
plan::NodePtr cast_columns(plan::NodePtr input, const std::vector<SqlType>& types, const std::vector<std::string>& names) {
  bool changes = names != names_of(input->schema);
  std::vector<ExprPtr> exprs;
  const SourceSpan span = input->span;
  for (uint32_t i = 0; i < types.size(); ++i) {
    changes = changes || !(input->schema[i].type == types[i]);
    exprs.push_back(coerce(column_of(*input, i, span), types[i]));
  }
  return changes ? make_project(std::move(input), std::move(exprs), names, span) : std::move(input);
}

/// `a UNION ALL b UNION ALL c` is one union of three.
void collect_operands(const ast::SetOperation& operation, std::vector<const ast::Query*>& operands) {
  for (const ast::QueryPtr* side : {&operation.left, &operation.right}) {
    const auto* nested = std::get_if<ast::SetOperation>(&(*side)->body);
    const bool plain =
        (*side)->with.empty() && (*side)->order_by.empty() && !(*side)->limit && !(*side)->offset && !(*side)->emit;
    const bool one_union = operation.op == ast::SetOperator::Union && nested && plain && nested->op == operation.op && nested->all == operation.all;
    if (one_union) {
      collect_operands(*nested, operands);
    } else {
      operands.push_back(side->get());
    }
  }
}

/// The rows of a side, with a column behind that says which side it is.
plan::NodePtr tagged(plan::NodePtr input, bool is_right, SourceSpan span) {
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names = names_of(input->schema);
  for (uint32_t i = 0; i < input->schema.size(); ++i) exprs.push_back(column_of(*input, i, span));
  exprs.push_back(make_boolean(is_right, span));
  names.emplace_back("is_right");
  return make_project(std::move(input), std::move(exprs), std::move(names), span);
}

/// Of equal rows, how often they occur on one side.
plan::AggregateCall occurrences(const plan::Node& both, bool on_right, SourceSpan span) {
  const auto tag = static_cast<uint32_t>(both.schema.size() - 1);
  const Overload<AggregateFunction> count = bind_aggregate("count", {}).overload;
  plan::AggregateCall call;
  call.function = count.function;
  call.filter = column_of(both, tag, span);
  if (!on_right) call.filter = make_not(std::move(call.filter), span);
  call.type = count.result;
  call.nullable = false;
  call.name = on_right ? "right" : "left";
  call.span = span;
  return call;
}

/// Equal rows of both sides as one, with the numbers of their occurrences behind. NULLs are equal here, as everywhere in grouping.
plan::NodePtr count_on_both_sides(std::vector<plan::NodePtr> sides, SourceSpan span) {
  std::vector<std::string> names = names_of(sides.front()->schema);
  if (names.size() > plan::kMaxGroupKeys) throw not_supported_yet(span, "INTERSECT and EXCEPT over more than 64 columns");
  for (size_t i = 0; i < sides.size(); ++i) sides[i] = tagged(std::move(sides[i]), i != 0, span);
  plan::NodePtr both = make_union(std::move(sides), span);
  plan::Aggregate aggregate;
  for (uint32_t i = 0; i < names.size(); ++i) {
    const bool untyped = both->schema[i].type.is(TypeKind::Null);
    aggregate.keys.push_back(untyped ? make_null(TypeKind::Boolean, span) : column_of(*both, i, span));
  }
  aggregate.grouping_sets = {plan::all_keys(names.size())};
  for (const bool on_right : {false, true}) aggregate.calls.push_back(occurrences(*both, on_right, span));
  aggregate.input = std::move(both);
  return make_aggregate(std::move(aggregate), std::move(names), span);
}

/// Each row as often as `times` says, which is at least 1.
plan::NodePtr repeat_rows(plan::NodePtr input, ExprPtr times, SourceSpan span) {
  std::vector<ExprPtr> bounds;
  bounds.push_back(make_integer(1, TypeKind::BigInt, span));
  bounds.push_back(std::move(times));
  plan::Generate generate;
  generate.collection = make_call("sequence", std::move(bounds), span);
  generate.input = std::move(input);
  return make_generate(std::move(generate), span);
}

/// INTERSECT and EXCEPT by counting. A row comes out where it was met first.
plan::NodePtr combine_by_counts(const ast::SetOperation& operation, std::vector<plan::NodePtr> sides) {
  const SourceSpan span = operation.op_span;
  const bool intersects = operation.op == ast::SetOperator::Intersect;
  const auto width = static_cast<uint32_t>(sides.front()->schema.size());
  plan::NodePtr node = count_on_both_sides(std::move(sides), span);
  const auto left = [&] { return column_of(*node, width, span); };
  const auto right = [&] { return column_of(*node, width + 1, span); };
  ExprPtr times;  // of ALL; else whether there is a row at all
  if (intersects) {
    std::vector<ExprPtr> counts;
    counts.push_back(left());
    counts.push_back(right());
    times = make_inferred(expr::Extreme{false, std::move(counts)}, TypeKind::BigInt, span);
  } else if (operation.all) {
    times = make_arithmetic(expr::ArithmeticOp::Subtract, left(), right(), span);
  } else {
    std::vector<std::pair<ExprPtr, ExprPtr>> branches;
    branches.emplace_back(make_comparison(expr::ComparisonOp::Equal, right(), make_integer(0, TypeKind::BigInt, span), span), left());
    times = make_case(std::move(branches), make_integer(0, TypeKind::BigInt, span), span);
  }
  ExprPtr occurs = make_comparison(expr::ComparisonOp::Greater, expr::clone(*times), make_integer(0, TypeKind::BigInt, span), span);
  node = make_filter(std::move(node), std::move(occurs), span);
  if (operation.all) node = repeat_rows(std::move(node), std::move(times), span);
  std::vector<ExprPtr> exprs;
  std::vector<std::string> names = names_of(node->schema);
  names.resize(width);
  for (uint32_t i = 0; i < width; ++i) exprs.push_back(column_of(*node, i, span));
  return make_project(std::move(node), std::move(exprs), std::move(names), span);
}

void refuse_maps(const plan::Node& node, const std::string& what, SourceSpan span) {
  for (const Column& column : node.schema) {
    if (holds_map(column.type)) throw SqlError(span, what + " does not take MAPs: column '" + column.name + "'");
  }
}

}  // namespace

/// The operands' plans, with the same types; the names are the first one's.
std::vector<plan::NodePtr> QueryAnalyzer::analyze_operands(const ast::SetOperation& operation) {
  const std::string name = name_of(operation.op);
  std::vector<const ast::Query*> operands;
  collect_operands(operation, operands);
  std::vector<plan::NodePtr> inputs;
  std::vector<SqlType> types;
  for (const ast::Query* operand : operands) {
    plan::NodePtr node = analyze(*operand, false).node;
    if (inputs.empty()) {
      for (const Column& column : node->schema) types.push_back(column.type);
    } else if (node->schema.size() != types.size()) {
      throw SqlError(operand->span, "the sides of " + name + " have different numbers of columns: " + std::to_string(types.size()) +
                                        " and " + std::to_string(node->schema.size()));
    }
    for (size_t i = 0; i < types.size(); ++i) {
      const auto common = common_type(types[i], node->schema[i].type);
      if (!common) {
        throw SqlError(operand->span, "column " + std::to_string(i + 1) + " of " + name + " has no common type: " +
                                          to_string(types[i]) + " and " + to_string(node->schema[i].type));
      }
      types[i] = *common;
    }
    inputs.push_back(std::move(node));
  }
  const std::vector<std::string> names = names_of(inputs.front()->schema);
  for (plan::NodePtr& input : inputs) input = cast_columns(std::move(input), types, names);
  return inputs;
}

BoundRelation QueryAnalyzer::analyze_set_operation(const ast::SetOperation& operation, SourceSpan span) {
  std::vector<plan::NodePtr> inputs = analyze_operands(operation);
  if (operation.op != ast::SetOperator::Union || !operation.all) refuse_maps(*inputs.front(), name_of(operation.op), operation.op_span);
  BoundRelation result;
  if (operation.op == ast::SetOperator::Union) {
    result.node = make_union(std::move(inputs), span);
    if (!operation.all) result.node = make_distinct(std::move(result.node), operation.op_span);
  } else {
    result.node = combine_by_counts(operation, std::move(inputs));
  }
  result.scope = scope_over(result.node->schema, "");
  return result;
}

}  // namespace millrace
