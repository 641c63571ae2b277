#include <algorithm>
#include <array>
#include <cstdlib>

#include "compiler/syntax/ast_builder.h"
#include "compiler/syntax/interval_text.h"

/// Names, literals, CASE, parentheses.
namespace millrace {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto push = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return push(code);
  if (code < 0x800) {
    push(0xC0U | code >> 6U);
    return push(0x80U | (code & 0x3FU));
  }
  if (code >= 0x10000) {
    push(0xF0U | code >> 18U);
    push(0x80U | (code >> 12U & 0x3FU));
  } else {
    push(0xE0U | code >> 12U);
  }
  push(0x80U | (code >> 6U & 0x3FU));
  push(0x80U | (code & 0x3FU));
}

/// Decodes the escapes of E'…'.
class EscapeReader {
 public:
  EscapeReader(std::string_view body, uint32_t offset) : body_(body), offset_(offset) {}

  std::string read() {
    while (at_ < body_.size()) {
      const char c = body_[at_++];
      if (c == '\\') {
        escape(body_[at_++]);
      } else {
        out_ += c;
        if (c == '\'') ++at_;  // the second of ''
      }
    }
    return std::move(out_);
  }

 private:
  void escape(char c) {
    constexpr std::string_view kLetters = "ntrbf0\\'\"";
    constexpr std::string_view kMeanings("\n\t\r\b\f\0\\'\"", 9);
    const size_t known = kLetters.find(c);
    if (known != std::string_view::npos) {
      out_ += kMeanings[known];
      return;
    }
    if (c == 'u') return append_utf8(out_, code_point());
    if (c == 'x') return append_utf8(out_, hex(2));
    fail("unknown escape", 2);
  }

  uint32_t code_point() {
    const uint32_t high = hex(4);
    if (high < 0xD800 || high > 0xDFFF) return high;
    // A character beyond U+FFFF is written as a surrogate pair, as in JSON.
    const bool pair = high < 0xDC00 && body_.substr(at_, 2) == "\\u";
    if (!pair) fail("half of a surrogate pair", 6);
    at_ += 2;
    const uint32_t low = hex(4);
    if (low < 0xDC00 || low > 0xDFFF) fail("half of a surrogate pair", 6);
    return 0x10000U + ((high - 0xD800U) << 10U) + (low - 0xDC00U);
  }

  uint32_t hex(size_t digits) {
    uint32_t value = 0;
    for (size_t i = 0; i < digits; ++i, ++at_) {
      const int digit = at_ < body_.size() ? hex_digit(body_[at_]) : -1;
      if (digit < 0) fail("hexadecimal digits are missing in this escape", 2 + i);
      value = value * 16 + static_cast<uint32_t>(digit);
    }
    return value;
  }

  [[noreturn]] void fail(const std::string& what, size_t bytes_back) const {
    const auto end = offset_ + static_cast<uint32_t>(at_);
    throw SqlError({end - static_cast<uint32_t>(bytes_back), end}, what, R"(E'…' takes \n \t \r \b \f \\ \' \uXXXX \xHH)");
  }

  std::string_view body_;
  uint32_t offset_;
  size_t at_ = 0;
  std::string out_;
};

std::string binary_value(std::string_view digits, SourceSpan span) {
  if (digits.size() % 2 != 0) throw SqlError(span, "x'…' takes two digits a byte");
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) throw SqlError(span, "x'…' takes hexadecimal digits only");
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

ast::TypeName simple_type(std::string name, SourceSpan span) {
  ast::TypeName type;
  type.name = std::move(name);
  type.span = span;
  return type;
}

}  // namespace

