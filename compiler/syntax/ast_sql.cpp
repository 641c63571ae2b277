#include <array>
#include <string_view>

#include "compiler/base/letter_case.h"
#include "compiler/syntax/ast_printer.h"

/// Expressions as SQL text.
namespace millrace::ast {

namespace {

std::string_view operator_text(BinaryOp op) {
  switch (op) {
    case BinaryOp::Add:
      return "+";
    case BinaryOp::Subtract:
      return "-";
    case BinaryOp::Multiply:
      return "*";
    case BinaryOp::Divide:
      return "/";
    case BinaryOp::IntegerDivide:
      return "div";
    case BinaryOp::Modulo:
      return "%";
    case BinaryOp::Concat:
      return "||";
    case BinaryOp::BitAnd:
      return "&";
    case BinaryOp::BitOr:
      return "|";
    case BinaryOp::BitXor:
      return "^";
    case BinaryOp::Equal:
      return "=";
    case BinaryOp::NotEqual:
      return "<>";
    case BinaryOp::Less:
      return "<";
    case BinaryOp::LessEqual:
      return "<=";
    case BinaryOp::Greater:
      return ">";
    case BinaryOp::GreaterEqual:
      return ">=";
    case BinaryOp::NullSafeEqual:
      return "<=>";
    case BinaryOp::IsDistinct:
      return "IS DISTINCT FROM";
    case BinaryOp::IsNotDistinct:
      return "IS NOT DISTINCT FROM";
    case BinaryOp::And:
      return "AND";
    case BinaryOp::Or:
      return "OR";
  }
  return "?";
}

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

std::string hex_text(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "X'";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
  }
  return out + '\'';
}

/// Writes one expression. With `exact`, strings and quoted names keep their quotes.
class SqlWriter {
 public:
  explicit SqlWriter(bool exact) : exact_(exact) {}

  std::string write(const Expr& expr) {
    std::visit(*this, expr.node);
    return std::move(out_);
  }

  void operator()(const ColumnName& column) { name(column.parts); }

  void operator()(const Star& star) {
    if (star.of) {
      child(star.of);
      out_ += '.';
    }
    if (!star.qualifier.empty()) {
      name(star.qualifier);
      out_ += '.';
    }
    out_ += '*';
    if (star.except.empty()) return;
    out_ += " EXCEPT (";
    identifiers(star.except);
    out_ += ')';
  }

  void operator()(const Columns& columns) {
    out_ += "COLUMNS(";
    if (columns.all) out_ += '*';
    identifiers(columns.names);
    out_ += ')';
  }

  void operator()(const Literal& literal) {
    switch (literal.kind) {
      case LiteralKind::Null:
        out_ += "NULL";
        break;
      case LiteralKind::Boolean:
        out_ += lower_case(literal.text);
        break;
      case LiteralKind::String:
        out_ += exact_ ? doubled(literal.text, '\'') : literal.text;
        break;
      case LiteralKind::Binary:
        out_ += hex_text(literal.text);
        break;
      case LiteralKind::Date:
        out_ += "DATE " + doubled(literal.text, '\'');
        break;
      case LiteralKind::Timestamp:
        out_ += "TIMESTAMP " + doubled(literal.text, '\'');
        break;
      case LiteralKind::Long:
        out_ += literal.text + (exact_ ? "L" : "");
        break;
      case LiteralKind::Double:
        out_ += literal.text + (exact_ ? "D" : "");
        break;
      case LiteralKind::Integer:
      case LiteralKind::Decimal:
        out_ += literal.text;
        break;
    }
  }

  void operator()(const Interval& interval) {
    out_ += "INTERVAL ";
    if (interval.parts.size() == 1) {
      out_ += '\'' + interval.parts[0].value + "' " + interval.parts[0].unit;
      return;
    }
    const char* separator = "'";
    for (const Interval::Part& part : interval.parts) {
      out_ += separator + part.value + ' ' + lower_case(part.unit) + 's';
      separator = " ";
    }
    out_ += '\'';
  }

  void operator()(const Unary& unary) {
    switch (unary.op) {
      case UnaryOp::Negate:
        out_ += "(- ";
        break;
      case UnaryOp::Plus:
        out_ += "(+ ";
        break;
      case UnaryOp::Not:
        out_ += "(NOT ";
        break;
      case UnaryOp::BitNot:
        out_ += "(~";
        break;
    }
    child(unary.operand);
    out_ += ')';
  }

  void operator()(const Binary& binary) {
    if (binary.op == BinaryOp::Concat) {
      out_ += "concat(";
      child(binary.left);
      out_ += ", ";
    } else {
      out_ += '(';
      child(binary.left);
      out_.append(" ").append(operator_text(binary.op)).append(" ");
    }
    child(binary.right);
    out_ += ')';
  }

