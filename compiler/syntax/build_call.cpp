#include <array>

#include "compiler/syntax/ast_builder.h"

/// Calls, and the constructs that look like calls.
namespace millrace {

namespace {

using P = grammar::MillraceParser;

ast::ExprPtr make_call(ast::Identifier name, std::vector<ast::ExprPtr> arguments, SourceSpan span) {
  ast::Call call;
  call.name = std::move(name);
  call.arguments = std::move(arguments);
  return make_expr(std::move(call), span);
}

/// The `a IN b` of POSITION(a IN b), or null.
P::ComparisonContext* only_comparison(P::ExpressionContext* ctx) {
  if (ctx->children.size() != 1 || ctx->andExpression(0)->children.size() != 1) return nullptr;
  P::NotExpressionContext* negation = ctx->andExpression(0)->notExpression(0);
  return negation->children.size() == 1 ? negation->comparison() : nullptr;
}

bool has_tail(P::ArgumentContext* argument, antlr4::tree::TerminalNode* (P::ArgumentTailContext::*word)()) {
  return argument->argumentTail() != nullptr && (argument->argumentTail()->*word)() != nullptr;
}

}  // namespace

ast::ExprPtr AstBuilder::call(P::NamePrimaryContext* ctx) {
  const SourceSpan where = span(ctx);
  const Deeper deeper(*this, 1, where);
  if (ctx->identifier()->QUOTED_NAME() == nullptr) {
    if (ast::ExprPtr special = special_call(ctx)) return special;
  }
  P::CallBodyContext* body = ctx->callBody();
  if (body->plainQuery() != nullptr) {
    throw SqlError(span(body), "a query as an argument stands in parentheses of its own", "such as f((SELECT …))");
  }
  ast::Call node;
  node.name = identifier(ctx->identifier());
  node.distinct = body->K_DISTINCT() != nullptr;
  for (P::ArgumentContext* argument : body->argument()) node.arguments.push_back(call_argument(argument));
  const auto* star = node.arguments.size() == 1 ? std::get_if<ast::Star>(&node.arguments[0]->node) : nullptr;
  if (star != nullptr && star->qualifier.empty() && star->except.empty() && !star->of) {
    node.star = true;
    node.arguments.clear();
  }
  if (body->orderBy() != nullptr) node.within_order = order_by(body->orderBy());
  add_call_tail(node, ctx->callTail());
  return make_expr(std::move(node), where);
}

/// Null when the name is that of an ordinary function with ordinary arguments.
ast::ExprPtr AstBuilder::special_call(P::NamePrimaryContext* ctx) {
  const std::string name = upper_text(span(ctx->identifier()));
  const std::vector<P::ArgumentContext*> arguments = ctx->callBody()->argument();
  P::ArgumentContext* first = arguments.empty() ? nullptr : arguments[0];
  if (name == "CAST") return cast_call(ctx, false);
  if (name == "TRY_CAST") return cast_call(ctx, true);
  if (name == "EXISTS" && ctx->callBody()->plainQuery() != nullptr) return query_call(ctx);
  if (name == "COLUMNS") return columns_call(ctx);
  if (first == nullptr) return nullptr;
  if (name == "EXTRACT" && has_tail(first, &P::ArgumentTailContext::K_FROM)) return extract_call(ctx);
  if (name == "TRIM" && (first->TRIM_SIDE() != nullptr || has_tail(first, &P::ArgumentTailContext::K_FROM)))
    return trim_call(ctx);
  if (name == "POSITION" && arguments.size() == 1) return position_call(ctx);
  if (name == "SUBSTRING" || name == "SUBSTR" || name == "OVERLAY") return from_for_call(ctx);
  if (name == "STRUCT") return struct_call(ctx);
  return nullptr;
}

ast::ExprPtr AstBuilder::cast_call(P::NamePrimaryContext* ctx, bool is_try) {
  const std::vector<P::ArgumentContext*> arguments = ctx->callBody()->argument();
  const bool right_form = arguments.size() == 1 && has_tail(arguments[0], &P::ArgumentTailContext::K_AS);
  if (!right_form) throw SqlError(span(ctx), "CAST takes a value and a type", "such as CAST(x AS BIGINT)");
  ast::ExprPtr operand = expression(arguments[0]->expression(0));
  return make_expr(ast::Cast{std::move(operand), type(arguments[0]->argumentTail()->type()), is_try}, span(ctx));
}

/// EXTRACT(YEAR FROM e) is extract('YEAR', e).
ast::ExprPtr AstBuilder::extract_call(P::NamePrimaryContext* ctx) {
  P::ArgumentContext* argument = ctx->callBody()->argument(0);
  const SourceSpan field = span(argument->expression(0));
  std::vector<ast::ExprPtr> arguments;
  auto* quoted = dynamic_cast<P::StringPrimaryContext*>(bare_primary(argument->expression(0)));
  std::string field_name = quoted != nullptr ? string_value(quoted->string(0)) : upper_text(field);
  arguments.push_back(make_expr(ast::Literal{ast::LiteralKind::String, std::move(field_name)}, field));
  arguments.push_back(expression(argument->argumentTail()->expression(0)));
  return make_call(identifier(ctx->identifier()), std::move(arguments), span(ctx));
}

/// TRIM(BOTH x FROM y) is btrim(y, x); TRIM(LEADING x FROM y) is ltrim(x, y), in Spark's order of arguments; without x all
/// are trim, ltrim, rtrim of y.
ast::ExprPtr AstBuilder::trim_call(P::NamePrimaryContext* ctx) {
  P::ArgumentContext* argument = ctx->callBody()->argument(0);
  const bool has_side = argument->TRIM_SIDE() != nullptr;
  const std::string side = has_side ? upper_text(span(argument->TRIM_SIDE())) : "BOTH";
  ast::ExprPtr source =
      has_side ? expression(argument->expression().back()) : expression(argument->argumentTail()->expression(0));
  const bool has_characters = !has_side || argument->expression().size() == 2;
  ast::Identifier name = identifier(ctx->identifier());
  if (side == "BOTH" && has_characters) name.text = "btrim";
  if (side == "LEADING") name.text = "ltrim";
  if (side == "TRAILING") name.text = "rtrim";
  std::vector<ast::ExprPtr> arguments;
  if (has_characters) arguments.push_back(expression(argument->expression(0)));
  arguments.insert(side == "BOTH" ? arguments.begin() : arguments.end(), std::move(source));
  return make_call(std::move(name), std::move(arguments), span(ctx));
}

/// POSITION(a IN b) is position(a, b). Null for POSITION(x) of anything else.
ast::ExprPtr AstBuilder::position_call(P::NamePrimaryContext* ctx) {
  P::ExpressionContext* operand = ctx->callBody()->argument(0)->expression(0);
  P::ComparisonContext* comparison = operand != nullptr ? only_comparison(operand) : nullptr;
  if (comparison == nullptr || comparison->comparisonTail().size() != 1) return nullptr;
  auto* tail = dynamic_cast<P::PredicateTailContext*>(comparison->comparisonTail(0));
  if (tail == nullptr || tail->K_NOT() != nullptr || tail->predicate()->K_IN() == nullptr) return nullptr;
  std::vector<ast::ExprPtr> arguments;
  arguments.push_back(bitwise(comparison->bitwise()));
  arguments.push_back(postfix(tail->predicate()->postfix()));
  return make_call(identifier(ctx->identifier()), std::move(arguments), span(ctx));
}

/// SUBSTRING(a FROM b FOR c) and OVERLAY(a PLACING b FROM c FOR d) have their operands as arguments, in order.
ast::ExprPtr AstBuilder::from_for_call(P::NamePrimaryContext* ctx) {
  const std::vector<P::ArgumentContext*> all = ctx->callBody()->argument();
  P::ArgumentTailContext* tail = all.size() == 1 ? all[0]->argumentTail() : nullptr;
  if (tail == nullptr) return nullptr;
  const bool right_form = tail->K_FROM() != nullptr || tail->K_FOR() != nullptr;
  if (!right_form) return nullptr;
  std::vector<ast::ExprPtr> arguments;
  arguments.push_back(expression(all[0]->expression(0)));
  if (tail->K_FROM() == nullptr) arguments.push_back(make_expr(ast::Literal{ast::LiteralKind::Integer, "1"}, span(tail)));
  for (P::ExpressionContext* operand : tail->expression()) arguments.push_back(expression(operand));
  return make_call(identifier(ctx->identifier()), std::move(arguments), span(ctx));
}

ast::ExprPtr AstBuilder::columns_call(P::NamePrimaryContext* ctx) {
  ast::Columns columns;
  for (P::ArgumentContext* argument : ctx->callBody()->argument()) {
    ast::ExprPtr part = call_argument(argument);
    const auto* star = std::get_if<ast::Star>(&part->node);
    auto* column = std::get_if<ast::ColumnName>(&part->node);
    if (star != nullptr && star->qualifier.empty() && star->except.empty() && !star->of) {
      columns.all = true;
    } else if (column != nullptr && column->parts.size() == 1) {
      columns.names.push_back(std::move(column->parts[0]));
    } else {
      throw SqlError(part->span, "COLUMNS takes * or names of columns");
    }
  }
  const bool one_form = columns.all != !columns.names.empty();
  if (!one_form) throw SqlError(span(ctx), "COLUMNS takes * or names of columns", "such as COLUMNS(*) or COLUMNS(a, b)");
  return make_expr(std::move(columns), span(ctx));
}

ast::ExprPtr AstBuilder::query_call(P::NamePrimaryContext* ctx) {
  return make_expr(ast::Exists{plain_query(ctx->callBody()->plainQuery())}, span(ctx));
}

/// struct(a AS x, b) names its fields: named_struct('x', a, …). Null when no field is given a name.
ast::ExprPtr AstBuilder::struct_call(P::NamePrimaryContext* ctx) {
  const std::vector<P::ArgumentContext*> fields = ctx->callBody()->argument();
  bool any_named = false;
  for (P::ArgumentContext* field : fields) any_named = any_named || has_tail(field, &P::ArgumentTailContext::K_AS);
  if (!any_named) return nullptr;
  std::vector<ast::ExprPtr> arguments;
  for (size_t i = 0; i < fields.size(); ++i) {
    const bool named = has_tail(fields[i], &P::ArgumentTailContext::K_AS);
    ast::ExprPtr value = named ? expression(fields[i]->expression(0)) : call_argument(fields[i]);
    std::string field_name = "col" + std::to_string(i + 1);  // Spark's name for a field without one
    if (const auto* column = std::get_if<ast::ColumnName>(&value->node)) field_name = column->parts.back().text;
    if (named) field_name = text(span(fields[i]->argumentTail()->type()));
    arguments.push_back(make_expr(ast::Literal{ast::LiteralKind::String, std::move(field_name)}, span(fields[i])));
    arguments.push_back(std::move(value));
  }
  ast::Identifier name = identifier(ctx->identifier());
  name.text = "named_struct";
  return make_call(std::move(name), std::move(arguments), span(ctx));
}

ast::ExprPtr AstBuilder::call_argument(P::ArgumentContext* ctx) {
  if (ctx->tableArgument() != nullptr) throw SqlError(span(ctx), "TABLE is an argument of table functions only");
  if (ctx->TRIM_SIDE() != nullptr) throw SqlError(span(ctx->TRIM_SIDE()), "this belongs into TRIM only");
  P::ArgumentTailContext* tail = ctx->argumentTail();
  if (tail == nullptr) return expression(ctx->expression(0));
  if (tail->LAMBDA() != nullptr) return lambda(ctx);
  if (tail->NAMED() != nullptr) throw not_supported_yet(span(tail->NAMED()), "named arguments of scalar functions");
  const SourceSpan word = span_of(*tail->start);
  throw SqlError(word, "unexpected '" + std::string(text(word)) + "' in the arguments of a function");
}

ast::ExprPtr AstBuilder::lambda(P::ArgumentContext* ctx) {
  ast::Lambda node;
  P::ExpressionContext* head = ctx->expression(0);
  P::PrimaryContext* parameters = bare_primary(head);
  const auto add_parameter = [&](P::PrimaryContext* parameter) {
    auto* named = dynamic_cast<P::NamePrimaryContext*>(parameter);
    const bool is_name = named != nullptr && named->children.size() == 1;
    if (!is_name)
      throw SqlError(span(head), "the parameters of a lambda are names", "such as x -> x + 1 or (x, y) -> x + y");
    node.parameters.push_back(identifier(named->identifier()));
  };
  auto* list = dynamic_cast<P::ParenthesesPrimaryContext*>(parameters);
  if (list == nullptr) {
    add_parameter(parameters);
  } else if (list->rowList() != nullptr) {
    for (P::RowItemContext* parameter : list->rowList()->rowItem()) add_parameter(bare_primary(parameter->expression()));
  }
  node.body = expression(ctx->argumentTail()->expression(0));
  return make_expr(std::move(node), span(ctx));
}

void AstBuilder::add_call_tail(ast::Call& call, P::CallTailContext* ctx) {
  if (ctx->orderBy() != nullptr) call.within_order = order_by(ctx->orderBy());
  if (ctx->where() != nullptr) call.filter = expression(ctx->where()->expression());
  call.ignore_nulls = ctx->K_IGNORE() != nullptr;
  if (ctx->K_OVER() == nullptr) return;
  if (ctx->windowSpecification() != nullptr) {
    call.over = over_clause(ctx->windowSpecification());
    return;
  }
  call.over.emplace();
  call.over->name = identifier(ctx->identifier());
  call.over->span = span(ctx->identifier());
}

ast::OverClause AstBuilder::over_clause(P::WindowSpecificationContext* ctx) {
  ast::OverClause over;
  if (ctx->expressionList() != nullptr) over.partition_by = expression_list(ctx->expressionList());
  if (ctx->orderBy() != nullptr) over.order_by = order_by(ctx->orderBy());
  if (ctx->frame() != nullptr) over.frame = frame(ctx->frame());
  over.span = span(ctx);
  return over;
}

ast::WindowFrame AstBuilder::frame(P::FrameContext* ctx) {
  const ast::FrameUnit unit = ctx->K_ROWS() != nullptr ? ast::FrameUnit::Rows : ast::FrameUnit::Range;
  ast::FrameBound start = frame_bound(ctx->frameBound(0));
  // `ROWS 3 PRECEDING` ends at the current row.
  ast::FrameBound end{ast::FrameBoundKind::CurrentRow, nullptr};
  if (ctx->K_BETWEEN() != nullptr) end = frame_bound(ctx->frameBound(1));
  return {unit, std::move(start), std::move(end)};
}

ast::FrameBound AstBuilder::frame_bound(P::FrameBoundContext* ctx) {
  const bool preceding = ctx->K_PRECEDING() != nullptr;
  if (ctx->K_CURRENT() != nullptr) return {ast::FrameBoundKind::CurrentRow, nullptr};
  if (ctx->K_UNBOUNDED() != nullptr) {
    return {preceding ? ast::FrameBoundKind::UnboundedPreceding : ast::FrameBoundKind::UnboundedFollowing, nullptr};
  }
  return {preceding ? ast::FrameBoundKind::Preceding : ast::FrameBoundKind::Following, sum(ctx->sum())};
}

}  // namespace millrace
