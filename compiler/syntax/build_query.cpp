#include "compiler/syntax/ast_builder.h"

/// SELECT, set operations, EMIT.
namespace millrace {

namespace {

ast::QueryPtr make_query(decltype(ast::Query::body) body, SourceSpan span) {
  auto query = std::make_unique<ast::Query>();
  query->body = std::move(body);
  query->span = span;
  return query;
}

ast::QueryPtr make_set_operation(ast::SetOperation operation) {
  const SourceSpan whole = cover(operation.left->span, operation.right->span);
  return make_query(std::move(operation), whole);
}

}  // namespace

ast::QueryPtr AstBuilder::query(P::QueryContext* ctx) {
  ast::QueryPtr made = query_body(ctx->queryBody());
  if (ctx->commonTables() == nullptr) return made;
  // The body alone may be a parenthesised query with a WITH of its own.
  if (!made->with.empty()) made = make_query(std::move(made), span(ctx));
  made->with = common_tables(ctx->commonTables());
  made->span = span(ctx);
  return made;
}

ast::QueryPtr AstBuilder::plain_query(P::PlainQueryContext* ctx) {
  if (ctx->commonTables() != nullptr) {
    ast::QueryPtr made = query_body(ctx->queryBody());
    if (!made->with.empty()) made = make_query(std::move(made), span(ctx));
    made->with = common_tables(ctx->commonTables());
    made->span = span(ctx);
    return made;
  }
  const Deeper deeper(*this, ctx->queryTerm().size() + 1, span(ctx));
  std::vector<ast::QueryPtr> terms;
  terms.push_back(plain_term(ctx->plainTerm()));
  for (P::QueryTermContext* term : ctx->queryTerm()) terms.push_back(query_term(term));
  return end_query(combine(std::move(terms), ctx->setOperator()), ctx->queryEnd(), ctx);
}

ast::QueryPtr AstBuilder::query_body(P::QueryBodyContext* ctx) {
  const Deeper deeper(*this, ctx->queryTerm().size(), span(ctx));
  std::vector<ast::QueryPtr> terms;
  for (P::QueryTermContext* term : ctx->queryTerm()) terms.push_back(query_term(term));
  return end_query(combine(std::move(terms), ctx->setOperator()), ctx->queryEnd(), ctx);
}

ast::QueryPtr AstBuilder::query_term(P::QueryTermContext* ctx) {
  if (ctx->plainTerm() != nullptr) return plain_term(ctx->plainTerm());
  const Deeper deeper(*this, 1, span(ctx));
  return query(ctx->query());
}

/// SELECT * FROM a relation.
ast::QueryPtr AstBuilder::all_of(ast::RelationPtr relation) {
  const SourceSpan whole = relation->span;
  ast::Select select;
  ast::SelectItem item;
  item.expr = make_expr(ast::Star{}, whole);
  item.span = whole;
  select.items.push_back(std::move(item));
  select.from = std::move(relation);
  return make_query(std::move(select), whole);
}

ast::QueryPtr AstBuilder::plain_term(P::PlainTermContext* ctx) {
  if (ctx->select() != nullptr) return make_query(select(ctx->select()), span(ctx));
  if (ctx->qualifiedName() != nullptr) {
    auto table = std::make_unique<ast::Relation>();
    table->node = ast::TableName{qualified_name(ctx->qualifiedName())};
    table->span = span(ctx->qualifiedName());
    return all_of(std::move(table));
  }
  if (ctx->tableAlias() != nullptr) return all_of(named_values(ctx->values(), ctx->tableAlias()));
  return make_query(values(ctx->values()), span(ctx));
}

ast::QueryPtr AstBuilder::with_tail(ast::QueryPtr first, P::QueryTailContext* tail) {
  std::vector<ast::QueryPtr> terms;
  terms.push_back(std::move(first));
  for (P::QueryTermContext* term : tail->queryTerm()) terms.push_back(query_term(term));
  return end_query(combine(std::move(terms), tail->setOperator()), tail->queryEnd(), tail);
}

/// INTERSECT binds tighter than UNION and EXCEPT, which go from left to right.
ast::QueryPtr AstBuilder::combine(std::vector<ast::QueryPtr> terms, const std::vector<P::SetOperatorContext*>& operators) {
  ast::QueryPtr left;         // what UNION and EXCEPT have gathered
  ast::SetOperation waiting;  // the UNION or EXCEPT whose right side is still growing
  ast::QueryPtr right = std::move(terms[0]);
  const auto take_waiting = [&] {
    if (left == nullptr) {
      left = std::move(right);
      return;
    }
    waiting.left = std::move(left);
    waiting.right = std::move(right);
    left = make_set_operation(std::move(waiting));
  };
  for (size_t i = 0; i < operators.size(); ++i) {
    ast::SetOperation next;
    next.all = operators[i]->K_ALL() != nullptr;
    next.op_span = span(operators[i]);
    if (operators[i]->kind->getType() == P::K_INTERSECT) {
      next.op = ast::SetOperator::Intersect;
      next.left = std::move(right);
      next.right = std::move(terms[i + 1]);
      right = make_set_operation(std::move(next));
      continue;
    }
    take_waiting();
    next.op = operators[i]->kind->getType() == P::K_UNION ? ast::SetOperator::Union : ast::SetOperator::Except;
    waiting = std::move(next);
    right = std::move(terms[i + 1]);
  }
  take_waiting();
  return left;
}

ast::QueryPtr AstBuilder::end_query(ast::QueryPtr made, P::QueryEndContext* end, Tree* whole) {
  if (end->children.empty()) return made;
  // A parenthesised query keeps its own ORDER BY and LIMIT below those after the parenthesis.
  const bool has_end = !made->order_by.empty() || made->limit || made->offset || made->emit || !made->with.empty();
  if (has_end) made = make_query(std::move(made), span(whole));
  made->span = span(whole);
  if (end->orderBy() != nullptr) made->order_by = order_by(end->orderBy());
  if (end->limit() != nullptr && end->limit()->expression() != nullptr) made->limit = expression(end->limit()->expression());
  if (end->offset() != nullptr) made->offset = expression(end->offset()->expression());
  if (end->fetch() != nullptr) {
    if (made->limit) throw SqlError(span(end->fetch()), "LIMIT and FETCH say the same; keep one");
    made->limit = fetch_count(end->fetch());
  }
  if (end->emit() != nullptr) made->emit = emit(end->emit());
  return made;
}

ast::ExprPtr AstBuilder::fetch_count(P::FetchContext* ctx) {
  if (ctx->number() != nullptr) return number(ctx->number(), false);
  return make_expr(ast::Literal{ast::LiteralKind::Integer, "1"}, span(ctx));
}

std::vector<ast::CommonTable> AstBuilder::common_tables(P::CommonTablesContext* ctx) {
  std::vector<ast::CommonTable> tables;
  for (P::CommonTableContext* table : ctx->commonTable()) {
    const Deeper deeper(*this, 1, span(table));
    ast::CommonTable made;
    made.name = identifier(table->identifier());
    if (table->identifierList() != nullptr) made.columns = identifier_list(table->identifierList());
    made.query = query(table->query());
    made.recursive = ctx->K_RECURSIVE() != nullptr;
    tables.push_back(std::move(made));
  }
  return tables;
}

ast::Select AstBuilder::select(P::SelectContext* ctx) {
  ast::Select select;
  select.distinct = ctx->K_DISTINCT() != nullptr;
  if (ctx->expressionList() != nullptr) select.distinct_on = expression_list(ctx->expressionList());
  for (P::SelectItemContext* item : ctx->selectItem()) select.items.push_back(select_item(item));
  if (ctx->fromClause() != nullptr) {
    select.from = from_clause(ctx->fromClause());
    if (ctx->fromClause()->streamWindow() != nullptr) select.window = window_clause(ctx->fromClause()->streamWindow());
  }
  if (ctx->where() != nullptr) select.where = expression(ctx->where()->expression());
  if (ctx->groupBy() != nullptr) select.group_by = group_by(ctx->groupBy());
  if (ctx->having() != nullptr) select.having = expression(ctx->having()->expression());
  if (ctx->qualify() != nullptr) select.qualify = expression(ctx->qualify()->expression());
  if (ctx->namedWindows() == nullptr) return select;
  for (P::NamedWindowContext* window : ctx->namedWindows()->namedWindow()) {
    select.named_windows.emplace_back(identifier(window->identifier()), over_clause(window->windowSpecification()));
  }
  return select;
}

ast::SelectItem AstBuilder::select_item(P::SelectItemContext* ctx) {
  ast::SelectItem item;
  item.expr = expression(ctx->expression());
  item.span = span(ctx);
  if (ctx->identifier() != nullptr) item.alias = identifier(ctx->identifier());
  if (ctx->alias != nullptr) item.alias = ast::Identifier{std::string(text(span_of(*ctx->alias))), false, span_of(*ctx->alias)};
  if (ctx->identifierList() != nullptr) item.column_aliases = identifier_list(ctx->identifierList());
  // `AS (k)` is an alias like any other.
  if (item.column_aliases.size() == 1) {
    item.alias = std::move(item.column_aliases[0]);
    item.column_aliases.clear();
  }
  const bool named = item.alias || !item.column_aliases.empty();
  if (named && std::holds_alternative<ast::Star>(item.expr->node)) {
    throw SqlError(item.span, "'*' stands for many columns and takes no alias");
  }
  return item;
}

/// A row is a parenthesised list, the names in which say nothing; a bare expression is a row of one.
ast::Values AstBuilder::values(P::ValuesContext* ctx) {
  ast::Values values;
  for (P::ExpressionContext* row : ctx->expression()) {
    std::vector<ast::ExprPtr> cells;
    auto* list = dynamic_cast<P::ParenthesesPrimaryContext*>(bare_primary(row));
    if (list != nullptr && list->rowList() != nullptr && list->queryTail() == nullptr) {
      for (P::RowItemContext* cell : list->rowList()->rowItem()) cells.push_back(expression(cell->expression()));
    } else {
      cells.push_back(expression(row));
    }
    if (auto* row_in_row = cells.size() == 1 ? std::get_if<ast::RowLiteral>(&cells[0]->node) : nullptr) {
      cells = std::vector<ast::ExprPtr>(std::move(row_in_row->elements));
    }
    if (!values.rows.empty() && cells.size() != values.rows[0].size()) {
      throw SqlError(span(row), "this row has " + std::to_string(cells.size()) + " values, the first has " +
                                    std::to_string(values.rows[0].size()));
    }
    values.rows.push_back(std::move(cells));
  }
  return values;
}

ast::Emit AstBuilder::emit(P::EmitContext* ctx) {
  ast::Emit made;
  made.span = span(ctx);
  if (ctx->emitMode() != nullptr) {
    made.mode = emit_mode(ctx->emitMode());
    made.mode_span = span(ctx->emitMode());
  }
  if (ctx->trigger() != nullptr) add_trigger(made, ctx->trigger());
  if (!made.mode && !made.trigger) {
    throw SqlError(made.span, "EMIT says nothing",
                   "EMIT APPEND, UPDATE or COMPLETE, and when: EVERY 2 SECONDS, EVERY 1000 ROWS, PER RECORD, ONCE, AUTO");
  }
  return made;
}

ast::EmitMode AstBuilder::emit_mode(P::EmitModeContext* ctx) {
  if (ctx->K_COMPLETE() != nullptr) return ast::EmitMode::Complete;
  const bool update = ctx->K_UPDATE() != nullptr || ctx->K_CHANGES() != nullptr;
  return update ? ast::EmitMode::Update : ast::EmitMode::Append;
}

void AstBuilder::add_trigger(ast::Emit& made, P::TriggerContext* ctx) {
  made.trigger_span = span(ctx);
  if (ctx->K_PER() != nullptr) made.trigger = ast::TriggerKind::PerRecord;
  if (ctx->K_ONCE() != nullptr) made.trigger = ast::TriggerKind::Once;
  if (ctx->K_AUTO() != nullptr) {
    made.trigger = ast::TriggerKind::Auto;
    if (ctx->duration() != nullptr) made.latency = duration(ctx->duration());
    return;
  }
  if (ctx->K_EVERY() == nullptr) return;
  made.amount = duration(ctx->duration());
  const auto* count = std::get_if<ast::Literal>(&made.amount->node);
  const bool counts_rows =
      ctx->K_ROW() != nullptr || ctx->K_ROWS() != nullptr || ctx->K_RECORD() != nullptr || ctx->K_RECORDS() != nullptr;
  const bool is_integer =
      count != nullptr && (count->kind == ast::LiteralKind::Integer || count->kind == ast::LiteralKind::Long);
  if (counts_rows && !is_integer)
    throw SqlError(made.amount->span, "a whole number of rows is expected", "such as EVERY 1000 ROWS");
  if (!counts_rows && count != nullptr)
    throw SqlError(made.amount->span, "a unit is missing after this number", "such as EVERY 2 SECONDS or EVERY 1000 ROWS");
  made.trigger = counts_rows ? ast::TriggerKind::Rows : ast::TriggerKind::Every;
}

}  // namespace millrace