  void operator()(const IsNull& test) { suffixed(test.operand, test.negated ? " IS NOT NULL)" : " IS NULL)"); }

  void operator()(const IsTruth& test) {
    constexpr std::array<std::string_view, 3> kValues{"TRUE", "FALSE", "UNKNOWN"};
    suffixed(test.operand,
             std::string(test.negated ? " IS NOT " : " IS ").append(kValues[static_cast<size_t>(test.value)]) + ')');
  }

  void operator()(const Between& between) {
    begin_negation(between.negated);
    out_ += "((";
    child(between.operand);
    out_ += " >= ";
    child(between.low);
    out_ += ") AND (";
    child(between.operand);
    out_ += " <= ";
    child(between.high);
    out_ += "))";
    end_negation(between.negated);
  }

  void operator()(const InList& in) {
    begin_negation(in.negated);
    out_ += '(';
    child(in.operand);
    out_ += " IN (";
    children(in.values);
    out_ += "))";
    end_negation(in.negated);
  }

  void operator()(const InQuery& in) {
    begin_negation(in.negated);
    suffixed(in.operand, in.op == BinaryOp::Equal ? " IN (listquery()))" : " " + std::string(operator_text(in.op)) + " ANY (listquery()))");
    end_negation(in.negated);
  }

  void operator()(const Exists&) { out_ += "exists()"; }
  void operator()(const ScalarQuery&) { out_ += "scalarsubquery()"; }

  void operator()(const Like& like) {
    constexpr std::array<std::string_view, 3> kKinds{" LIKE ", " ILIKE ", " RLIKE "};
    begin_negation(like.negated);
    child(like.operand);
    out_ += kKinds[static_cast<size_t>(like.kind)];
    if (like.quantifier == LikeQuantifier::One) {
      child(like.patterns[0]);
    } else {
      out_ += like.quantifier == LikeQuantifier::Any ? "ANY (" : "ALL (";
      children(like.patterns);
      out_ += ')';
    }
    if (like.escape) {
      out_ += " ESCAPE ";
      out_ += doubled(std::get<Literal>(like.escape->node).text, '\'');
    }
    end_negation(like.negated);
  }

  void operator()(const Case& cases) {
    out_ += "CASE";
    for (const auto& [condition, value] : cases.branches) {
      out_ += " WHEN ";
      if (cases.operand) {
        out_ += '(';
        child(cases.operand);
        out_ += " = ";
        child(condition);
        out_ += ')';
      } else {
        child(condition);
      }
      out_ += " THEN ";
      child(value);
    }
    if (cases.otherwise) {
      out_ += " ELSE ";
      child(cases.otherwise);
    }
    out_ += " END";
  }

  void operator()(const Cast& cast) {
    out_ += cast.is_try ? "TRY_CAST(" : "CAST(";
    child(cast.operand);
    out_ += " AS " + to_sql(cast.type) + ')';
  }

  void operator()(const Call& call) {
    out_ += call.name.quoted ? call.name.text : lower_case(call.name.text);
    out_ += call.distinct ? "(DISTINCT " : "(";
    if (call.star) out_ += '*';
    children(call.arguments);
    out_ += ')';
    if (!call.within_order.empty()) {
      out_ += " WITHIN GROUP (ORDER BY ";
      // As Spark writes it: a percentile's order has no NULLs to place.
      const bool percentile = lower_case(call.name.text).starts_with("percentile_");
      if (percentile) {
        child(call.within_order.front().expr);
        if (call.within_order.front().descending) out_ += " DESC";
      } else {
        sort_items(call.within_order);
      }
      out_ += ')';
    }
    if (call.filter) {
      out_ += " FILTER (WHERE ";
      child(call.filter);
      out_ += ')';
    }
    if (call.ignore_nulls) out_ += " IGNORE NULLS";
    if (call.over) over(*call.over);
  }

  void operator()(const Lambda& lambda) {
    if (lambda.parameters.size() != 1) out_ += '(';
    identifiers(lambda.parameters);
    if (lambda.parameters.size() != 1) out_ += ')';
    out_ += " -> ";
    child(lambda.body);
  }

  void operator()(const Subscript& subscript) {
    child(subscript.operand);
    out_ += '[';
    child(subscript.index);
    out_ += ']';
  }

  void operator()(const FieldAccess& access) {
    child(access.operand);
    out_ += '.';
    identifier(access.field);
  }

  void operator()(const ArrayLiteral& array) {
    out_ += "array(";
    children(array.elements);
    out_ += ')';
  }

