#include "compiler/syntax/ast_builder.h"

/// GROUP BY in all its forms.
namespace millrace {

namespace {

using Sets = std::vector<std::vector<ast::ExprPtr>>;

/// CUBE and ROLLUP inside GROUPING SETS are spelled out; 2^12 sets are more than anyone means.
constexpr size_t kMaxExpandedElements = 12;

}  // namespace

ast::GroupBy AstBuilder::group_by(P::GroupByContext* ctx) {
  ast::GroupBy group;
  group.span = span(ctx);
  group.all = ctx->K_ALL() != nullptr;
  if (group.all) return group;
  for (P::GroupingElementContext* element : ctx->groupingElement()) group.elements.push_back(grouping_element(element));
  if (ctx->groupingSets() != nullptr) {
    for (ast::GroupingElement& element : group.elements) {
      if (element.kind != ast::GroupingKind::Simple) {
        throw SqlError(element.span, "GROUPING SETS takes a plain list of expressions before it", "put a comma between them to combine both");
      }
      for (ast::ExprPtr& e : element.sets[0]) group.listed.push_back(std::move(e));
    }
    group.elements.clear();
    group.elements.push_back(grouping_sets(ctx->groupingSets()));
    return group;
  }
  if (ctx->K_WITH() == nullptr) return group;
  ast::GroupingElement whole;
  whole.kind = ctx->K_CUBE() != nullptr ? ast::GroupingKind::Cube : ast::GroupingKind::Rollup;
  whole.span = cover(group.elements.front().span, span(ctx));
  for (ast::GroupingElement& element : group.elements) {
    if (element.kind != ast::GroupingKind::Simple) {
      throw SqlError(element.span, "WITH CUBE and WITH ROLLUP take a plain list of expressions before them");
    }
    whole.sets.push_back(std::move(element.sets[0]));
  }
  group.elements.clear();
  group.elements.push_back(std::move(whole));
  return group;
}

/// The arguments when the call is CUBE(…) or ROLLUP(…) and nothing else.
std::vector<AstBuilder::P::ExpressionContext*> AstBuilder::cube_or_rollup_elements(P::NamePrimaryContext* call) {
  std::vector<P::ExpressionContext*> elements;
  for (P::ArgumentContext* argument : call->callBody()->argument()) {
    const bool plain = argument->argumentTail() == nullptr && argument->expression().size() == 1;
    if (!plain) throw SqlError(span(argument), "an expression is expected here");
    elements.push_back(argument->expression(0));
  }
  if (elements.empty()) throw SqlError(span(call), "columns are missing between the parentheses");
  return elements;
}

namespace {

using P = grammar::MillraceParser;

/// The call when the expression is one without quotes around its name, else null.
P::NamePrimaryContext* bare_call(P::ExpressionContext* ctx) {
  auto* named = dynamic_cast<P::NamePrimaryContext*>(bare_primary(ctx));
  const bool is_call = named != nullptr && named->callBody() != nullptr && named->identifier()->QUOTED_NAME() == nullptr;
  return is_call ? named : nullptr;
}

}  // namespace

ast::GroupingElement AstBuilder::grouping_element(P::GroupingElementContext* ctx) {
  if (ctx->groupingSets() != nullptr) return grouping_sets(ctx->groupingSets());
  ast::GroupingElement element;
  element.span = span(ctx);
  P::NamePrimaryContext* call = bare_call(ctx->expression());
  const std::string function = call != nullptr ? upper_text(span(call->identifier())) : std::string();
  if (function == "CUBE" || function == "ROLLUP") {
    element.kind = function == "CUBE" ? ast::GroupingKind::Cube : ast::GroupingKind::Rollup;
    for (P::ExpressionContext* part : cube_or_rollup_elements(call)) element.sets.push_back(grouping_set(part));
    return element;
  }
  element.sets.push_back(grouping_set(ctx->expression()));
  return element;
}

ast::GroupingElement AstBuilder::grouping_sets(P::GroupingSetsContext* ctx) {
  ast::GroupingElement element;
  element.kind = ast::GroupingKind::Sets;
  element.span = span(ctx);
  for (P::GroupingElementContext* set : ctx->groupingElement()) add_grouping_sets(element.sets, set);
  return element;
}

void AstBuilder::add_grouping_sets(Sets& sets, P::GroupingElementContext* ctx) {
  if (ctx->groupingSets() != nullptr) {
    for (P::GroupingElementContext* set : ctx->groupingSets()->groupingElement()) add_grouping_sets(sets, set);
    return;
  }
  P::NamePrimaryContext* call = bare_call(ctx->expression());
  const std::string function = call != nullptr ? upper_text(span(call->identifier())) : std::string();
  if (function == "CUBE") return expand_cube(sets, cube_or_rollup_elements(call));
  if (function == "ROLLUP") return expand_rollup(sets, cube_or_rollup_elements(call));
  sets.push_back(grouping_set(ctx->expression()));
}

/// All subsets, the full one first and the empty one last. Expressions are built anew for each set: trees own their nodes.
void AstBuilder::expand_cube(Sets& sets, const std::vector<P::ExpressionContext*>& elements) {
  if (elements.size() > kMaxExpandedElements)
    throw SqlError(span(elements[kMaxExpandedElements]), "CUBE of too many columns");
  for (size_t missing = 0; missing < size_t{1} << elements.size(); ++missing) {
    std::vector<ast::ExprPtr> set;
    for (size_t i = 0; i < elements.size(); ++i) {
      const bool left_out = (missing >> (elements.size() - 1 - i) & 1U) != 0;
      if (left_out) continue;
      for (ast::ExprPtr& part : grouping_set(elements[i])) set.push_back(std::move(part));
    }
    sets.push_back(std::move(set));
  }
}

/// All prefixes, the full one first and the empty one last.
void AstBuilder::expand_rollup(Sets& sets, const std::vector<P::ExpressionContext*>& elements) {
  for (size_t kept = elements.size() + 1; kept-- > 0;) {
    std::vector<ast::ExprPtr> set;
    for (size_t i = 0; i < kept; ++i) {
      for (ast::ExprPtr& part : grouping_set(elements[i])) set.push_back(std::move(part));
    }
    sets.push_back(std::move(set));
  }
}

/// `a` is the set of a; `(a, b)` that of both; `()` the empty one.
std::vector<ast::ExprPtr> AstBuilder::grouping_set(P::ExpressionContext* ctx) {
  auto* list = dynamic_cast<P::ParenthesesPrimaryContext*>(bare_primary(ctx));
  const bool is_set = list != nullptr && list->plainQuery() == nullptr && list->queryTail() == nullptr;
  if (is_set && list->rowList() == nullptr) return {};
  if (is_set) return expression_list(list->rowList());
  std::vector<ast::ExprPtr> set;
  set.push_back(expression(ctx));
  return set;
}

}  // namespace millrace
