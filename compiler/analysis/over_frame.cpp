#include "compiler/analysis/over_frame.h"

#include "compiler/analysis/operators.h"
#include "compiler/base/sql_error.h"
#include "compiler/expr/constant_eval.h"
#include "compiler/types/coercion.h"

namespace millrace {

namespace {

using expr::ExprPtr;
using Kind = abi::FrameBound::Kind;

bool has_offset(const ast::FrameBound& bound) { return bound.offset != nullptr; }
bool is_preceding(const ast::FrameBound& bound) { return bound.kind == ast::FrameBoundKind::Preceding; }

/// Binds one frame after the other's bounds have been looked at.
class FrameBinder {
 public:
  FrameBinder(const ast::OverClause& clause, const std::vector<plan::SortItem>& order,
              const std::function<ExprPtr(const ast::Expr&)>& bind)
      : clause_(clause), given_(*clause.frame), order_(order), bind_(bind) {}

  plan::Frame run() {
    check_kinds();
    plan::Frame frame;
    ExprPtr start = offset(given_.start), end = offset(given_.end);
    check_order_of_offsets(start.get(), end.get());
    if (given_.unit == ast::FrameUnit::Rows) {
      frame.start = rows_bound(given_.start, start.get());
      frame.end = rows_bound(given_.end, end.get());
      return frame;
    }
    check_range(start || end);
    frame.start = range_bound(given_.start, std::move(start));
    frame.end = range_bound(given_.end, std::move(end));
    give_one_type(frame);
    return frame;
  }

 private:
  SourceSpan span_of(const ast::FrameBound& bound) const { return bound.offset ? bound.offset->span : clause_.span; }

  void check_kinds() const {
    using B = ast::FrameBoundKind;
    if (given_.start.kind == B::UnboundedFollowing) throw SqlError(clause_.span, "a frame cannot begin with UNBOUNDED FOLLOWING");
    if (given_.end.kind == B::UnboundedPreceding) throw SqlError(clause_.span, "a frame cannot end with UNBOUNDED PRECEDING");
    if (given_.end.kind < given_.start.kind) {
      throw SqlError(clause_.span, "the frame ends before it begins", "BETWEEN takes the earlier bound first");
    }
  }

  void check_range(bool by_value) const {
    const bool whole = given_.start.kind == ast::FrameBoundKind::UnboundedPreceding &&
                       given_.end.kind == ast::FrameBoundKind::UnboundedFollowing;
    if (order_.empty() && !whole) {
      throw SqlError(clause_.span, "a RANGE frame needs ORDER BY", "order the window, or count rows: ROWS BETWEEN …");
    }
    if (by_value && order_.size() > 1) {
      throw SqlError(order_[1].expr->span, "a RANGE frame with an offset takes one ORDER BY expression",
                     "leave the others out, or count rows: ROWS BETWEEN …");
    }
  }

  ExprPtr offset(const ast::FrameBound& bound) const {
    if (!has_offset(bound)) return nullptr;
    ExprPtr bound_offset = bind_(*bound.offset);
    if (!expr::is_constant(*bound_offset)) throw SqlError(bound.offset->span, "the offset of a frame must be a constant");
    if (is_null_literal(*bound_offset)) throw SqlError(bound.offset->span, "the offset of a frame cannot be NULL");
    return bound_offset;
  }

  /// Two offsets on one side of the row: the first must reach as far back as the second.
  void check_order_of_offsets(const expr::Expr* start, const expr::Expr* end) const {
    if (!start || !end || given_.start.kind != given_.end.kind || !start->type.is_integer() || !end->type.is_integer()) return;
    const int64_t first = constant_integer(*start, "the offset of a frame"), second = constant_integer(*end, "the offset of a frame");
    if (is_preceding(given_.start) ? second > first : second < first) {
      throw SqlError(given_.end.offset->span, "the frame ends before it begins", "BETWEEN takes the earlier bound first");
    }
  }

