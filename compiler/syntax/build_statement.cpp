#include "compiler/syntax/ast_builder.h"

/// Statements other than queries.
namespace millrace {

namespace {

using P = grammar::MillraceParser;

template <class Context>
ast::RelationKind relation_kind(Context* ctx) {
  if (ctx->kind == nullptr) return ast::RelationKind::View;
  switch (ctx->kind->getType()) {
    case P::K_TABLE:
      return ast::RelationKind::Table;
    case P::K_SINK:
      return ast::RelationKind::Sink;
    default:
      return ast::RelationKind::Stream;  // SOURCE is another word for STREAM
  }
}

}  // namespace

ast::Statement AstBuilder::statement(P::StatementContext* ctx) {
  ast::Statement made;
  if (ctx->queryBody() != nullptr || ctx->insert() != nullptr) {
    return query_statement(ctx->commonTables(), ctx->queryBody(), ctx->insert(), ctx);
  }
  if (ctx->create() != nullptr) made = create(ctx->create());
  if (ctx->explain() != nullptr) made.node = explain(ctx->explain());
  if (ctx->describe() != nullptr) made.node = ast::Describe{qualified_name(ctx->describe()->qualifiedName())};
  if (ctx->show() != nullptr) made.node = show(ctx->show());
  if (ctx->set() != nullptr) {
    P::OptionValueContext* value = ctx->set()->optionValue();
    made.node = ast::Set{option_key(ctx->set()->optionKey()), option_value(value), span(value)};
  }
  if (ctx->drop() != nullptr) made.node = drop(ctx->drop());
  if (ctx->stopQuery() != nullptr) made.node = ast::StopQuery{identifier(ctx->stopQuery()->identifier())};
  if (ctx->sleep() != nullptr) made.node = sleep(ctx->sleep());
  made.span = span(ctx);
  return made;
}

/// `[WITH …] SELECT …` or `[WITH …] INSERT INTO …`, as a statement or after EXPLAIN.
ast::Statement AstBuilder::query_statement(P::CommonTablesContext* with, P::QueryBodyContext* body, P::InsertContext* into,
                                           Tree* whole) {
  ast::Statement made;
  made.span = span(whole);
  if (into != nullptr) {
    ast::Insert node = insert(into);
    if (with != nullptr) {
      if (!node.query->with.empty())
        throw SqlError(span(with), "this INSERT has a WITH clause before and one after INTO; keep one");
      node.query->with = common_tables(with);
    }
    made.node = std::move(node);
    return made;
  }
  ast::QueryPtr query = query_body(body);
  if (with != nullptr) {
    if (!query->with.empty()) {
      auto outer = std::make_unique<ast::Query>();
      outer->span = query->span;
      outer->body = std::move(query);
      query = std::move(outer);
    }
    query->with = common_tables(with);
    query->span = cover(span(with), query->span);
  }
  made.node = ast::SelectStatement{std::move(query)};
  return made;
}

ast::Insert AstBuilder::insert(P::InsertContext* ctx) {
  ast::Insert node;
  node.sink = identifier(ctx->identifier());
  P::InsertSourceContext* source = ctx->insertSource();
  if (source->identifierList() != nullptr) {
    node.columns = identifier_list(source->identifierList());
    node.query = query(source->query());
    return node;
  }
  node.query = plain_query(source->plainQuery());
  if (source->queryTail() != nullptr) node.query = with_tail(std::move(node.query), source->queryTail());
  return node;
}

ast::Statement AstBuilder::create(P::CreateContext* ctx) {
  ast::Statement made;
  const bool or_replace = ctx->K_REPLACE() != nullptr;
  bool if_not_exists = false;
  if (ctx->createSource() != nullptr) {
    ast::CreateSource source = create_source(ctx->createSource());
    source.or_replace = or_replace;
    if_not_exists = source.if_not_exists;
    made.node = std::move(source);
  } else if (ctx->createView() != nullptr) {
    ast::CreateView view = create_view(ctx->createView());
    view.or_replace = or_replace;
    if_not_exists = view.if_not_exists;
    made.node = std::move(view);
  } else {
    ast::CreateFunction function = create_function(ctx->createFunction());
    function.or_replace = or_replace;
    made.node = std::move(function);
  }
  if (or_replace && if_not_exists)
    throw SqlError(span(ctx->K_REPLACE()), "OR REPLACE and IF NOT EXISTS contradict each other");
  made.span = span(ctx);
  return made;
}

ast::CreateSource AstBuilder::create_source(P::CreateSourceContext* ctx) {
  ast::CreateSource source;
  source.kind = relation_kind(ctx);
  source.if_not_exists = ctx->ifNotExists() != nullptr;
  source.name = identifier(ctx->identifier());
  if (ctx->query() != nullptr) {
    throw not_supported_yet(span(ctx->query()), "CREATE " + upper_text(span_of(*ctx->kind)) + " … AS a query",
                            "CREATE VIEW and CREATE MATERIALIZED VIEW take a query; INSERT INTO fills a sink");
  }
  for (P::ColumnElementContext* element : ctx->columnElement()) add_column_element(source, element);
  if (ctx->withOptions() == nullptr) return source;
  source.options = options(ctx->withOptions()->option());
  source.options_span = span(ctx->withOptions());
  return source;
}

void AstBuilder::add_column_element(ast::CreateSource& source, P::ColumnElementContext* ctx) {
  if (ctx->K_WATERMARK() != nullptr) {
    if (source.kind != ast::RelationKind::Stream) throw SqlError(span(ctx), "only a stream has a watermark");
    if (source.watermark) throw SqlError(span(ctx), "a stream has one watermark, this is a second one");
    source.watermark = watermark(ctx);
    return;
  }
  ast::ColumnDefinition column;
  column.name = identifier(ctx->identifier());
  column.span = span(ctx);
  if (ctx->expression() != nullptr) column.computed = expression(ctx->expression());
  if (ctx->type() != nullptr) column.type = type(ctx->type());
  for (P::ColumnConstraintContext* constraint : ctx->columnConstraint()) column.not_null = constraint->K_NOT() != nullptr;
  source.columns.push_back(std::move(column));
}

ast::WatermarkDefinition AstBuilder::watermark(P::ColumnElementContext* ctx) {
  ast::WatermarkDefinition definition;
  definition.column = identifier(ctx->identifier());
  if (ctx->expression() != nullptr) definition.expr = expression(ctx->expression());
  definition.span = span(ctx);
  return definition;
}

ast::CreateView AstBuilder::create_view(P::CreateViewContext* ctx) {
  ast::CreateView view;
  view.materialized = ctx->K_MATERIALIZED() != nullptr;
  view.if_not_exists = ctx->ifNotExists() != nullptr;
  view.name = identifier(ctx->identifier());
  if (ctx->identifierList() != nullptr) view.columns = identifier_list(ctx->identifierList());
  if (ctx->withOptions() != nullptr) {
    if (!view.materialized)
      throw SqlError(span(ctx->withOptions()), "a view takes no options", "options belong to a MATERIALIZED VIEW");
    view.options = options(ctx->withOptions()->option());
  }
  if (ctx->trailingOptions() != nullptr) {
    const SourceSpan where = span(ctx->trailingOptions());
    if (!view.materialized) throw SqlError(where, "a view takes no options", "options belong to a MATERIALIZED VIEW");
    if (ctx->withOptions() != nullptr) throw SqlError(where, "this view has a WITH clause before AS and one behind its query; keep one");
    view.options = options(ctx->trailingOptions()->option());
  }
  view.query = query(ctx->query());
  return view;
}

ast::CreateFunction AstBuilder::create_function(P::CreateFunctionContext* ctx) {
  ast::CreateFunction function;
  function.name = identifier(ctx->identifier());
  for (P::ParameterContext* parameter : ctx->parameter()) {
    function.parameters.emplace_back(identifier(parameter->identifier()), type(parameter->type()));
  }
  function.returns = type(ctx->type());
  function.body = expression(ctx->expression());
  return function;
}

std::vector<ast::Option> AstBuilder::options(const std::vector<P::OptionContext*>& written) {
  std::vector<ast::Option> list;
  for (P::OptionContext* option : written) {
    list.push_back({option_key(option->optionKey()), option_value(option->optionValue()), span(option->optionValue())});
  }
  return list;
}

ast::Identifier AstBuilder::option_key(P::OptionKeyContext* ctx) {
  ast::Identifier key;
  key.span = span(ctx);
  if (ctx->STRING() != nullptr) {
    const std::string_view quoted = text(span(ctx->STRING()));
    key.text = quoted.substr(1, quoted.size() - 2);
    key.quoted = true;
  }
  for (P::AnyWordContext* word : ctx->anyWord()) {
    if (!key.text.empty()) key.text += '.';
    key.text += word->identifier() != nullptr ? identifier(word->identifier()).text : std::string(text(span(word)));
  }
  return key;
}

ast::Literal AstBuilder::option_value(P::OptionValueContext* ctx) {
  if (ctx->K_TRUE() != nullptr) return {ast::LiteralKind::Boolean, "TRUE"};
  if (ctx->K_FALSE() != nullptr) return {ast::LiteralKind::Boolean, "FALSE"};
  if (ctx->string() != nullptr) return {ast::LiteralKind::String, string_value(ctx->string())};
  if (ctx->number() != nullptr) {
    const ast::ExprPtr value = number(ctx->number(), ctx->MINUS() != nullptr);
    auto* literal = std::get_if<ast::Literal>(&value->node);
    if (literal == nullptr) throw SqlError(span(ctx), "a plain number is expected here");
    return std::move(*literal);
  }
  // A bare word or a duration is a string: format = json, timeout = 10s.
  std::string words;
  for (P::OptionWordContext* word : ctx->optionWord()) {
    if (!words.empty()) words += '.';
    const std::string_view written = text(span(word));
    words += word->QUOTED_NAME() != nullptr ? written.substr(1, written.size() - 2) : written;
  }
  if (ctx->DURATION() != nullptr) words = text(span(ctx->DURATION()));
  return {ast::LiteralKind::String, std::move(words)};
}

ast::Explain AstBuilder::explain(P::ExplainContext* ctx) {
  ast::Explain node;
  bool has_stage = false;
  for (const antlr4::Token* word : ctx->stages) {
    if (word->getType() == P::K_ANALYZE) {
      node.analyze = true;
      continue;
    }
    if (has_stage) throw SqlError(span_of(*word), "EXPLAIN shows one stage at a time");
    has_stage = true;
    if (word->getType() == P::K_LOGICAL) node.stage = ast::ExplainStage::Logical;
    if (word->getType() == P::K_IR) node.stage = ast::ExplainStage::Ir;
    if (word->getType() == P::K_ASM) node.stage = ast::ExplainStage::Asm;
    if (word->getType() == P::K_STATE) node.stage = ast::ExplainStage::State;
  }
  node.statement = std::make_unique<ast::Statement>(
      ctx->create() != nullptr ? create(ctx->create())
                               : query_statement(ctx->commonTables(), ctx->queryBody(), ctx->insert(), ctx));
  return node;
}

ast::Show AstBuilder::show(P::ShowContext* ctx) {
  std::string what;
  for (P::AnyWordContext* word : ctx->anyWord()) {
    if (!what.empty()) what += ' ';
    what += upper_text(span(word));
  }
  return {std::move(what)};
}

ast::Drop AstBuilder::drop(P::DropContext* ctx) {
  ast::Drop node;
  node.is_function = ctx->K_FUNCTION() != nullptr;
  if (!node.is_function) node.kind = ctx->K_MATERIALIZED() != nullptr ? ast::RelationKind::MaterializedView : relation_kind(ctx);
  node.if_exists = ctx->K_EXISTS() != nullptr;
  node.name = identifier(ctx->identifier());
  return node;
}

/// SLEEP 2 is two seconds.
ast::Sleep AstBuilder::sleep(P::SleepContext* ctx) { return {duration(ctx->duration())}; }

}  // namespace millrace
