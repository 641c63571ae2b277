#include "compiler/analysis/number_format_calls.h"

#include "compiler/analysis/decimal_calls.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/decimal_functions.h"
#include "compiler/types/decimal_rules.h"
#include "runtime/abi/calls/number_format.h"

namespace millrace {

namespace {

/// The constant pattern, NULL among them; throws for anything else.
const std::string* constant_text(const expr::Expr& e, const char* what) {
  const auto* literal = std::get_if<expr::Literal>(&e.node);
  if (literal && std::holds_alternative<std::monostate>(literal->value)) return nullptr;
  const auto* text = literal ? std::get_if<std::string>(&literal->value) : nullptr;
  if (!text) throw SqlError(e.span, std::string(what) + " must be a string literal: the type of the result goes by it");
  return text;
}

/// The DECIMAL of a pattern's numbers.
SqlType number_type(const std::string& pattern, SourceSpan span) {
  const abi::StringRef text{pattern.data(), static_cast<int64_t>(pattern.size())};
  int64_t precision = 0, scale = 0;
  if (!abi::mr_number_format_type(&text, &precision, &scale)) {
    abi::StringRef fault;
    abi::mr_number_format_fault(&text, &fault);
    throw SqlError(span, "'" + pattern + "' is no pattern of a number: " + std::string(fault.data, static_cast<size_t>(fault.size)),
                   "such as '999', '$99,990.00', 'S0999', '999.99MI' or '999PR'");
  }
  return SqlType::decimal(static_cast<uint8_t>(precision), static_cast<uint8_t>(scale));
}

/// Bytes as text.
ExprPtr encoded(std::string form, std::vector<ExprPtr> arguments, SourceSpan span) {
  const std::string name = fold_case(form);
  const SourceSpan where = arguments[1]->span;
  arguments.pop_back();
  if (name == "hex" || name == "base64") return make_call(name, std::move(arguments), span);
  if (name != "utf-8" && name != "utf8") throw SqlError(where, "'" + form + "' is no form of BINARY", "'hex', 'base64' or 'utf-8'");
  return coerce(std::move(arguments[0]), TypeKind::String);
}

}  // namespace

ExprPtr make_to_number(std::vector<ExprPtr> arguments, SourceSpan span) {
  const std::string* pattern = constant_text(*arguments[1], "the pattern of to_number()");
  if (!pattern) return make_null(SqlType::decimal(38, 0), span);
  SqlType type = number_type(*pattern, arguments[1]->span);
  arguments[0] = coerce_checked(std::move(arguments[0]), TypeKind::String, "the first argument of to_number()");
  return make_inferred(expr::Call{&decimal_function("__to_number"), std::move(arguments)}, std::move(type), span);
}

ExprPtr make_to_char(std::vector<ExprPtr> arguments, SourceSpan span) {
  const SqlType& type = arguments[0]->type;
  if (type.is(TypeKind::Date) || type.is(TypeKind::Timestamp)) return make_call("date_format", std::move(arguments), span);
  const std::string* pattern = constant_text(*arguments[1], "the pattern of to_char()");
  if (!pattern) return make_null(TypeKind::String, span);
  if (type.is(TypeKind::Binary)) return encoded(*pattern, std::move(arguments), span);
  number_type(*pattern, arguments[1]->span);
  const auto exact = decimal_rules::for_number(type);
  arguments[0] = coerce_checked(std::move(arguments[0]), exact ? *exact : SqlType::decimal(38, 18), "the first argument of to_char()");
  return make_inferred(expr::Call{&decimal_function("__number_to_char"), std::move(arguments)}, TypeKind::String, span);
}

}  // namespace millrace
