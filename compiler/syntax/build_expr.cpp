#include "compiler/syntax/ast_builder.h"

/// Operators and predicates, loosest first, as the grammar spells them out.
namespace millrace {

namespace {

using P = grammar::MillraceParser;

/// The signs between the operands of a level, in order.
std::vector<antlr4::Token*> operators_of(antlr4::ParserRuleContext* ctx) {
  std::vector<antlr4::Token*> operators;
  for (antlr4::tree::ParseTree* child : ctx->children) {
    if (auto* leaf = dynamic_cast<antlr4::tree::TerminalNode*>(child)) operators.push_back(leaf->getSymbol());
  }
  return operators;
}

ast::BinaryOp binary_op(size_t token_type) {
  switch (token_type) {
    case P::PLUS:
      return ast::BinaryOp::Add;
    case P::MINUS:
      return ast::BinaryOp::Subtract;
    case P::CONCAT:
      return ast::BinaryOp::Concat;
    case P::STAR:
      return ast::BinaryOp::Multiply;
    case P::SLASH:
      return ast::BinaryOp::Divide;
    case P::PERCENT:
      return ast::BinaryOp::Modulo;
    case P::K_DIV:
      return ast::BinaryOp::IntegerDivide;
    case P::AMPERSAND:
      return ast::BinaryOp::BitAnd;
    case P::CARET:
      return ast::BinaryOp::BitXor;
    case P::PIPE:
      return ast::BinaryOp::BitOr;
    case P::EQUAL:
      return ast::BinaryOp::Equal;
    case P::NOT_EQUAL:
      return ast::BinaryOp::NotEqual;
    case P::NULL_SAFE_EQUAL:
      return ast::BinaryOp::NullSafeEqual;
    case P::LESS:
      return ast::BinaryOp::Less;
    case P::LESS_EQUAL:
      return ast::BinaryOp::LessEqual;
    case P::GREATER:
      return ast::BinaryOp::Greater;
    default:
      return ast::BinaryOp::GreaterEqual;
  }
}

ast::ExprPtr make_binary(ast::BinaryOp op, ast::ExprPtr left, ast::ExprPtr right, SourceSpan op_span) {
  const SourceSpan whole = cover(left->span, right->span);
  return make_expr(ast::Binary{op, std::move(left), std::move(right), op_span}, whole);
}

/// An operator between the operands of a bitwise expression: a shift, which is a call, or another one. Shifts bind tighter than `&`, that tighter
/// than `^`, and that tighter than `|`, as in Spark.
struct BitwiseOperator {
  const char* shift = nullptr;
  ast::BinaryOp op = ast::BinaryOp::BitOr;
  SourceSpan where;
  int rank() const { return shift != nullptr ? 3 : op == ast::BinaryOp::BitAnd ? 2 : op == ast::BinaryOp::BitXor ? 1 : 0; }
};

std::vector<BitwiseOperator> bitwise_operators(P::BitwiseContext* ctx) {
  std::vector<BitwiseOperator> operators;
  for (antlr4::tree::ParseTree* child : ctx->children) {
    if (auto* leaf = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
      operators.push_back({nullptr, binary_op(leaf->getSymbol()->getType()), span_of(*leaf->getSymbol())});
    } else if (auto* shift = dynamic_cast<P::ShiftContext*>(child)) {
      const char* const name = shift->SHIFT_LEFT() != nullptr ? "shiftleft" : shift->GREATER().size() == 1 ? "shiftright" : "shiftrightunsigned";
      operators.push_back({name, ast::BinaryOp::BitOr, cover(span_of(*shift->start), span_of(*shift->stop))});
    }
  }
  return operators;
}

ast::ExprPtr make_shift(const BitwiseOperator& shift, ast::ExprPtr left, ast::ExprPtr right) {
  const SourceSpan whole = cover(left->span, right->span);
  ast::Call call;
  call.name = {shift.shift, false, shift.where};
  call.arguments.push_back(std::move(left));
  call.arguments.push_back(std::move(right));
  return make_expr(std::move(call), whole);
}

P::PostfixContext* only_postfix(P::BitwiseContext* ctx) {
  if (ctx->sum().size() != 1) return nullptr;
  P::SumContext* sum = ctx->sum(0);
  if (sum->product().size() != 1 || sum->product(0)->unary().size() != 1) return nullptr;
  P::UnaryContext* unary = sum->product(0)->unary(0);
  return unary->children.size() == 1 ? unary->postfix() : nullptr;
}

P::PostfixContext* only_postfix(P::ComparisonContext* ctx) {
  return ctx->comparisonTail().empty() ? only_postfix(ctx->bitwise()) : nullptr;
}

/// A call of `build` for each operand, joined left to right.
template <class Operand, class Build>
ast::ExprPtr left_to_right(const std::vector<Operand*>& operands, const std::vector<antlr4::Token*>& operators,
                           Build build) {
  ast::ExprPtr left = build(operands[0]);
  for (size_t i = 0; i < operators.size(); ++i) {
    left = make_binary(binary_op(operators[i]->getType()), std::move(left), build(operands[i + 1]), span_of(*operators[i]));
  }
  return left;
}

}  // namespace

P::PrimaryContext* bare_primary(P::PostfixContext* ctx) {
  return ctx != nullptr && ctx->postfixTail().empty() ? ctx->primary() : nullptr;
}

P::PrimaryContext* bare_primary(P::ExpressionContext* ctx) {
  if (ctx->children.size() != 1 || ctx->andExpression(0)->children.size() != 1) return nullptr;
  P::NotExpressionContext* negation = ctx->andExpression(0)->notExpression(0);
  return negation->children.size() == 1 ? bare_primary(only_postfix(negation->comparison())) : nullptr;
}

ast::ExprPtr AstBuilder::expression(P::ExpressionContext* ctx) {
  if (ctx->children.size() == 1) return and_expression(ctx->andExpression(0));
  const Deeper deeper(*this, 1, span(ctx));
  std::vector<ast::ExprPtr> operands;
  for (P::AndExpressionContext* operand : ctx->andExpression()) operands.push_back(and_expression(operand));
  std::vector<SourceSpan> op_spans;
  for (antlr4::tree::TerminalNode* op : ctx->K_OR()) op_spans.push_back(span(op));
  return balanced(ast::BinaryOp::Or, operands, op_spans, 0, operands.size() - 1);
}

ast::ExprPtr AstBuilder::and_expression(P::AndExpressionContext* ctx) {
  if (ctx->children.size() == 1) return not_expression(ctx->notExpression(0));
  const Deeper deeper(*this, 1, span(ctx));
  std::vector<ast::ExprPtr> operands;
  for (P::NotExpressionContext* operand : ctx->notExpression()) operands.push_back(not_expression(operand));
  std::vector<SourceSpan> op_spans;
  for (antlr4::tree::TerminalNode* op : ctx->K_AND()) op_spans.push_back(span(op));
  return balanced(ast::BinaryOp::And, operands, op_spans, 0, operands.size() - 1);
}

/// A long chain of AND or OR becomes a tree of logarithmic depth, as Spark's parser makes it; the order of operands stays.
ast::ExprPtr AstBuilder::balanced(ast::BinaryOp op, std::vector<ast::ExprPtr>& operands,
                                  const std::vector<SourceSpan>& op_spans, size_t low, size_t high) {
  if (low == high) return std::move(operands[low]);
  const size_t middle = low + (high - low) / 2;
  ast::ExprPtr left = balanced(op, operands, op_spans, low, middle);
  ast::ExprPtr right = balanced(op, operands, op_spans, middle + 1, high);
  return make_binary(op, std::move(left), std::move(right), op_spans[middle]);
}

ast::ExprPtr AstBuilder::not_expression(P::NotExpressionContext* ctx) {
  if (ctx->children.size() == 1) return comparison(ctx->comparison());
  const std::vector<antlr4::Token*> negations = operators_of(ctx);
  const Deeper deeper(*this, negations.size(), span(ctx));
  ast::ExprPtr node = comparison(ctx->comparison());
  for (auto sign = negations.rbegin(); sign != negations.rend(); ++sign) {
    const SourceSpan whole = cover(span_of(**sign), node->span);
    node = make_expr(ast::Unary{ast::UnaryOp::Not, std::move(node)}, whole);
  }
  return node;
}

ast::ExprPtr AstBuilder::comparison(P::ComparisonContext* ctx) {
  if (ctx->children.size() == 1) return bitwise(ctx->bitwise());
  const Deeper deeper(*this, ctx->children.size() - 1, span(ctx));
  ast::ExprPtr left = bitwise(ctx->bitwise());
  for (P::ComparisonTailContext* tail : ctx->comparisonTail()) {
    if (auto* compare = dynamic_cast<P::ComparedTailContext*>(tail)) {
      left = compared(std::move(left), compare);
    } else if (auto* test = dynamic_cast<P::PredicateTailContext*>(tail)) {
      left = predicate(std::move(left), test);
    } else {
      left = is_predicate(std::move(left), static_cast<P::IsTailContext*>(tail));
    }
  }
  return left;
}

namespace {

/// The comparison that holds where `op` does not.
ast::BinaryOp opposite(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::Equal:
      return ast::BinaryOp::NotEqual;
    case ast::BinaryOp::NotEqual:
      return ast::BinaryOp::Equal;
    case ast::BinaryOp::Less:
      return ast::BinaryOp::GreaterEqual;
    case ast::BinaryOp::LessEqual:
      return ast::BinaryOp::Greater;
    case ast::BinaryOp::Greater:
      return ast::BinaryOp::LessEqual;
    default:
      return ast::BinaryOp::Less;
  }
}

}  // namespace