  plan::FrameBound rows_bound(const ast::FrameBound& bound, const expr::Expr* offset) const {
    switch (bound.kind) {
      case ast::FrameBoundKind::CurrentRow: return {Kind::Rows, 0, nullptr};
      case ast::FrameBoundKind::UnboundedPreceding:
      case ast::FrameBoundKind::UnboundedFollowing: return {Kind::Partition, 0, nullptr};
      default: break;
    }
    const int64_t rows = constant_integer(*offset, "the offset of a ROWS frame");
    constexpr int64_t kMostRows = int64_t{1} << 62;
    if (rows > kMostRows || rows < -kMostRows) throw SqlError(offset->span, "the offset of a ROWS frame is out of range");
    return {Kind::Rows, is_preceding(bound) ? -rows : rows, nullptr};
  }

  /// n PRECEDING goes by the key less n, against the direction of the order.
  plan::FrameBound range_bound(const ast::FrameBound& bound, ExprPtr offset) const {
    if (bound.kind == ast::FrameBoundKind::CurrentRow) return {Kind::Peers, 0, nullptr};
    if (!offset) return {Kind::Partition, 0, nullptr};
    const bool preceding = is_preceding(bound);
    const bool subtract = preceding != order_.front().descending;
    const SourceSpan span = span_of(bound);
    const SqlType& key = order_.front().expr->type;
    const bool ordered_by_value = key.is_numeric() || key.is(TypeKind::Date) || key.is(TypeKind::Timestamp) || key.is_interval();
    if (!ordered_by_value) {
      throw SqlError(order_.front().expr->span, "a RANGE frame with an offset needs an ORDER BY of numbers or times, not " + to_string(key),
                     "count rows: ROWS BETWEEN …");
    }
    // As in Spark the offset takes the key's type: a FLOAT goes by single precision, of 1.5 beside an INT 1 is left.
    const bool exact = key.is_integer() && offset->type.is_integer();
    if (key.is_numeric() && !exact) offset = explicit_cast(std::move(offset), key.is_integer() ? SqlType(TypeKind::BigInt) : key, span);
    const auto op = subtract ? expr::ArithmeticOp::Subtract : expr::ArithmeticOp::Add;
    ExprPtr value = make_arithmetic(op, expr::clone(*order_.front().expr), std::move(offset), span);
    return {Kind::Value, preceding ? -1 : 1, std::move(value)};
  }

  /// The key and the bounds by value become comparable.
  void give_one_type(plan::Frame& frame) const {
    if (!frame.start.value && !frame.end.value) return;
    frame.key = expr::clone(*order_.front().expr);
    std::vector<ExprPtr*> operands{&frame.key};
    for (ExprPtr* value : {&frame.start.value, &frame.end.value}) {
      if (*value) operands.push_back(value);
    }
    unify(operands, "the bounds of a RANGE frame", clause_.span);
  }

  const ast::OverClause& clause_;
  const ast::WindowFrame& given_;
  const std::vector<plan::SortItem>& order_;
  const std::function<ExprPtr(const ast::Expr&)>& bind_;
};

}  // namespace

int64_t constant_integer(const expr::Expr& e, const std::string& what) {
  const bool integer = e.type.is_integer() && expr::is_constant(e);
  const auto folded = integer ? expr::evaluate_constant(e) : std::nullopt;
  const auto* literal = folded ? std::get_if<expr::Literal>(&(*folded)->node) : nullptr;
  const auto* value = literal ? std::get_if<int64_t>(&literal->value) : nullptr;
  if (!value) throw SqlError(e.span, what + " must be a constant integer");
  return *value;
}

plan::Frame bind_frame(const ast::OverClause& clause, const std::vector<plan::SortItem>& order,
                       const std::function<ExprPtr(const ast::Expr&)>& bind) {
  if (clause.frame) return FrameBinder(clause, order, bind).run();
  plan::Frame frame;
  if (!order.empty()) frame.end.kind = Kind::Peers;
  return frame;
}

}  // namespace millrace
