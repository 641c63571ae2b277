#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "MillraceParser.h"
#include "compiler/base/source_text.h"
#include "compiler/base/sql_error.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/syntax_error.h"

namespace millrace {

/// Turns ANTLR's tree of one statement into the AST. Told apart here is what the grammar leaves open so that it can decide
/// on one token (what a call is, what parentheses hold); mistakes of that kind throw SqlError. Used for one tree, then
/// dropped.
class AstBuilder {
 public:
  using P = grammar::MillraceParser;

  explicit AstBuilder(const SourceText& source) : source_(source) {}

  ast::Statement statement(P::StatementContext* ctx);
  /// The columns of `a BIGINT, b STRING` as a STRUCT.
  ast::TypeName schema(P::SingleSchemaContext* ctx);

 private:
  using Tree = antlr4::ParserRuleContext;

  // build_statement.cpp
  ast::Insert insert(P::InsertContext* ctx);
  ast::Statement create(P::CreateContext* ctx);
  ast::CreateSource create_source(P::CreateSourceContext* ctx);
  ast::CreateView create_view(P::CreateViewContext* ctx);
  ast::CreateFunction create_function(P::CreateFunctionContext* ctx);
  void add_column_element(ast::CreateSource& source, P::ColumnElementContext* ctx);
  ast::WatermarkDefinition watermark(P::ColumnElementContext* ctx);
  std::vector<ast::Option> options(const std::vector<P::OptionContext*>& written);
  ast::Identifier option_key(P::OptionKeyContext* ctx);
  ast::Literal option_value(P::OptionValueContext* ctx);
  ast::Explain explain(P::ExplainContext* ctx);
  ast::Show show(P::ShowContext* ctx);
  ast::Drop drop(P::DropContext* ctx);
  ast::Sleep sleep(P::SleepContext* ctx);
  ast::Statement query_statement(P::CommonTablesContext* with, P::QueryBodyContext* body, P::InsertContext* insert,
                                 Tree* whole);

  // build_query.cpp
  ast::QueryPtr query(P::QueryContext* ctx);
  ast::QueryPtr plain_query(P::PlainQueryContext* ctx);
  ast::QueryPtr query_body(P::QueryBodyContext* ctx);
  ast::QueryPtr query_term(P::QueryTermContext* ctx);
  ast::QueryPtr plain_term(P::PlainTermContext* ctx);
  ast::QueryPtr all_of(ast::RelationPtr relation);
  ast::QueryPtr with_tail(ast::QueryPtr first, P::QueryTailContext* tail);
  ast::QueryPtr combine(std::vector<ast::QueryPtr> terms, const std::vector<P::SetOperatorContext*>& operators);
  ast::QueryPtr end_query(ast::QueryPtr query, P::QueryEndContext* end, Tree* whole);
  std::vector<ast::CommonTable> common_tables(P::CommonTablesContext* ctx);
  ast::Select select(P::SelectContext* ctx);
  ast::SelectItem select_item(P::SelectItemContext* ctx);
  ast::Values values(P::ValuesContext* ctx);
  ast::ExprPtr fetch_count(P::FetchContext* ctx);
  ast::Emit emit(P::EmitContext* ctx);
  void add_trigger(ast::Emit& emit, P::TriggerContext* ctx);
  ast::EmitMode emit_mode(P::EmitModeContext* ctx);

  // build_grouping.cpp
  ast::GroupBy group_by(P::GroupByContext* ctx);
  ast::GroupingElement grouping_element(P::GroupingElementContext* ctx);
  ast::GroupingElement grouping_sets(P::GroupingSetsContext* ctx);
  void add_grouping_sets(std::vector<std::vector<ast::ExprPtr>>& sets, P::GroupingElementContext* ctx);
  void expand_cube(std::vector<std::vector<ast::ExprPtr>>& sets, const std::vector<P::ExpressionContext*>& elements);
  void expand_rollup(std::vector<std::vector<ast::ExprPtr>>& sets, const std::vector<P::ExpressionContext*>& elements);
  std::vector<ast::ExprPtr> grouping_set(P::ExpressionContext* ctx);
  std::vector<P::ExpressionContext*> cube_or_rollup_elements(P::NamePrimaryContext* call);