/// The query of `ANY (SELECT …)` or `SOME (SELECT …)`, which was read as a call; nullptr when it is something else.
P::PlainQueryContext* AstBuilder::query_of_any(P::BitwiseContext* ctx) {
  auto* call = dynamic_cast<P::NamePrimaryContext*>(bare_primary(only_postfix(ctx)));
  if (call == nullptr || call->callBody() == nullptr || call->identifier()->QUOTED_NAME() != nullptr) return nullptr;
  const std::string name = upper_text(span(call->identifier()));
  return name == "ANY" || name == "SOME" ? call->callBody()->plainQuery() : nullptr;
}

ast::ExprPtr AstBuilder::quantified(ast::ExprPtr left, const antlr4::Token& sign, P::PlainQueryContext* query, bool all) {
  const SourceSpan whole = cover(left->span, span(query));
  ast::BinaryOp op = binary_op(sign.getType());
  if (op == ast::BinaryOp::NullSafeEqual) throw SqlError(span_of(sign), "<=> does not go with ANY and ALL", "= and <> do");
  if (all) op = opposite(op);
  const Deeper deeper(*this, 1, whole);
  return make_expr(ast::InQuery{std::move(left), plain_query(query), all, op}, whole);
}

ast::ExprPtr AstBuilder::compared(ast::ExprPtr left, P::ComparedTailContext* ctx) {
  const antlr4::Token* op = ctx->comparisonOperator()->start;
  if (ctx->K_ALL() != nullptr) return quantified(std::move(left), *op, ctx->plainQuery(), true);
  if (P::PlainQueryContext* any = query_of_any(ctx->bitwise())) return quantified(std::move(left), *op, any, false);
  return make_binary(binary_op(op->getType()), std::move(left), bitwise(ctx->bitwise()), span_of(*op));
}