ast::ExprPtr AstBuilder::primary(P::PrimaryContext* ctx) {
  if (auto* named = dynamic_cast<P::NamePrimaryContext*>(ctx)) return name(named);
  if (auto* numeric = dynamic_cast<P::NumberPrimaryContext*>(ctx)) return number(numeric->number(), false);
  if (auto* simple = dynamic_cast<P::ConstantPrimaryContext*>(ctx)) return constant(simple);
  if (auto* grouped = dynamic_cast<P::ParenthesesPrimaryContext*>(ctx)) return parentheses(grouped);
  if (auto* cases = dynamic_cast<P::CasePrimaryContext*>(ctx)) return case_expression(cases);
  if (auto* time = dynamic_cast<P::IntervalPrimaryContext*>(ctx)) return interval(time);
  if (auto* all = dynamic_cast<P::StarPrimaryContext*>(ctx)) return star(all->exceptColumns(), {}, span(ctx));
  if (auto* array = dynamic_cast<P::ArrayPrimaryContext*>(ctx)) {
    ast::ArrayLiteral literal;
    if (array->expressionList() != nullptr) literal.elements = expression_list(array->expressionList());
    return make_expr(std::move(literal), span(ctx));
  }
  std::string value;
  for (P::StringContext* part : static_cast<P::StringPrimaryContext*>(ctx)->string()) value += string_value(part);
  return make_expr(ast::Literal{ast::LiteralKind::String, std::move(value)}, span(ctx));
}

ast::ExprPtr AstBuilder::name(P::NamePrimaryContext* ctx) {
  if (ctx->callBody() != nullptr) return call(ctx);
  if (ctx->string() != nullptr) return typed_literal(ctx);
  ast::Identifier identifier_name = identifier(ctx->identifier());
  ast::ColumnName column;
  column.parts.push_back(std::move(identifier_name));
  return make_expr(std::move(column), span(ctx));
}

/// `DATE '2020-03-21'`, `TIMESTAMP '2020-03-21 10:00:00'`
ast::ExprPtr AstBuilder::typed_literal(P::NamePrimaryContext* ctx) {
  const std::string type_name = upper_text(span(ctx->identifier()));
  std::string value = string_value(ctx->string());
  if (type_name == "DATE") return make_expr(ast::Literal{ast::LiteralKind::Date, std::move(value)}, span(ctx));
  if (type_name == "TIMESTAMP" || type_name == "TIMESTAMP_LTZ" || type_name == "TIMESTAMP_NTZ") {
    return make_expr(ast::Literal{ast::LiteralKind::Timestamp, std::move(value)}, span(ctx));
  }
  throw SqlError(span(ctx->string()), "unexpected string after '" + std::string(text(span(ctx->identifier()))) + "'",
                 "before a string stand DATE, TIMESTAMP or INTERVAL; an alias takes double quotes");
}

ast::ExprPtr AstBuilder::number(P::NumberContext* ctx, bool negative) {
  std::string digits = (negative ? "-" : "") + std::string(text(span(ctx)));
  const auto literal = [&](ast::LiteralKind kind, size_t suffix) {
    digits.resize(digits.size() - suffix);
    return make_expr(ast::Literal{kind, digits}, span(ctx));
  };
  if (ctx->INTEGER() != nullptr) return literal(ast::LiteralKind::Integer, 0);
  if (ctx->LONG() != nullptr) return literal(ast::LiteralKind::Long, 1);
  if (ctx->DECIMAL_NUMBER() != nullptr) {
    const char last = digits.back();
    return literal(ast::LiteralKind::Decimal, last == 'd' || last == 'D' ? 2 : 0);
  }
  if (ctx->DOUBLE_NUMBER() != nullptr) {
    const char last = digits.back();
    return literal(ast::LiteralKind::Double, last == 'd' || last == 'D' ? 1 : 0);
  }
  // 1Y, 1S and 1.0F are a TINYINT, a SMALLINT and a FLOAT.
  const char suffix = digits.back();
  const std::string to = suffix == 'Y' || suffix == 'y' ? "TINYINT" : suffix == 'S' ? "SMALLINT" : "FLOAT";
  ast::ExprPtr value = literal(ctx->SMALL() != nullptr ? ast::LiteralKind::Integer : ast::LiteralKind::Double, 1);
  return make_expr(ast::Cast{std::move(value), simple_type(to, span(ctx)), false}, span(ctx));
}