  // build_relation.cpp
  ast::RelationPtr from_clause(P::FromClauseContext* ctx);
  ast::RelationPtr relation(P::RelationContext* ctx);
  ast::RelationPtr relation_primary(P::RelationPrimaryContext* ctx);
  ast::RelationPtr parenthesised_relation(P::RelationPrimaryContext* ctx);
  ast::RelationPtr with_tails(ast::RelationPtr left, const std::vector<P::RelationTailContext*>& tails);
  ast::RelationPtr pivot(ast::RelationPtr input, P::PivotContext* ctx);
  ast::RelationPtr unpivot(ast::RelationPtr input, P::UnpivotContext* ctx);
  ast::RelationPtr join(ast::RelationPtr left, P::JoinTailContext* ctx);
  ast::RelationPtr lateral_view(ast::RelationPtr input, P::LateralViewContext* ctx);
  ast::TableFunction table_function(P::IdentifierContext* name, P::TableArgumentsContext* ctx);
  ast::FunctionArgument function_argument(P::ArgumentContext* ctx);
  ast::RelationPtr table_argument(P::TableArgumentContext* ctx);
  ast::TableAlias table_alias(P::TableAliasContext* ctx);
  ast::WindowClause window_clause(P::StreamWindowContext* ctx);
  bool is_lateral(antlr4::tree::TerminalNode* lateral, P::RelationPrimaryContext* ctx);
  ast::RelationPtr cross(ast::RelationPtr left, ast::RelationPtr right, bool lateral);
  ast::RelationPtr named_values(P::ValuesContext* rows, P::TableAliasContext* alias);
  ast::RelationPtr comma_join(ast::RelationPtr left, P::RelationContext* ctx);

  // build_expr.cpp
  ast::ExprPtr expression(P::ExpressionContext* ctx);
  ast::ExprPtr and_expression(P::AndExpressionContext* ctx);
  ast::ExprPtr not_expression(P::NotExpressionContext* ctx);
  ast::ExprPtr comparison(P::ComparisonContext* ctx);
  ast::ExprPtr compared(ast::ExprPtr left, P::ComparedTailContext* ctx);
  P::PlainQueryContext* query_of_any(P::BitwiseContext* ctx);
  ast::ExprPtr quantified(ast::ExprPtr left, const antlr4::Token& sign, P::PlainQueryContext* query, bool all);
  ast::ExprPtr predicate(ast::ExprPtr left, P::PredicateTailContext* ctx);
  ast::ExprPtr in_predicate(ast::ExprPtr left, P::PostfixContext* right, bool negated, SourceSpan span);
  ast::ExprPtr like_predicate(ast::ExprPtr left, P::PredicateContext* ctx, bool negated, SourceSpan span);
  ast::ExprPtr is_predicate(ast::ExprPtr left, P::IsTailContext* ctx);
  ast::ExprPtr bitwise(P::BitwiseContext* ctx);
  ast::ExprPtr sum(P::SumContext* ctx);
  ast::ExprPtr product(P::ProductContext* ctx);
  ast::ExprPtr unary(P::UnaryContext* ctx);
  ast::ExprPtr postfix(P::PostfixContext* ctx);
  ast::ExprPtr postfix_tail(ast::ExprPtr operand, P::PostfixTailContext* ctx, bool operand_is_name);
  std::vector<ast::ExprPtr> expression_list(P::ExpressionListContext* ctx);
  std::vector<ast::ExprPtr> expression_list(P::RowListContext* ctx);  ///< refuses names
  ast::ExprPtr balanced(ast::BinaryOp op, std::vector<ast::ExprPtr>& operands, const std::vector<SourceSpan>& op_spans,
                        size_t low, size_t high);
  std::vector<ast::SortItem> order_by(P::OrderByContext* ctx);