ast::ExprPtr AstBuilder::predicate(ast::ExprPtr left, P::PredicateTailContext* ctx) {
  P::PredicateContext* test = ctx->predicate();
  const bool negated = ctx->K_NOT() != nullptr;
  const SourceSpan whole = cover(left->span, span(ctx));
  if (test->K_IN() != nullptr) return in_predicate(std::move(left), test->postfix(), negated, whole);
  if (test->K_BETWEEN() == nullptr) return like_predicate(std::move(left), test, negated, whole);
  ast::ExprPtr low = bitwise(test->bitwise(0));
  ast::ExprPtr high = bitwise(test->bitwise(1));
  return make_expr(ast::Between{std::move(left), std::move(low), std::move(high), negated}, whole);
}

ast::ExprPtr AstBuilder::in_predicate(ast::ExprPtr left, P::PostfixContext* right, bool negated, SourceSpan where) {
  auto* list = dynamic_cast<P::ParenthesesPrimaryContext*>(bare_primary(right));
  if (list == nullptr) throw SqlError(span(right), "IN takes a list or a query in parentheses", "such as x IN ('a', 'b')");
  const Deeper deeper(*this, 1, where);
  if (ast::QueryPtr inner = query_in_parentheses(list)) {
    return make_expr(ast::InQuery{std::move(left), std::move(inner), negated}, where);
  }
  if (list->rowList() == nullptr) throw SqlError(span(list), "the list of IN is empty");
  return make_expr(ast::InList{std::move(left), expression_list(list->rowList()), negated}, where);
}

