#include <charconv>
#include <limits>

#include "compiler/base/letter_case.h"
#include "compiler/syntax/ast_builder.h"

/// Names and types.
namespace millrace {

namespace {

/// The text between the quotes, the doubled quote inside made one.
std::string unquote(std::string_view quoted) {
  const char quote = quoted.front();
  std::string out;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    out += quoted[i];
    if (quoted[i] == quote) ++i;
  }
  return out;
}

uint32_t type_parameter(std::string_view digits, SourceSpan span) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size())
    throw SqlError(span, "this number is too large for a type");
  return value;
}

}  // namespace

ast::Identifier AstBuilder::identifier(P::IdentifierContext* ctx) {
  const SourceSpan where = span(ctx);
  if (ctx->QUOTED_NAME() == nullptr) return {std::string(text(where)), false, where};
  ast::Identifier name{unquote(text(where)), true, where};
  if (name.text.empty()) throw SqlError(where, "a quoted name cannot be empty");
  return name;
}

ast::Name AstBuilder::qualified_name(P::QualifiedNameContext* ctx) {
  ast::Name name;
  for (P::IdentifierContext* part : ctx->identifier()) name.push_back(identifier(part));
  return name;
}

std::vector<ast::Identifier> AstBuilder::identifier_list(P::IdentifierListContext* ctx) {
  std::vector<ast::Identifier> names;
  for (P::IdentifierContext* name : ctx->identifier()) names.push_back(identifier(name));
  return names;
}

ast::TypeName AstBuilder::type(P::TypeContext* ctx) {
  if (ctx->K_STRUCT() != nullptr || ctx->K_ROW() != nullptr) return struct_type(ctx->structField(), span(ctx));
  if (ctx->K_ARRAY() == nullptr && ctx->K_MAP() == nullptr) return plain_type(ctx);
  ast::TypeName type_name;
  type_name.name = ctx->K_ARRAY() != nullptr ? "ARRAY" : "MAP";
  for (P::TypeContext* part : ctx->type()) type_name.fields.emplace_back(ast::Identifier{}, type(part));
  type_name.span = span(ctx);
  return type_name;
}

ast::TypeName AstBuilder::struct_type(const std::vector<P::StructFieldContext*>& fields, SourceSpan where) {
  ast::TypeName type_name;
  type_name.name = "STRUCT";
  for (P::StructFieldContext* field : fields)
    type_name.fields.emplace_back(identifier(field->identifier()), type(field->type()));
  type_name.span = where;
  return type_name;
}

/// `BIGINT UNSIGNED` is BIGINT, `DOUBLE PRECISION` DOUBLE, `CHARACTER VARYING(n)` VARCHAR, `TIMESTAMP … TIME ZONE`
/// TIMESTAMP.
ast::TypeName AstBuilder::plain_type(P::TypeContext* ctx) {
  ast::TypeName type_name;
  type_name.span = span(ctx);
  if (ctx->K_INTERVAL() != nullptr) {
    type_name.name = "INTERVAL";
    const auto units = ctx->UNIT();
    if (!units.empty()) type_name.name += ' ' + upper_text(span(units[0]));
    if (units.size() > 1) type_name.name += " TO " + upper_text(span(units[1]));
    return type_name;
  }
  type_name.name = ctx->WORD() != nullptr ? upper_text(span(ctx->WORD())) : upper_text(span(ctx->nonReserved()));
  if (ctx->K_VARYING() != nullptr) type_name.name = type_name.name == "BINARY" ? "BINARY" : "VARCHAR";
  for (antlr4::tree::TerminalNode* parameter : ctx->INTEGER()) {
    type_name.parameters.push_back(type_parameter(text(span(parameter)), span(parameter)));
  }
  return type_name;
}

ast::TypeName AstBuilder::schema(P::SingleSchemaContext* ctx) {
  ast::TypeName type_name;
  type_name.name = "STRUCT";
  type_name.span = span(ctx);
  for (P::SchemaColumnContext* column : ctx->schemaColumn()) {
    type_name.fields.emplace_back(identifier(column->identifier()), type(column->type()));
  }
  return type_name;
}

SourceSpan AstBuilder::span(const Tree* ctx) const {
  const SourceSpan first = span_of(*ctx->start);
  // A rule that matched nothing stops before it starts.
  if (ctx->stop == nullptr || ctx->stop->getTokenIndex() < ctx->start->getTokenIndex()) return {first.begin, first.begin};
  return cover(first, span_of(*ctx->stop));
}

SourceSpan AstBuilder::span(antlr4::tree::TerminalNode* node) const { return span_of(*node->getSymbol()); }

std::string AstBuilder::upper_text(SourceSpan where) const { return upper_case(text(where)); }

}  // namespace millrace
