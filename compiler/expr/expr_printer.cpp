#include "compiler/expr/expr_printer.h"

#include "runtime/abi/calls/decimal.h"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

namespace millrace::expr {

namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

std::string quoted(std::string_view text, char quote = '\'') {
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

std::string date_text(int64_t days) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day()));
}

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// In UTC, as plans do not know the session's zone.
std::string timestamp_text(int64_t micros) {
  const int64_t days = floor_div(micros, kMicrosPerDay);
  const int64_t of_day = micros - days * kMicrosPerDay;
  const int64_t seconds = of_day / kMicrosPerSecond;
  std::string out = fmt::format("{} {:02}:{:02}:{:02}", date_text(days), seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (of_day % kMicrosPerSecond == 0) return out;
  out += fmt::format(".{:06}", of_day % kMicrosPerSecond);
  while (out.back() == '0') out.pop_back();
  return out;
}

std::string integer_text(int64_t value, const SqlType& type) {
  switch (type.kind) {
    case TypeKind::Date: return "DATE " + quoted(date_text(value));
    case TypeKind::Timestamp: return "TIMESTAMP " + quoted(timestamp_text(value));
    case TypeKind::IntervalDayTime:
      if (value % kMicrosPerSecond == 0) return fmt::format("INTERVAL '{}' SECOND", value / kMicrosPerSecond);
      return fmt::format("INTERVAL '{}' MICROSECOND", value);
    case TypeKind::IntervalYearMonth: return fmt::format("INTERVAL '{}' MONTH", value);
    default: return fmt::format("{}", value);
  }
}

std::string double_text(double value) {
  std::string out = fmt::format("{}", value);
  if (out.find_first_of(".en") == std::string::npos) out += ".0";
  return out;
}

struct LiteralText {
  const SqlType& type;
  std::string operator()(std::monostate) const { return "NULL"; }
  std::string operator()(bool v) const { return v ? "TRUE" : "FALSE"; }
  std::string operator()(int64_t v) const { return integer_text(v, type); }
  std::string operator()(double v) const { return double_text(v); }
  std::string operator()(const std::string& v) const { return quoted(v); }
  std::string operator()(const abi::Decimal& v) const {
    char text[abi::kDecimalTextMax];
    return {text, static_cast<size_t>(abi::mr_write_decimal(&v, type.scale, text))};
  }
};

std::string_view symbol(ArithmeticOp op) {
  switch (op) {
    case ArithmeticOp::Add: return "+";
    case ArithmeticOp::Subtract: return "-";
    case ArithmeticOp::Multiply: return "*";
    case ArithmeticOp::Divide: return "/";
    case ArithmeticOp::IntegerDivide: return "div";
    case ArithmeticOp::Modulo: return "%";
    case ArithmeticOp::BitAnd: return "&";
    case ArithmeticOp::BitOr: return "|";
    case ArithmeticOp::BitXor: return "^";
  }
  return "?";
}

std::string_view symbol(ComparisonOp op) {
  switch (op) {
    case ComparisonOp::Equal: return "=";
    case ComparisonOp::NotEqual: return "<>";
    case ComparisonOp::Less: return "<";
    case ComparisonOp::LessEqual: return "<=";
    case ComparisonOp::Greater: return ">";
    case ComparisonOp::GreaterEqual: return ">=";
    case ComparisonOp::NullSafeEqual: return "<=>";
  }
  return "?";
}

std::string joined(const std::vector<ExprPtr>& exprs, std::string_view separator) {
  std::string out;
  for (const ExprPtr& e : exprs) {
    if (!out.empty()) out += separator;
    out += to_string(*e);
  }
  return out;
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '_') return false;
  }
  return true;
}

struct NodeText {
  const Expr& e;