ast::ExprPtr AstBuilder::like_predicate(ast::ExprPtr left, P::PredicateContext* ctx, bool negated, SourceSpan where) {
  ast::Like node;
  node.operand = std::move(left);
  node.negated = negated;
  if (ctx->kind->getType() == P::K_ILIKE) node.kind = ast::LikeKind::ILike;
  if (ctx->kind->getType() == P::K_RLIKE || ctx->kind->getType() == P::K_REGEXP) node.kind = ast::LikeKind::RLike;
  if (ctx->expressionList() != nullptr) {
    node.quantifier = ctx->LIKE_ANY() != nullptr ? ast::LikeQuantifier::Any : ast::LikeQuantifier::All;
    node.patterns = expression_list(ctx->expressionList());
  } else {
    node.patterns.push_back(bitwise(ctx->bitwise(0)));
  }
  if (ctx->string() != nullptr) {
    const SourceSpan escape = span(ctx->string());
    if (node.kind == ast::LikeKind::RLike) throw SqlError(escape, "a regular expression takes no ESCAPE");
    node.escape = make_expr(ast::Literal{ast::LiteralKind::String, string_value(ctx->string())}, escape);
  }
  return make_expr(std::move(node), where);
}

ast::ExprPtr AstBuilder::is_predicate(ast::ExprPtr left, P::IsTailContext* ctx) {
  const bool negated = ctx->K_NOT() != nullptr;
  const SourceSpan whole = cover(left->span, span(ctx));
  if (ctx->K_NULL() != nullptr) return make_expr(ast::IsNull{std::move(left), negated}, whole);
  if (ctx->K_DISTINCT() != nullptr) {
    const ast::BinaryOp op = negated ? ast::BinaryOp::IsNotDistinct : ast::BinaryOp::IsDistinct;
    return make_binary(op, std::move(left), bitwise(ctx->bitwise()), cover(span(ctx->K_IS()), span(ctx->K_FROM())));
  }
  ast::TruthValue value = ast::TruthValue::Unknown;
  if (ctx->K_TRUE() != nullptr) value = ast::TruthValue::True;
  if (ctx->K_FALSE() != nullptr) value = ast::TruthValue::False;
  return make_expr(ast::IsTruth{std::move(left), value, negated}, whole);
}

ast::ExprPtr AstBuilder::bitwise(P::BitwiseContext* ctx) {
  if (ctx->children.size() == 1) return sum(ctx->sum(0));
  const Deeper deeper(*this, ctx->sum().size() - 1, span(ctx));
  std::vector<ast::ExprPtr> operands;
  for (P::SumContext* operand : ctx->sum()) operands.push_back(sum(operand));
  std::vector<BitwiseOperator> operators = bitwise_operators(ctx);
  // Joins the neighbours of the tightest operators first; a level of the grammar each would cost every expression four
  // more.
  for (int rank = 3; rank >= 0; --rank) {
    for (size_t i = 0; i < operators.size();) {
      if (operators[i].rank() != rank) {
        ++i;
        continue;
      }
      operands[i] = rank == 3 ? make_shift(operators[i], std::move(operands[i]), std::move(operands[i + 1]))
                              : make_binary(operators[i].op, std::move(operands[i]), std::move(operands[i + 1]), operators[i].where);
      operands.erase(operands.begin() + static_cast<ptrdiff_t>(i) + 1);
      operators.erase(operators.begin() + static_cast<ptrdiff_t>(i));
    }
  }
  return std::move(operands[0]);
}

ast::ExprPtr AstBuilder::sum(P::SumContext* ctx) {
  if (ctx->children.size() == 1) return product(ctx->product(0));
  const Deeper deeper(*this, ctx->children.size() / 2, span(ctx));
  return left_to_right(ctx->product(), operators_of(ctx), [this](P::ProductContext* operand) { return product(operand); });
}

ast::ExprPtr AstBuilder::product(P::ProductContext* ctx) {
  if (ctx->children.size() == 1) return unary(ctx->unary(0));
  const Deeper deeper(*this, ctx->children.size() / 2, span(ctx));
  return left_to_right(ctx->unary(), operators_of(ctx), [this](P::UnaryContext* operand) { return unary(operand); });
}

