#include "compiler/analysis/expr_binder.h"

#include <utility>

#include "compiler/analysis/calendar_interval.h"
#include "compiler/analysis/type_name.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/struct_functions.h"
#include "compiler/types/decimal_rules.h"

namespace millrace {

using expr::ArithmeticOp;
using expr::ComparisonOp;

ExprPtr ExprBinder::bind(const ast::Expr& e) {
  return std::visit([&](const auto& node) { return bind_node(node, e); }, e.node);
}

namespace {

/// Functions that stand without parentheses, unless a column has their name.
bool is_called_without_parentheses(const std::string& name) {
  return name == "current_date" || name == "current_timestamp" || name == "current_time" || name == "localtimestamp";
}

}  // namespace

ExprPtr ExprBinder::column(uint32_t index, SourceSpan span) const {
  const Column& column = schema_[index];
  return expr::column(index, column.name, column.type, column.nullable, span);
}

std::vector<ExprPtr> ExprBinder::bind_all(const std::vector<ast::ExprPtr>& exprs) {
  std::vector<ExprPtr> bound;
  for (const ast::ExprPtr& e : exprs) bound.push_back(bind(*e));
  return bound;
}

ExprPtr ExprBinder::bind_node(const ast::ColumnName& name, const ast::Expr& e) {
  if (ExprPtr found = find_here(name, e.span)) return found;
  if (ExprPtr found = alias(name)) return found;
  if (ExprPtr found = outer_ ? outer_->find(name, e.span) : nullptr) return found;
  const std::string first = fold_case(name.parts.front().text);
  const bool grouped = aggregates_ && aggregates_->has_sets;
  if (name.parts.size() == 1 && first == "grouping__id" && grouped) {  // Hive's name for it
    ast::Call id;
    id.name = name.parts.front();
    return bind_grouping_id(id, e.span);
  }
  if (name.parts.size() == 1 && !name.parts.front().quoted && is_called_without_parentheses(first)) {
    ast::Call call;
    call.name = name.parts.front();
    return bind(ast::Expr{std::move(call), e.span});
  }
  throw_unknown(name, e);
}

ExprPtr ExprBinder::find_name(const ast::ColumnName& name, SourceSpan span) {
  ExprPtr found = find_here(name, span);
  return found || !outer_ ? std::move(found) : outer_->find(name, span);
}

/// A parameter of a lambda, or a column of the rows in hand.
ExprPtr ExprBinder::find_here(const ast::ColumnName& name, SourceSpan span) {
  for (size_t i = lambda_names_.size(); i-- > 0;) {
    if (!same_name(lambda_names_[i].first, name.parts.front().text)) continue;
    ExprPtr parameter = expr::clone(*lambda_names_[i].second);
    parameter->span = span;
    return fields_of(std::move(parameter), name.parts, 1);
  }
  if (const auto match = scope_.resolve(name.parts)) {
    return fields_of(column(match->index, span), name.parts, match->parts);
  }
  return window_column(name, span);
}

std::vector<std::string> ExprBinder::candidates() const {
  std::vector<std::string> names = scope_.candidates();
  for (size_t i = 0; i < alias_count_; ++i) names.push_back((*aliases_)[i].name);
  if (scope_.window) names.insert(names.end(), {"window_start", "window_end"});
  for (std::string& name : outer_ ? outer_->candidates() : std::vector<std::string>()) names.push_back(std::move(name));
  return names;
}

void ExprBinder::throw_unknown(const ast::ColumnName& name, const ast::Expr& e) const {
  if (name.parts.size() > 1 && scope_.has_qualifier(name.parts[0].text)) {
    const ast::Identifier& part = name.parts[1];
    std::vector<std::string> of_relation;
    for (const ScopeColumn* column : scope_.of_relation(name.parts[0].text)) of_relation.push_back(column->name);
    throw SqlError(part.span,
                   "'" + name.parts[0].text + "' has no column '" + part.text + "'" + did_you_mean(part.text, of_relation));
  }
  if (name.parts.size() == 2 && !scope_.resolve({name.parts[0]})) {
    std::vector<std::string> relations;
    for (const ScopeColumn& column : scope_.columns) relations.push_back(column.qualifier);
    const ast::Identifier& relation = name.parts[0];
    throw SqlError(relation.span,
                   "no relation or STRUCT '" + relation.text + "' here" + did_you_mean(relation.text, relations));
  }
  if (scope_.columns.empty() && !outer_)
    throw SqlError(e.span, "unknown column '" + to_text(name.parts) + "': there are no columns here");
  throw SqlError(e.span, "unknown column '" + to_text(name.parts) + "'" + did_you_mean(name.parts.front().text, candidates()));
}

namespace {

/// `a.f` of an ARRAY of STRUCTs: the field of each.
ExprPtr field_of_each(ExprPtr array, uint32_t index, SourceSpan span) {
  SqlType type = SqlType::array(array->type.fields[0].type.fields[index].type);
  std::vector<ExprPtr> arguments;
  arguments.push_back(std::move(array));
  arguments.push_back(make_integer(index, TypeKind::BigInt, span));
  return make_inferred(expr::Call{&field_of_each_function(), std::move(arguments)}, std::move(type), span);
}

}  // namespace

ExprPtr ExprBinder::fields_of(ExprPtr operand, const ast::Name& name, size_t first) const {
  for (size_t i = first; i < name.size(); ++i) {
    const ast::Identifier& part = name[i];
    const bool of_each = operand->type.is(TypeKind::Array) && operand->type.fields[0].type.is(TypeKind::Struct);
    if (!of_each && !operand->type.is(TypeKind::Struct)) {
      throw SqlError(part.span, "no field '" + part.text + "': " + name[i - 1].text + " is " + to_string(operand->type) +
                                    ", not a STRUCT");
    }
    std::vector<std::string> names;
    std::optional<uint32_t> index;
    const SqlType& record = of_each ? operand->type.fields[0].type : operand->type;
    for (uint32_t f = 0; f < record.fields.size(); ++f) {
      names.push_back(record.fields[f].name);
      if (!index && same_name(names.back(), part.text)) index = f;
    }
    if (!index) throw SqlError(part.span, "no field '" + part.text + "'" + did_you_mean(part.text, names));
    const SourceSpan span = cover(span_of(name), part.span);
    operand = of_each ? field_of_each(std::move(operand), *index, span) : make_get_field(std::move(operand), *index, span);
  }
  return operand;
}

ExprPtr ExprBinder::window_column(const ast::ColumnName& name, SourceSpan span) const {
  if (!scope_.window) return nullptr;
  const std::string first = fold_case(name.parts.front().text);
  if (name.parts.size() == 1 && (first == "window_start" || first == "windowstart"))
    return column(scope_.window->start, span);
  if (name.parts.size() == 1 && (first == "window_end" || first == "windowend")) return column(scope_.window->end, span);
  const bool session = first == "session_window" && scope_.window->kind == plan::WindowKind::Session;
  if (first != "window" && !session) return nullptr;
  std::vector<ExprPtr> fields;
  fields.push_back(column(scope_.window->start, span));
  fields.push_back(column(scope_.window->end, span));
  return fields_of(make_struct(std::move(fields), {"start", "end"}, span), name.parts, 1);
}

ExprPtr ExprBinder::alias(const ast::ColumnName& name) {
  for (size_t i = 0; i < alias_count_; ++i) {
    const SelectAlias& candidate = (*aliases_)[i];
    if (!same_name(candidate.name, name.parts.front().text)) continue;
    // An alias may use those before it, which also keeps it from meaning itself.
    const size_t outer = alias_count_;
    alias_count_ = i;
    auto lambda_names = std::exchange(lambda_names_, {});  // they are not in sight where the alias is defined
    ExprPtr bound = bind(*candidate.expr);
    lambda_names_ = std::move(lambda_names);
    alias_count_ = outer;
    bound->span = span_of(name.parts);
    return fields_of(std::move(bound), name.parts, 1);
  }
  return nullptr;
}

ExprPtr ExprBinder::bind_node(const ast::Star&, const ast::Expr& e) {
  throw SqlError(e.span, "'*' stands alone in the select list or in count(*)");
}

ExprPtr ExprBinder::bind_node(const ast::Unary& unary, const ast::Expr& e) {
  const auto* literal = std::get_if<ast::Literal>(&unary.operand->node);
  const bool integer = literal && (literal->kind == ast::LiteralKind::Integer || literal->kind == ast::LiteralKind::Long);
  // The sign belongs to the number: -9223372036854775808 is a BIGINT, its digits alone are not.
  if (unary.op == ast::UnaryOp::Negate && integer) {
    return bind_node(
        ast::Literal{literal->kind, literal->text.starts_with('-') ? literal->text.substr(1) : "-" + literal->text}, e);
  }
  ExprPtr operand = bind(*unary.operand);
  switch (unary.op) {
    case ast::UnaryOp::Negate:
      return make_negate(std::move(operand), e.span);
    case ast::UnaryOp::Not:
      return make_not(std::move(operand), e.span);
    case ast::UnaryOp::BitNot:
      return make_bit_not(std::move(operand), e.span);
    case ast::UnaryOp::Plus:
      break;
  }
  if (operand->type.is(TypeKind::String)) return coerce(std::move(operand), TypeKind::Double);
  if (!operand->type.is_numeric() && !operand->type.is_interval() && !is_null_literal(*operand)) {
    throw SqlError(e.span, "no operator '+' for " + to_string(operand->type));
  }
  return operand;
}

namespace {

std::optional<ArithmeticOp> arithmetic_of(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::Add:
      return ArithmeticOp::Add;
    case ast::BinaryOp::Subtract:
      return ArithmeticOp::Subtract;
    case ast::BinaryOp::Multiply:
      return ArithmeticOp::Multiply;
    case ast::BinaryOp::Divide:
      return ArithmeticOp::Divide;
    case ast::BinaryOp::IntegerDivide:
      return ArithmeticOp::IntegerDivide;
    case ast::BinaryOp::Modulo:
      return ArithmeticOp::Modulo;
    case ast::BinaryOp::BitAnd:
      return ArithmeticOp::BitAnd;
    case ast::BinaryOp::BitOr:
      return ArithmeticOp::BitOr;
    case ast::BinaryOp::BitXor:
      return ArithmeticOp::BitXor;
    default:
      return std::nullopt;
  }
}

std::optional<ComparisonOp> comparison_of(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::Equal:
      return ComparisonOp::Equal;
    case ast::BinaryOp::NotEqual:
      return ComparisonOp::NotEqual;
    case ast::BinaryOp::Less:
      return ComparisonOp::Less;
    case ast::BinaryOp::LessEqual:
      return ComparisonOp::LessEqual;
    case ast::BinaryOp::Greater:
      return ComparisonOp::Greater;
    case ast::BinaryOp::GreaterEqual:
      return ComparisonOp::GreaterEqual;
    case ast::BinaryOp::NullSafeEqual:
    case ast::BinaryOp::IsNotDistinct:
    case ast::BinaryOp::IsDistinct:
      return ComparisonOp::NullSafeEqual;
    default:
      return std::nullopt;
  }
}

