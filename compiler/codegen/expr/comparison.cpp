#include "compiler/codegen/expr/expr_compiler.h"
#include "runtime/hot/like.h"

namespace millrace {

using expr::ComparisonOp;
using ir::Bool;

Bool ExprCompiler::compare(ComparisonOp op, const SqlValue& a, const SqlValue& b) {
  switch (op) {
    case ComparisonOp::Equal: return sql::equal(e, a, b);
    case ComparisonOp::NotEqual: return e.not_(sql::equal(e, a, b));
    case ComparisonOp::Less: return sql::less(e, a, b);
    case ComparisonOp::LessEqual: return e.not_(sql::less(e, b, a));
    case ComparisonOp::Greater: return sql::less(e, b, a);
    case ComparisonOp::GreaterEqual: return e.not_(sql::less(e, a, b));
    case ComparisonOp::NullSafeEqual: return sql::equal_or_both_null(e, a, b);
  }
  __builtin_unreachable();
}

namespace {

bool orders(ComparisonOp op) {
  return op == ComparisonOp::Less || op == ComparisonOp::LessEqual || op == ComparisonOp::Greater || op == ComparisonOp::GreaterEqual;
}

}  // namespace

/// Of `column < constant` and its like a glance at the column's text often tells; only where it does not is the number converted.
std::optional<SqlValue> ExprCompiler::compare_at_a_glance(const expr::Comparison& node) {
  const auto* column = std::get_if<expr::ColumnRef>(&node.left->node);
  const auto* literal = std::get_if<expr::Literal>(&node.right->node);
  const double* bound = literal != nullptr ? std::get_if<double>(&literal->value) : nullptr;
  if (column == nullptr || bound == nullptr || !orders(node.op)) return {};
  ir::Int order = row_.glance(column->index, *bound);
  if (!order) return {};
  const bool less = node.op == ComparisonOp::Less || node.op == ComparisonOp::LessEqual;
  const ir::Int zero = e.int_(0);
  return sql::choose(
      e, e.eq(order, zero),
      [&] {
        SqlValue value = compile(*node.left);
        return SqlValue::of(compare(node.op, value, compile(*node.right)), value.null);
      },
      [&] { return SqlValue::of(less ? e.lt(order, zero) : e.lt(zero, order)); });
}

SqlValue ExprCompiler::operator()(const expr::Comparison& node) {
  if (std::optional<SqlValue> value = compare_at_a_glance(node)) return *value;
  SqlValue a = compile(*node.left);
  SqlValue b = compile(*node.right);
  if (node.op == ComparisonOp::NullSafeEqual) return SqlValue::of(compare(node.op, a, b));
  return SqlValue::of(compare(node.op, a, b), sql::either_null(e, a.null, b.null));
}

SqlValue ExprCompiler::operator()(const expr::IsNull& node) {
  Bool null;
  if (const auto* column = std::get_if<expr::ColumnRef>(&node.operand->node)) {
    const bool known = !node.operand->nullable && !node.nan_too;
    null = known ? e.bool_(false) : row_.is_null(column->index, node.nan_too);  // without parsing it where that can be told
  } else {
    SqlValue value = compile(*node.operand);
    null = node.nan_too ? sql::is_null_or_nan(e, value) : sql::is_null(e, value);
  }
  return SqlValue::of(node.negated ? e.not_(null) : null);
}

SqlValue ExprCompiler::operator()(const expr::InList& node) {
  SqlValue v = compile(*node.operand);
  Bool found = e.bool_(false);
  Bool null_among_values;  // x IN (1, NULL) is NULL where x is not 1
  for (const auto& value : node.values) {
    SqlValue candidate = compile(*value);
    Bool same = sql::equal(e, v, candidate);
    if (candidate.may_be_null()) {
      same = e.and_(same, e.not_(candidate.null));
      null_among_values = sql::either_null(e, null_among_values, candidate.null);
    }
    found = e.or_(found, same);
  }
  Bool null = v.null;
  if (null_among_values) null = sql::either_null(e, null, e.and_(null_among_values, e.not_(found)));
  return SqlValue::of(node.negated ? e.not_(found) : found, null);
}

SqlValue ExprCompiler::operator()(const expr::Extreme& node) {
  SqlValue best = compile(*node.operands[0]);
  for (size_t i = 1; i < node.operands.size(); ++i) {
    SqlValue next = compile(*node.operands[i]);
    Bool better = node.greatest ? sql::less(e, best, next) : sql::less(e, next, best);
    Bool take = better;
    if (best.may_be_null()) take = e.or_(take, best.null);
    if (next.may_be_null()) take = e.and_(take, e.not_(next.null));
    SqlValue kept = best;
    best = sql::choose(e, take, [&] { return next; }, [&] { return kept; });
  }
  return best;
}

namespace {

enum class PatternShape { Exact, Prefix, Suffix, Contains, General };

struct Pattern {
  PatternShape shape = PatternShape::Exact;
  std::string text;  ///< what has to be found, escapes taken out
};

/// LIKE patterns whose only wildcards are `%` at the ends need no matcher.
Pattern classify(const std::string& pattern, char escape) {
  Pattern out;
  bool percent_first = false, percent_last = false, wildcard_inside = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == escape && i + 1 < pattern.size()) {
      wildcard_inside |= percent_last;
      percent_last = false;
      out.text += pattern[++i];
    } else if (c == '_') {
      wildcard_inside = true;
    } else if (c == '%') {
      (out.text.empty() && !percent_last ? percent_first : percent_last) = true;
    } else {
      wildcard_inside |= percent_last;
      out.text += c;
    }
  }
  if (wildcard_inside) out.shape = PatternShape::General;
  else if (percent_first && out.text.empty()) out.shape = PatternShape::Contains;
  else if (percent_first && percent_last) out.shape = PatternShape::Contains;
  else if (percent_first) out.shape = PatternShape::Suffix;
  else if (percent_last) out.shape = PatternShape::Prefix;
  return out;
}

}  // namespace

SqlValue ExprCompiler::operator()(const expr::Like& node) {
  SqlValue v = compile(*node.operand);
  Pattern pattern = classify(node.pattern, node.escape);
  if (node.ignore_case) pattern.shape = PatternShape::General;
  bool general = pattern.shape == PatternShape::General;
  const std::string& text = general ? node.pattern : pattern.text;
  SqlValue needle = SqlValue::of(SqlType(TypeKind::String), e.bytes(text), e.int_(static_cast<int64_t>(text.size())));
  Bool match;
  if (pattern.shape == PatternShape::Exact) {
    match = sql::equal(e, v, needle);
  } else {
    SqlValue haystack = v;
    haystack.null = {};  // a NULL's bytes are safe to search; the flag is kept below
    auto s = sql::as_string_ref(e, haystack);
    auto p = sql::as_string_ref(e, needle);
    ir::Int escape = e.int_(static_cast<unsigned char>(node.escape));
    if (pattern.shape == PatternShape::Prefix) match = e.call<&abi::mr_startswith>(s, p);
    else if (pattern.shape == PatternShape::Suffix) match = e.call<&abi::mr_endswith>(s, p);
    else if (pattern.shape == PatternShape::Contains) match = e.call<&abi::mr_contains>(s, p);
    else if (node.ignore_case) match = e.call<&abi::mr_ilike>(s, p, escape);
    else match = e.call<&abi::mr_like>(s, p, escape);
  }
  return SqlValue::of(node.negated ? e.not_(match) : match, v.null);
}

}  // namespace millrace
