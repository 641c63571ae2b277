#include "compiler/syntax/ast_builder.h"

/// FROM: relations, joins, table functions.
namespace millrace {

namespace {

using P = grammar::MillraceParser;

template <class Node>
ast::RelationPtr make_relation(Node node, SourceSpan span) {
  auto relation = std::make_unique<ast::Relation>();
  relation->node = std::move(node);
  relation->span = span;
  return relation;
}

ast::JoinKind outer_kind(P::SideOfJoinContext* side) {
  if (side->K_SEMI() != nullptr) return ast::JoinKind::LeftSemi;
  if (side->K_ANTI() != nullptr) return ast::JoinKind::LeftAnti;
  if (side->K_LEFT() != nullptr) return ast::JoinKind::Left;
  return side->K_RIGHT() != nullptr ? ast::JoinKind::Right : ast::JoinKind::Full;
}

ast::JoinKind join_kind(P::JoinKindContext* ctx) {
  if (ctx->sideOfJoin() != nullptr) return outer_kind(ctx->sideOfJoin());
  if (ctx->K_CROSS() != nullptr) return ast::JoinKind::Cross;
  if (ctx->K_SEMI() != nullptr) return ast::JoinKind::LeftSemi;
  return ctx->K_ANTI() != nullptr ? ast::JoinKind::LeftAnti : ast::JoinKind::Inner;
}

}  // namespace

ast::RelationPtr AstBuilder::from_clause(P::FromClauseContext* ctx) {
  const SourceSpan where = span(ctx);
  const Deeper deeper(*this, ctx->nextRelation().size() + ctx->lateralView().size() + 1, where);
  ast::RelationPtr whole;
  std::vector<P::NextRelationContext*> relations = ctx->nextRelation();
  if (ctx->relation() != nullptr) whole = relation(ctx->relation());
  if (ctx->values() != nullptr) {
    whole = make_relation(values(ctx->values()), span(ctx->values()));
    P::ValuesTailContext* tail = ctx->valuesTail();
    if (tail != nullptr && tail->tableAlias() != nullptr) whole->alias = table_alias(tail->tableAlias());
    if (tail != nullptr) whole = with_tails(std::move(whole), tail->relationTail());
    if (tail != nullptr) relations = tail->nextRelation();
  }
  // As in Spark `a, b JOIN c` joins c with both.
  for (P::NextRelationContext* next : relations) {
    if (next->relation() == nullptr) whole = with_tails(cross(std::move(whole), named_values(next->values(), next->tableAlias()), false), next->relationTail());
    else whole = with_tails(comma_join(std::move(whole), next->relation()), next->relation()->relationTail());
  }
  for (P::LateralViewContext* view : ctx->lateralView()) whole = lateral_view(std::move(whole), view);
  return whole;
}

/// The first relation of FROM, or one behind a comma: `left` is null or what stands before it.
ast::RelationPtr AstBuilder::comma_join(ast::RelationPtr left, P::RelationContext* ctx) {
  const bool lateral = is_lateral(ctx->K_LATERAL(), ctx->relationPrimary());
  ast::RelationPtr right = relation_primary(ctx->relationPrimary());
  return left == nullptr ? std::move(right) : cross(std::move(left), std::move(right), lateral);
}

ast::RelationPtr AstBuilder::cross(ast::RelationPtr left, ast::RelationPtr right, bool lateral) {
  ast::Join cross;
  cross.kind = ast::JoinKind::Cross;
  cross.lateral = lateral;
  const SourceSpan both = cover(left->span, right->span);
  cross.kind_span = {left->span.end, right->span.begin};
  cross.left = std::move(left);
  cross.right = std::move(right);
  return make_relation(std::move(cross), both);
}

/// `VALUES (1), (2) AS t(x)` without parentheses.
ast::RelationPtr AstBuilder::named_values(P::ValuesContext* rows, P::TableAliasContext* alias) {
  ast::RelationPtr made = make_relation(values(rows), cover(span(rows), span(alias)));
  made->alias = table_alias(alias);
  return made;
}

ast::RelationPtr AstBuilder::relation(P::RelationContext* ctx) {
  return with_tails(comma_join(nullptr, ctx), ctx->relationTail());
}

/// LATERAL before a table function says nothing new: its arguments see the relations to its left anyhow.
bool AstBuilder::is_lateral(antlr4::tree::TerminalNode* lateral, P::RelationPrimaryContext* ctx) {
  if (lateral == nullptr) return false;
  const bool before_function = ctx->qualifiedName() != nullptr && ctx->LPAREN().size() == 1;
  if (!before_function && ctx->plainQuery() == nullptr && ctx->relation() == nullptr) {
    throw SqlError(span(lateral), "LATERAL stands before a subquery or a function that makes rows", "a table sees nothing of what stands to its left: leave LATERAL out");
  }
  return !before_function;
}

ast::RelationPtr AstBuilder::relation_primary(P::RelationPrimaryContext* ctx) {
  const SourceSpan where = span(ctx);
  ast::RelationPtr made;
  if (ctx->K_TABLE() != nullptr) {
    made = make_relation(table_function(ctx->identifier(), ctx->tableArguments()), where);
  } else if (ctx->qualifiedName() == nullptr) {
    made = parenthesised_relation(ctx);
  } else if (!ctx->LPAREN().empty()) {
    const std::vector<P::IdentifierContext*> parts = ctx->qualifiedName()->identifier();
    if (parts.size() > 1) throw SqlError(span(ctx->qualifiedName()), "the name of a function has no dots");
    made = make_relation(table_function(parts[0], ctx->tableArguments()), where);
  } else {
    made = make_relation(ast::TableName{qualified_name(ctx->qualifiedName())}, where);
  }
  if (ctx->tableAlias() == nullptr) return made;
  if (made->alias.name) throw SqlError(span(ctx->tableAlias()), "this relation has an alias already");
  made->alias = table_alias(ctx->tableAlias());
  made->span = where;
  return made;
}

ast::RelationPtr AstBuilder::parenthesised_relation(P::RelationPrimaryContext* ctx) {
  const SourceSpan where = span(ctx);
  const Deeper deeper(*this, 1, where);
  if (ctx->plainQuery() != nullptr) return make_relation(ast::Subquery{plain_query(ctx->plainQuery())}, where);
  ast::RelationPtr inner = relation(ctx->relation());
  if (ctx->queryTail() == nullptr) return inner;
  // `((SELECT 1) UNION (SELECT 2))`: the first operand was read as a relation.
  auto* first = std::get_if<ast::Subquery>(&inner->node);
  if (first == nullptr || inner->alias.name) {
    throw SqlError(span(ctx->queryTail()->setOperator(0)), "a query in parentheses is missing before this");
  }
  return make_relation(ast::Subquery{with_tail(std::move(first->query), ctx->queryTail())}, where);
}

ast::RelationPtr AstBuilder::with_tails(ast::RelationPtr left, const std::vector<P::RelationTailContext*>& tails) {
  if (tails.empty()) return left;
  const Deeper deeper(*this, tails.size(), left->span);
  for (P::RelationTailContext* tail : tails) {
    if (tail->joinTail() != nullptr) left = join(std::move(left), tail->joinTail());
    else left = tail->pivot() != nullptr ? pivot(std::move(left), tail->pivot()) : unpivot(std::move(left), tail->unpivot());
  }
  return left;
}

ast::RelationPtr AstBuilder::pivot(ast::RelationPtr input, P::PivotContext* ctx) {
  ast::Pivot node;
  for (P::SelectItemContext* item : ctx->selectItem()) node.aggregates.push_back(select_item(item));
  if (ctx->identifier() != nullptr) node.columns.push_back(identifier(ctx->identifier()));
  else node.columns = identifier_list(ctx->identifierList());
  for (P::SelectItemContext* value : ctx->pivotValues()->selectItem()) node.values.push_back(select_item(value));
  const SourceSpan whole = cover(input->span, span(ctx));
  node.input = std::move(input);
  ast::RelationPtr made = make_relation(std::move(node), whole);
  if (ctx->tableAlias() != nullptr) made->alias = table_alias(ctx->tableAlias());
  return made;
}

ast::RelationPtr AstBuilder::unpivot(ast::RelationPtr input, P::UnpivotContext* ctx) {
  ast::Unpivot node;
  node.include_nulls = ctx->K_INCLUDE() != nullptr;
  const std::vector<P::IdentifierContext*> names = ctx->identifier();
  if (ctx->identifierList() != nullptr) node.values = identifier_list(ctx->identifierList());
  else node.values.push_back(identifier(names.front()));
  node.name = identifier(names.back());
  for (P::SelectItemContext* column : ctx->pivotValues()->selectItem()) node.columns.push_back(select_item(column));
  const SourceSpan whole = cover(input->span, span(ctx));
  node.input = std::move(input);
  ast::RelationPtr made = make_relation(std::move(node), whole);
  if (ctx->tableAlias() != nullptr) made->alias = table_alias(ctx->tableAlias());
  return made;
}

ast::RelationPtr AstBuilder::join(ast::RelationPtr left, P::JoinTailContext* ctx) {
  ast::Join node;
  if (ctx->values() == nullptr) node.lateral = is_lateral(ctx->K_LATERAL(), ctx->relationPrimary());
  node.kind = join_kind(ctx->joinKind());
  node.natural = ctx->joinKind()->K_NATURAL() != nullptr;
  node.is_static = ctx->K_STATIC() != nullptr;
  node.kind_span = cover(span(ctx->joinKind()), span(ctx->K_JOIN()));
  node.right = ctx->values() != nullptr ? named_values(ctx->values(), ctx->tableAlias()) : relation_primary(ctx->relationPrimary());
  const bool has_condition = ctx->K_ON() != nullptr || ctx->K_USING() != nullptr;
  if (has_condition && node.natural) {
    throw SqlError(span(ctx->K_ON() != nullptr ? ctx->K_ON() : ctx->K_USING()), "a NATURAL JOIN takes no condition");
  }
  if (ctx->expression() != nullptr) node.on = expression(ctx->expression());
  if (ctx->identifierList() != nullptr) node.using_columns = identifier_list(ctx->identifierList());
  const SourceSpan whole = cover(left->span, span(ctx));
  node.left = std::move(left);
  return make_relation(std::move(node), whole);
}

ast::RelationPtr AstBuilder::lateral_view(ast::RelationPtr input, P::LateralViewContext* ctx) {
  ast::LateralView view;
  view.outer = ctx->K_OUTER() != nullptr;
  view.generator = expression(ctx->expression());
  if (!std::holds_alternative<ast::Call>(view.generator->node)) {
    throw SqlError(view.generator->span, "LATERAL VIEW takes a function that makes rows", "such as explode(words)");
  }
  if (ctx->identifier() != nullptr) view.table = identifier(ctx->identifier());
  if (ctx->identifierList() != nullptr) view.columns = identifier_list(ctx->identifierList());
  const SourceSpan whole = cover(input->span, span(ctx));
  view.input = std::move(input);
  return make_relation(std::move(view), whole);
}

ast::TableFunction AstBuilder::table_function(P::IdentifierContext* name, P::TableArgumentsContext* ctx) {
  ast::TableFunction function;
  function.name = identifier(name);
  if (ctx == nullptr) return function;
  for (P::ArgumentContext* argument : ctx->argument()) function.arguments.push_back(function_argument(argument));
  return function;
}

ast::FunctionArgument AstBuilder::function_argument(P::ArgumentContext* ctx) {
  ast::FunctionArgument argument;
  argument.span = span(ctx);
  P::TableArgumentContext* table = ctx->tableArgument();
  P::ExpressionContext* value = table == nullptr && ctx->TRIM_SIDE() == nullptr ? ctx->expression(0) : nullptr;
  P::ArgumentTailContext* tail = ctx->argumentTail();
  if (tail != nullptr && tail->NAMED() != nullptr) {
    auto* named = dynamic_cast<P::NamePrimaryContext*>(bare_primary(value));
    const bool is_name = named != nullptr && named->children.size() == 1;
    if (!is_name) throw SqlError(span(value), "a name is expected before =>");
    argument.name = identifier(named->identifier());
    table = tail->tableArgument();
    value = table == nullptr ? tail->expression(0) : nullptr;
  } else if (tail != nullptr || ctx->TRIM_SIDE() != nullptr) {
    argument.value = call_argument(ctx);
    return argument;
  }
  if (table != nullptr) {
    argument.value = table_argument(table);
    if (table->identifier() != nullptr) argument.partition.push_back(identifier(table->identifier()));
    if (table->identifierList() != nullptr) argument.partition = identifier_list(table->identifierList());
    return argument;
  }
  ast::ExprPtr expr = expression(value);
  auto* call = std::get_if<ast::Call>(&expr->node);
  if (call != nullptr && !call->name.quoted && upper_text(call->name.span) == "DESCRIPTOR") {
    auto* column = call->arguments.size() == 1 ? std::get_if<ast::ColumnName>(&call->arguments[0]->node) : nullptr;
    if (column == nullptr || column->parts.size() != 1)
      throw SqlError(expr->span, "DESCRIPTOR takes the name of one column");
    argument.value = std::move(column->parts[0]);
    return argument;
  }
  argument.value = std::move(expr);
  return argument;
}

/// `TABLE s`, `TABLE(s)`, `TABLE(SELECT …)`
ast::RelationPtr AstBuilder::table_argument(P::TableArgumentContext* ctx) {
  if (ctx->plainQuery() != nullptr) return make_relation(ast::Subquery{plain_query(ctx->plainQuery())}, span(ctx));
  return make_relation(ast::TableName{qualified_name(ctx->qualifiedName())}, span(ctx->qualifiedName()));
}

ast::TableAlias AstBuilder::table_alias(P::TableAliasContext* ctx) {
  ast::TableAlias alias;
  alias.name = identifier(ctx->identifier());
  if (ctx->identifierList() != nullptr) alias.columns = identifier_list(ctx->identifierList());
  return alias;
}

ast::WindowClause AstBuilder::window_clause(P::StreamWindowContext* ctx) {
  if (!ctx->windowRetention().empty()) {
    throw not_supported_yet(span(ctx->windowRetention(0)), "RETENTION and GRACE PERIOD",
                            "lateness is said by WATERMARK FOR in CREATE STREAM");
  }
  ast::WindowClause window;
  window.span = span(ctx);
  if (ctx->K_HOPPING() != nullptr) window.kind = ast::WindowKind::Hopping;
  if (ctx->K_SESSION() != nullptr) window.kind = ast::WindowKind::Session;
  window.size = duration(ctx->duration(0));
  if (ctx->duration().size() > 1) window.advance = duration(ctx->duration(1));
  for (const ast::ExprPtr* length : {&window.size, &window.advance}) {
    if (*length == nullptr || std::holds_alternative<ast::Interval>((*length)->node)) continue;
    throw SqlError((*length)->span, "a unit is missing after this number", "such as SIZE 5 SECONDS");
  }
  return window;
}

}  // namespace millrace