  void operator()(const RowLiteral& row) {
    out_ += "struct(";
    children(row.elements);
    out_ += ')';
  }

 private:
  void child(const ExprPtr& expr) { std::visit(*this, expr->node); }

  void children(const std::vector<ExprPtr>& list) {
    const char* separator = "";
    for (const ExprPtr& expr : list) {
      out_ += separator;
      child(expr);
      separator = ", ";
    }
  }

  void identifier(const Identifier& id) { out_ += exact_ && id.quoted ? doubled(id.text, '"') : id.text; }

  void identifiers(const std::vector<Identifier>& list) {
    const char* separator = "";
    for (const Identifier& id : list) {
      out_ += separator;
      identifier(id);
      separator = ", ";
    }
  }

  void name(const Name& parts) {
    const char* separator = "";
    for (const Identifier& part : parts) {
      out_ += separator;
      identifier(part);
      separator = ".";
    }
  }

  void suffixed(const ExprPtr& operand, std::string_view suffix) {
    out_ += '(';
    child(operand);
    out_ += suffix;
  }

  void begin_negation(bool negated) { out_ += negated ? "(NOT " : ""; }
  void end_negation(bool negated) { out_ += negated ? ")" : ""; }

  void sort_items(const std::vector<SortItem>& items) {
    const char* separator = "";
    for (const SortItem& item : items) {
      out_ += separator;
      child(item.expr);
      out_ += item.descending ? " DESC" : " ASC";
      // NULLs sort first ascending and last descending unless told otherwise.
      const bool nulls_first = item.nulls == NullsOrder::Default ? !item.descending : item.nulls == NullsOrder::First;
      out_ += nulls_first ? " NULLS FIRST" : " NULLS LAST";
      separator = ", ";
    }
  }

  void over(const OverClause& clause) {
    out_ += " OVER ";
    if (clause.name) {
      identifier(*clause.name);
      return;
    }
    out_ += '(';
    const char* separator = "";
    if (!clause.partition_by.empty()) {
      out_ += "PARTITION BY ";
      children(clause.partition_by);
      separator = " ";
    }
    if (!clause.order_by.empty()) {
      out_.append(separator).append("ORDER BY ");
      sort_items(clause.order_by);
      separator = " ";
    }
    if (clause.frame) {
      out_.append(separator).append(clause.frame->unit == FrameUnit::Rows ? "ROWS BETWEEN " : "RANGE BETWEEN ");
      bound(clause.frame->start);
      out_ += " AND ";
      bound(clause.frame->end);
    }
    out_ += ')';
  }

  void bound(const FrameBound& bound) {
    if (bound.offset) {
      child(bound.offset);
      out_ += ' ';
    }
    switch (bound.kind) {
      case FrameBoundKind::UnboundedPreceding:
        out_ += "UNBOUNDED PRECEDING";
        break;
      case FrameBoundKind::Preceding:
        out_ += "PRECEDING";
        break;
      case FrameBoundKind::CurrentRow:
        out_ += "CURRENT ROW";
        break;
      case FrameBoundKind::Following:
        out_ += "FOLLOWING";
        break;
      case FrameBoundKind::UnboundedFollowing:
        out_ += "UNBOUNDED FOLLOWING";
        break;
    }
  }

  bool exact_;
  std::string out_;
};

struct Synonym {
  std::string_view written;
  std::string_view main;
};

constexpr std::array kSynonyms{Synonym{"INTEGER", "INT"},  Synonym{"LONG", "BIGINT"},     Synonym{"REAL", "FLOAT"},
                               Synonym{"TEXT", "STRING"},  Synonym{"NUMERIC", "DECIMAL"}, Synonym{"DEC", "DECIMAL"},
                               Synonym{"BYTE", "TINYINT"}, Synonym{"SHORT", "SMALLINT"}};

}  // namespace

std::string to_sql(const Expr& expr) { return SqlWriter(false).write(expr); }

std::string to_exact_sql(const Expr& expr) { return SqlWriter(true).write(expr); }

std::string to_sql(const TypeName& type) {
  std::string out = type.name;
  for (const Synonym& synonym : kSynonyms) {
    if (type.name == synonym.written) out = synonym.main;
  }
  if (!type.fields.empty()) {
    const char* separator = "<";
    for (const auto& [name, part] : type.fields) {
      out += separator;
      if (!name.text.empty()) out += name.text + ": ";
      out += to_sql(part);
      separator = ", ";
    }
    out += '>';
  }
  if (type.parameters.empty()) return out;
  const char* separator = "(";
  for (const uint32_t parameter : type.parameters) {
    out += separator + std::to_string(parameter);
    separator = ",";
  }
  return out + ')';
}

}  // namespace millrace::ast