/// Beside a DECIMAL a literal counts for as many digits as it is written with, CAST(1 AS BIGINT) for as many as its type has.
void count_digits_of_type(const ast::Expr& written, ExprPtr& bound, const expr::Expr& other) {
  const bool cast = std::holds_alternative<ast::Cast>(written.node) && std::holds_alternative<expr::Literal>(bound->node);
  if (!cast || !bound->type.is_integer() || !other.type.is(TypeKind::Decimal)) return;
  const SqlType digits = *decimal_rules::for_number(bound->type);
  bound = coerce(std::move(bound), digits);
}

}  // namespace

ExprPtr ExprBinder::bind_node(const ast::Binary& binary, const ast::Expr& e) {
  ExprPtr left = bind(*binary.left);
  ExprPtr right = bind(*binary.right);
  count_digits_of_type(*binary.left, left, *right);
  count_digits_of_type(*binary.right, right, *left);
  if (const auto op = arithmetic_of(binary.op)) return make_arithmetic(*op, std::move(left), std::move(right), e.span);
  if (const auto op = comparison_of(binary.op)) {
    ExprPtr comparison = make_comparison(*op, std::move(left), std::move(right), e.span);
    return binary.op == ast::BinaryOp::IsDistinct ? make_not(std::move(comparison), e.span) : std::move(comparison);
  }
  std::vector<ExprPtr> operands;
  const bool arrays = left->type.is(TypeKind::Array) || right->type.is(TypeKind::Array);
  if (binary.op == ast::BinaryOp::Concat && arrays) {
    operands.push_back(std::move(left));
    operands.push_back(std::move(right));
    return make_call("concat", std::move(operands), e.span);
  }
  if (binary.op == ast::BinaryOp::Concat) {
    const bool bytes = left->type.is(TypeKind::Binary) && right->type.is(TypeKind::Binary);
    operands.push_back(coerce_checked(std::move(left), TypeKind::String, "the operand of ||"));
    operands.push_back(coerce_checked(std::move(right), TypeKind::String, "the operand of ||"));
    ExprPtr joined = make_call("concat", std::move(operands), e.span);
    return bytes ? explicit_cast(std::move(joined), TypeKind::Binary, e.span) : std::move(joined);
  }
  const bool is_and = binary.op == ast::BinaryOp::And;
  const std::string what = is_and ? "the operand of AND" : "the operand of OR";
  operands.push_back(to_boolean(std::move(left), what));
  operands.push_back(to_boolean(std::move(right), what));
  return make_logic(is_and ? expr::LogicOp::And : expr::LogicOp::Or, std::move(operands), e.span);
}