ast::ExprPtr AstBuilder::unary(P::UnaryContext* ctx) {
  if (ctx->children.size() == 1) return postfix(ctx->postfix());
  std::vector<antlr4::Token*> signs = operators_of(ctx);
  const Deeper deeper(*this, signs.size(), span(ctx));
  ast::ExprPtr node;
  auto* digits = dynamic_cast<P::NumberPrimaryContext*>(bare_primary(ctx->postfix()));
  if (digits != nullptr && signs.back()->getType() == P::MINUS) {
    // The minus belongs to the number, so that the least BIGINT can be written.
    node = number(digits->number(), true);
    node->span = cover(span_of(*signs.back()), node->span);
    signs.pop_back();
  } else {
    node = postfix(ctx->postfix());
  }
  for (auto sign = signs.rbegin(); sign != signs.rend(); ++sign) {
    ast::UnaryOp op = ast::UnaryOp::BitNot;
    if ((*sign)->getType() == P::PLUS) op = ast::UnaryOp::Plus;
    if ((*sign)->getType() == P::MINUS) op = ast::UnaryOp::Negate;
    const SourceSpan whole = cover(span_of(**sign), node->span);
    node = make_expr(ast::Unary{op, std::move(node)}, whole);
  }
  return node;
}

ast::ExprPtr AstBuilder::postfix(P::PostfixContext* ctx) {
  ast::ExprPtr operand = primary(ctx->primary());
  if (ctx->children.size() == 1) return operand;
  const Deeper deeper(*this, ctx->postfixTail().size(), span(ctx));
  // `a.b` is one name, `(a).b` a field of an expression.
  bool is_name = std::holds_alternative<ast::ColumnName>(operand->node) &&
                 dynamic_cast<P::NamePrimaryContext*>(ctx->primary()) != nullptr;
  for (P::PostfixTailContext* tail : ctx->postfixTail()) {
    operand = postfix_tail(std::move(operand), tail, is_name);
    is_name = is_name && std::holds_alternative<ast::ColumnName>(operand->node);
  }
  return operand;
}

ast::ExprPtr AstBuilder::postfix_tail(ast::ExprPtr operand, P::PostfixTailContext* ctx, bool operand_is_name) {
  const SourceSpan whole = cover(operand->span, span(ctx));
  if (ctx->type() != nullptr) return make_expr(ast::Cast{std::move(operand), type(ctx->type()), false}, whole);
  if (ctx->LBRACKET() != nullptr) return make_expr(ast::Subscript{std::move(operand), expression(ctx->expression())}, whole);
  if (ctx->STAR() != nullptr) {
    if (!operand_is_name) {
      ast::ExprPtr made = star(ctx->exceptColumns(), {}, whole);
      std::get<ast::Star>(made->node).of = std::move(operand);
      return made;
    }
    return star(ctx->exceptColumns(), std::move(std::get<ast::ColumnName>(operand->node).parts), whole);
  }
  if (!operand_is_name) return make_expr(ast::FieldAccess{std::move(operand), identifier(ctx->identifier())}, whole);
  std::get<ast::ColumnName>(operand->node).parts.push_back(identifier(ctx->identifier()));
  operand->span = whole;
  return operand;
}

std::vector<ast::ExprPtr> AstBuilder::expression_list(P::ExpressionListContext* ctx) {
  std::vector<ast::ExprPtr> list;
  for (P::ExpressionContext* element : ctx->expression()) list.push_back(expression(element));
  return list;
}

std::vector<ast::ExprPtr> AstBuilder::expression_list(P::RowListContext* ctx) {
  std::vector<ast::ExprPtr> list;
  for (P::RowItemContext* element : ctx->rowItem()) {
    if (element->identifier() != nullptr) throw SqlError(span(element->identifier()), "a name is of no use here");
    list.push_back(expression(element->expression()));
  }
  return list;
}

std::vector<ast::SortItem> AstBuilder::order_by(P::OrderByContext* ctx) {
  std::vector<ast::SortItem> items;
  for (P::SortItemContext* sort : ctx->sortItem()) {
    ast::SortItem item;
    item.expr = sort->K_ALL() != nullptr ? make_expr(ast::Star{}, span(sort->K_ALL())) : expression(sort->expression());
    item.descending = sort->K_DESC() != nullptr;
    if (sort->K_NULLS() != nullptr) item.nulls = sort->K_FIRST() != nullptr ? ast::NullsOrder::First : ast::NullsOrder::Last;
    item.span = span(sort);
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace millrace