ast::ExprPtr AstBuilder::constant(P::ConstantPrimaryContext* ctx) {
  const SourceSpan where = span(ctx);
  switch (ctx->constant->getType()) {
    case P::K_TRUE:
      return make_expr(ast::Literal{ast::LiteralKind::Boolean, "TRUE"}, where);
    case P::K_FALSE:
      return make_expr(ast::Literal{ast::LiteralKind::Boolean, "FALSE"}, where);
    case P::K_NULL:
      return make_expr(ast::Literal{ast::LiteralKind::Null, ""}, where);
    case P::DURATION: {
      auto parts = parse_interval_text(text(where));
      if (!parts) throw SqlError(where, "this is no duration");
      return make_expr(ast::Interval{std::move(*parts)}, where);
    }
    default: {
      const std::string_view quoted = text(where);  // x'…'
      return make_expr(ast::Literal{ast::LiteralKind::Binary, binary_value(quoted.substr(2, quoted.size() - 3), where)},
                       where);
    }
  }
}

ast::ExprPtr AstBuilder::case_expression(P::CasePrimaryContext* ctx) {
  const Deeper deeper(*this, 1, span(ctx));
  ast::Case node;
  // The operand stands before the first WHEN, the expression of ELSE after the last.
  for (P::ExpressionContext* part : ctx->expression()) {
    const bool is_operand = part->start->getTokenIndex() < ctx->whenBranch(0)->start->getTokenIndex();
    (is_operand ? node.operand : node.otherwise) = expression(part);
  }
  for (P::WhenBranchContext* branch : ctx->whenBranch()) {
    node.branches.emplace_back(expression(branch->expression(0)), expression(branch->expression(1)));
  }
  return make_expr(std::move(node), span(ctx));
}

ast::ExprPtr AstBuilder::parentheses(P::ParenthesesPrimaryContext* ctx) {
  const SourceSpan where = span(ctx);
  const Deeper deeper(*this, 1, where);
  if (ast::QueryPtr inner = query_in_parentheses(ctx)) return make_expr(ast::ScalarQuery{std::move(inner)}, where);
  if (ctx->rowList() == nullptr) throw SqlError(where, "an expression is missing between the parentheses");
  if (ast::ExprPtr named = named_row(ctx->rowList(), where)) return named;
  std::vector<ast::ExprPtr> elements = expression_list(ctx->rowList());
  if (elements.size() > 1) return make_expr(ast::RowLiteral{std::move(elements)}, where);
  elements[0]->span = where;
  return std::move(elements[0]);
}

/// (0 AS total, n) is struct(0 AS total, n); null when no field of the row is given a name.
ast::ExprPtr AstBuilder::named_row(P::RowListContext* ctx, SourceSpan where) {
  const std::vector<P::RowItemContext*> fields = ctx->rowItem();
  const bool any_named = std::any_of(fields.begin(), fields.end(), [](P::RowItemContext* field) { return field->identifier() != nullptr; });
  if (!any_named || fields.size() == 1) return nullptr;
  std::vector<ast::ExprPtr> arguments;
  for (size_t i = 0; i < fields.size(); ++i) {
    std::string name = fields[i]->identifier() != nullptr ? identifier(fields[i]->identifier()).text : "col" + std::to_string(i + 1);
    arguments.push_back(make_expr(ast::Literal{ast::LiteralKind::String, std::move(name)}, span(fields[i])));
    arguments.push_back(expression(fields[i]->expression()));
  }
  ast::Call call;
  call.name = {"named_struct", false, where};
  call.arguments = std::move(arguments);
  return make_expr(std::move(call), where);
}

ast::QueryPtr AstBuilder::query_in_parentheses(P::ParenthesesPrimaryContext* ctx) {
  if (ctx->plainQuery() != nullptr) return plain_query(ctx->plainQuery());
  if (ctx->queryTail() == nullptr) return nullptr;
  // `((SELECT 1) UNION (SELECT 2))`: the first operand was read as an expression.
  const std::vector<P::RowItemContext*> operands = ctx->rowList()->rowItem();
  auto* first = operands.size() == 1 ? dynamic_cast<P::ParenthesesPrimaryContext*>(bare_primary(operands[0]->expression())) : nullptr;
  ast::QueryPtr left = first != nullptr ? query_in_parentheses(first) : nullptr;
  if (left == nullptr) throw SqlError(span(ctx->queryTail()->setOperator(0)), "a query is missing before this");
  return with_tail(std::move(left), ctx->queryTail());
}