ExprPtr ExprBinder::bind_node(const ast::Case& c, const ast::Expr& e) {
  ExprPtr operand = c.operand ? bind(*c.operand) : nullptr;
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  for (const auto& [when, then] : c.branches) {
    ExprPtr condition = bind(*when);
    if (operand) condition = make_comparison(ComparisonOp::Equal, expr::clone(*operand), std::move(condition), when->span);
    branches.emplace_back(to_boolean(std::move(condition), "the condition of WHEN"), bind(*then));
  }
  return make_case(std::move(branches), c.otherwise ? bind(*c.otherwise) : nullptr, e.span);
}

ExprPtr ExprBinder::bind_node(const ast::Cast& cast, const ast::Expr& e) {
  // Casts never fail a query, so that TRY_CAST is CAST.
  const SqlType type = resolve_type(cast.type);
  ExprPtr operand = bind(*cast.operand);
  if (cast.type.name == "INTERVAL" && is_calendar_interval(operand->type)) return operand;
  if (cast.type.name == "INTERVAL" && operand->type.is(TypeKind::String)) return calendar_interval_of_text(std::move(operand), e.span);
  return explicit_cast(std::move(operand), type, e.span);
}

ExprPtr ExprBinder::bind_node(const ast::FieldAccess& access, const ast::Expr& e) {
  ExprPtr operand = bind(*access.operand);
  return fields_of(std::move(operand), {ast::Identifier{"the value", false, e.span}, access.field}, 1);
}

ExprPtr ExprBinder::bind_node(const ast::RowLiteral& row, const ast::Expr& e) {
  if (row.elements.size() == 1) return bind(*row.elements.front());
  std::vector<std::string> names;
  for (size_t i = 0; i < row.elements.size(); ++i) names.push_back("col" + std::to_string(i + 1));
  return make_struct(bind_all(row.elements), std::move(names), e.span);
}

ExprPtr ExprBinder::bind_node(const ast::Subscript& subscript, const ast::Expr& e) {
  ExprPtr operand = bind(*subscript.operand);
  return make_element(std::move(operand), bind(*subscript.index), e.span);
}
ExprPtr ExprBinder::bind_node(const ast::ArrayLiteral& array, const ast::Expr& e) {
  return make_array(bind_all(array.elements), e.span);
}

}  // namespace millrace