  // build_primary.cpp
  ast::ExprPtr primary(P::PrimaryContext* ctx);
  ast::ExprPtr name(P::NamePrimaryContext* ctx);
  ast::ExprPtr typed_literal(P::NamePrimaryContext* ctx);
  ast::ExprPtr number(P::NumberContext* ctx, bool negative);
  ast::ExprPtr constant(P::ConstantPrimaryContext* ctx);
  ast::ExprPtr case_expression(P::CasePrimaryContext* ctx);
  ast::ExprPtr parentheses(P::ParenthesesPrimaryContext* ctx);
  ast::ExprPtr named_row(P::RowListContext* ctx, SourceSpan where);
  /// The query that the parentheses hold, or null when they hold expressions.
  ast::QueryPtr query_in_parentheses(P::ParenthesesPrimaryContext* ctx);
  ast::ExprPtr interval(P::IntervalPrimaryContext* ctx);
  /// An Interval, or an Integer literal for a number without a unit.
  ast::ExprPtr duration(P::DurationContext* ctx);
  void add_duration_part(std::vector<ast::Interval::Part>& parts, P::DurationPartContext* ctx, std::string_view sign);
  ast::ExprPtr star(P::ExceptColumnsContext* except, ast::Name qualifier, SourceSpan span);
  std::string string_value(P::StringContext* ctx);

  // build_call.cpp
  ast::ExprPtr call(P::NamePrimaryContext* ctx);
  ast::ExprPtr special_call(P::NamePrimaryContext* ctx);
  ast::ExprPtr cast_call(P::NamePrimaryContext* ctx, bool is_try);
  ast::ExprPtr extract_call(P::NamePrimaryContext* ctx);
  ast::ExprPtr trim_call(P::NamePrimaryContext* ctx);
  ast::ExprPtr position_call(P::NamePrimaryContext* ctx);
  ast::ExprPtr from_for_call(P::NamePrimaryContext* ctx);
  ast::ExprPtr columns_call(P::NamePrimaryContext* ctx);
  ast::ExprPtr query_call(P::NamePrimaryContext* ctx);
  ast::ExprPtr struct_call(P::NamePrimaryContext* ctx);
  ast::ExprPtr call_argument(P::ArgumentContext* ctx);
  ast::ExprPtr lambda(P::ArgumentContext* ctx);
  void add_call_tail(ast::Call& call, P::CallTailContext* ctx);
  ast::OverClause over_clause(P::WindowSpecificationContext* ctx);
  ast::WindowFrame frame(P::FrameContext* ctx);
  ast::FrameBound frame_bound(P::FrameBoundContext* ctx);

  // build_name.cpp: names and types
  ast::Identifier identifier(P::IdentifierContext* ctx);
  ast::Name qualified_name(P::QualifiedNameContext* ctx);
  std::vector<ast::Identifier> identifier_list(P::IdentifierListContext* ctx);
  ast::TypeName type(P::TypeContext* ctx);
  ast::TypeName plain_type(P::TypeContext* ctx);
  ast::TypeName struct_type(const std::vector<P::StructFieldContext*>& fields, SourceSpan span);

  SourceSpan span(const Tree* ctx) const;
  SourceSpan span(antlr4::tree::TerminalNode* node) const;
  std::string_view text(SourceSpan span) const { return source_.slice(span); }
  std::string upper_text(SourceSpan span) const;

  /// Counts the levels between the statement and the expression being built; the tree must not outgrow the stack.
  class Deeper {
   public:
    Deeper(AstBuilder& builder, size_t levels, SourceSpan where) : builder_(builder), levels_(levels) {
      builder_.depth_ += levels_;
      if (builder_.depth_ > kMaxNesting) throw nested_too_deep(where, kMaxNesting);
    }
    ~Deeper() { builder_.depth_ -= levels_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    AstBuilder& builder_;
    size_t levels_;
  };

  const SourceText& source_;
  size_t depth_ = 0;
};

/// Makes an expression of a node.
template <class Node>
ast::ExprPtr make_expr(Node node, SourceSpan span) {
  return std::make_unique<ast::Expr>(ast::Expr{std::move(node), span});
}

/// The primary that the expression is, when it is nothing more: no operator, no NOT, no postfix. Otherwise null.
grammar::MillraceParser::PrimaryContext* bare_primary(grammar::MillraceParser::ExpressionContext* ctx);
grammar::MillraceParser::PrimaryContext* bare_primary(grammar::MillraceParser::PostfixContext* ctx);

}  // namespace millrace