  std::string operator()(const ColumnRef& n) const { return is_plain_name(n.name) ? n.name : quoted(n.name, '"'); }
  std::string operator()(const Literal& n) const { return std::visit(LiteralText{e.type}, n.value); }
  std::string operator()(const Arithmetic& n) const { return binary(*n.left, symbol(n.op), *n.right); }
  std::string operator()(const Negate& n) const { return "(- " + to_string(*n.operand) + ")"; }
  std::string operator()(const BitNot& n) const { return "(~ " + to_string(*n.operand) + ")"; }
  std::string operator()(const Comparison& n) const { return binary(*n.left, symbol(n.op), *n.right); }
  std::string operator()(const Logic& n) const {
    return "(" + joined(n.operands, n.op == LogicOp::And ? " AND " : " OR ") + ")";
  }
  std::string operator()(const Not& n) const { return "(NOT " + to_string(*n.operand) + ")"; }
  std::string operator()(const IsNull& n) const {
    return "(" + to_string(*n.operand) + (n.negated ? " IS NOT NULL" : " IS NULL") + (n.nan_too ? " OR NAN)" : ")");
  }
  std::string operator()(const Case& n) const {
    std::string out = "CASE";
    for (const auto& [condition, result] : n.branches) {
      out += " WHEN " + to_string(*condition) + " THEN " + to_string(*result);
    }
    if (n.otherwise) out += " ELSE " + to_string(*n.otherwise);
    return out + " END";
  }
  std::string operator()(const Coalesce& n) const { return "coalesce(" + joined(n.operands, ", ") + ")"; }
  std::string operator()(const Extreme& n) const {
    return (n.greatest ? "greatest(" : "least(") + joined(n.operands, ", ") + ")";
  }
  std::string operator()(const InList& n) const {
    return "(" + to_string(*n.operand) + (n.negated ? " NOT IN (" : " IN (") + joined(n.values, ", ") + "))";
  }
  std::string operator()(const Like& n) const {
    std::string out = "(" + to_string(*n.operand) + (n.negated ? " NOT " : " ") + (n.ignore_case ? "ILIKE " : "LIKE ");
    out += quoted(n.pattern);
    if (n.escape != '\\') out += " ESCAPE " + quoted(std::string_view(&n.escape, 1));
    return out + ")";
  }
  std::string operator()(const Cast& n) const {
    return "CAST(" + to_string(*n.operand) + " AS " + to_string(e.type) + ")";
  }
  std::string operator()(const Call& n) const {
    return std::string(n.function->name) + "(" + joined(n.arguments, ", ") + ")";
  }
  std::string operator()(const MakeStruct& n) const { return "struct(" + joined(n.fields, ", ") + ")"; }
  std::string operator()(const GetField& n) const {
    const std::vector<StructField>& fields = n.operand->type.fields;
    return to_string(*n.operand) + "." + (n.index < fields.size() ? fields[n.index].name : std::to_string(n.index));
  }

  std::string operator()(const MakeCollection& n) const {
    return (e.type.is(TypeKind::Map) ? "map(" : "array(") + joined(n.elements, ", ") + ")";
  }
  std::string operator()(const GetElement& n) const { return to_string(*n.operand) + "[" + to_string(*n.index) + "]"; }

  std::string operator()(const LambdaParameter& n) const { return n.name; }
  std::string operator()(const OuterColumn& n) const { return "outer " + n.name; }
  std::string operator()(const OverElements& n) const {
    constexpr std::string_view kNames[] = {"transform", "filter", "exists", "forall", "aggregate", "zip_with"};
    std::string parameters;
    for (const LambdaParameter& parameter : n.parameters) parameters += (parameters.empty() ? "" : ", ") + parameter.name;
    if (n.parameters.size() > 1) parameters = "(" + parameters + ")";
    return std::string(kNames[static_cast<size_t>(n.form)]) + "(" + joined(n.operands, ", ") + ", " + parameters + " -> " +
           to_string(*n.body) + ")";
  }

  static std::string to_string(const Expr& child) { return expr::to_string(child); }
  static std::string to_string(const SqlType& type) { return millrace::to_string(type); }
  static std::string binary(const Expr& left, std::string_view op, const Expr& right) {
    return fmt::format("({} {} {})", to_string(left), op, to_string(right));
  }
};

}  // namespace

std::string to_string(const Expr& e) { return std::visit(NodeText{e}, e.node); }

}  // namespace millrace::expr