ast::ExprPtr AstBuilder::star(P::ExceptColumnsContext* except, ast::Name qualifier, SourceSpan where) {
  ast::Star node;
  node.qualifier = std::move(qualifier);
  if (except != nullptr) node.except = identifier_list(except->identifierList());
  return make_expr(std::move(node), where);
}

ast::ExprPtr AstBuilder::interval(P::IntervalPrimaryContext* ctx) {
  ast::Interval node;
  // The sign belongs to the number behind it, not to those that follow: INTERVAL -1 YEAR 1 MONTH is eleven months back.
  std::string_view sign = ctx->MINUS() != nullptr ? "-" : "";
  for (P::DurationPartContext* part : ctx->durationPart()) {
    if (part->number() != nullptr && part->UNIT().empty()) {
      throw SqlError(span(part), "a unit is missing after " + std::string(text(span(part))), "such as INTERVAL 5 SECONDS");
    }
    add_duration_part(node.parts, part, sign);
    sign = "";
  }
  return make_expr(std::move(node), span(ctx));
}

ast::ExprPtr AstBuilder::duration(P::DurationContext* ctx) {
  const std::vector<P::DurationPartContext*> parts = ctx->durationPart();
  const bool bare_number = parts.size() == 1 && parts[0]->number() != nullptr && parts[0]->UNIT().empty();
  if (bare_number && ctx->K_INTERVAL() == nullptr) return number(parts[0]->number(), false);
  ast::Interval node;
  for (P::DurationPartContext* part : parts) add_duration_part(node.parts, part, "");
  return make_expr(std::move(node), span(ctx));
}

namespace {

/// Two minuses are none.
std::string signed_by(std::string_view sign, const std::string& value) {
  return sign == "-" && value.front() == '-' ? value.substr(1) : std::string(sign) + value;
}

}  // namespace

void AstBuilder::add_duration_part(std::vector<ast::Interval::Part>& parts, P::DurationPartContext* ctx,
                                   std::string_view sign) {
  const SourceSpan where = span(ctx);
  const auto units = ctx->UNIT();
  if (ctx->INTERVAL_SIGN() != nullptr && text(span(ctx->INTERVAL_SIGN())) == "-") sign = "-";
  std::string value;
  if (ctx->string() != nullptr) value = string_value(ctx->string());
  if (ctx->number() != nullptr) value = text(span(ctx->number()));
  if (ctx->DURATION() != nullptr) value = text(span(ctx->DURATION()));
  if (units.size() == 2) {
    const std::string from = interval_unit(text(span(units[0])));
    auto fields = parse_interval_fields(value, from, interval_unit(text(span(units[1]))));
    if (!fields)
      throw SqlError(where, "this is no interval of these units",
                     "such as INTERVAL '1-2' YEAR TO MONTH or '1 02:03:04' DAY TO SECOND");
    for (ast::Interval::Part& field : *fields) parts.push_back({signed_by(sign, field.value), std::move(field.unit)});
    return;
  }
  if (units.empty() && ctx->number() != nullptr)
    throw SqlError(where, "a unit is missing after " + value, "such as 5 SECONDS");
  const std::string with_unit = units.empty() ? value : value + ' ' + interval_unit(text(span(units[0])));
  auto read = parse_interval_text(with_unit);
  const bool one_value_for_unit = units.empty() || (read && read->size() == 1);
  if (!read || !one_value_for_unit) {
    throw SqlError(where, "this is no duration", "such as '5 seconds', '1 minute 30 seconds', or '5' SECOND");
  }
  for (ast::Interval::Part& part : *read) parts.push_back({signed_by(sign, part.value), std::move(part.unit)});
}

std::string AstBuilder::string_value(P::StringContext* ctx) {
  const SourceSpan where = span(ctx);
  const std::string_view quoted = text(where);
  if (ctx->ESCAPE_STRING() != nullptr) return EscapeReader(quoted.substr(2, quoted.size() - 3), where.begin + 2).read();
  std::string value;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    value += quoted[i];
    if (quoted[i] == '\'') ++i;
  }
  return value;
}

}  // namespace millrace
