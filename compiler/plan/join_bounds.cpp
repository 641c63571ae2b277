#include "compiler/plan/join_bounds.h"

#include <string_view>

#include "compiler/expr/expr_rewrite.h"

namespace millrace::plan {

namespace {

using expr::ComparisonOp;
using expr::Expr;

/// A column whose values to come are all after the watermark less `lag_us`.
struct KnownTime {
  uint32_t column = 0;
  int64_t lag_us = 0;
};

/// The column of window starts that belongs to a node's watermark column, when that holds window ends.
std::optional<KnownTime> window_start_of(const Node& node);

struct WindowStart {
  const Node& node;

  std::optional<KnownTime> operator()(const WindowAssign& n) const {
    const auto start = static_cast<uint32_t>(node.schema.size() - 2);
    if (node.watermark_column != start + 1) return std::nullopt;
    return KnownTime{start, n.window.size_us};
  }
  std::optional<KnownTime> operator()(const Project& n) const {
    const auto below = window_start_of(*n.input);
    for (uint32_t i = 0; below && i < n.exprs.size(); ++i) {
      const auto* column = std::get_if<expr::ColumnRef>(&n.exprs[i]->node);
      if (column && column->index == below->column) return KnownTime{i, below->lag_us};
    }
    return std::nullopt;
  }
  std::optional<KnownTime> operator()(const Aggregate& n) const {
    if (n.window) return n.window_has_watermark ? std::optional(KnownTime{0, n.window->size_us}) : std::nullopt;
    const auto below = window_start_of(*n.input);
    for (uint32_t i = 0; below && i < n.keys.size(); ++i) {
      const auto* column = std::get_if<expr::ColumnRef>(&n.keys[i]->node);
      if (column && column->index == below->column) return KnownTime{i, below->lag_us};
    }
    return std::nullopt;
  }
  std::optional<KnownTime> operator()(const Generate& n) const { return window_start_of(*n.input); }
  std::optional<KnownTime> operator()(const Filter& n) const { return window_start_of(*n.input); }
  std::optional<KnownTime> operator()(const ObserveTime& n) const { return window_start_of(*n.input); }
  template <class Other>
  std::optional<KnownTime> operator()(const Other&) const {
    return std::nullopt;
  }
};

std::optional<KnownTime> window_start_of(const Node& node) { return std::visit(WindowStart{node}, node.op); }

/// What is known of a side's rows to come: late ones are dropped at the join.
std::vector<KnownTime> known_times(const Node& side) {
  std::vector<KnownTime> known;
  if (!side.watermark_column) return known;
  known.push_back({*side.watermark_column, 0});
  if (const auto start = window_start_of(side)) known.push_back(*start);
  return known;
}

/// `base + shift`, where the base is not itself a time plus a constant.
struct ShiftedTime {
  const Expr* base = nullptr;
  int64_t shift_us = 0;
};

std::optional<ShiftedTime> shifted_time(const Expr& e) {
  ShiftedTime found{&e, 0};
  while (const auto* call = std::get_if<expr::Call>(&found.base->node)) {
    if (!call->function || call->function->name != std::string_view("__timestamp_add_micros")) break;
    const auto* literal = std::get_if<expr::Literal>(&call->arguments[1]->node);
    const auto* micros = literal ? std::get_if<int64_t>(&literal->value) : nullptr;
    if (!micros) break;
    if (__builtin_add_overflow(found.shift_us, *micros, &found.shift_us)) return std::nullopt;
    found.base = call->arguments[0].get();
  }
  if (!found.base->type.is(TypeKind::Timestamp)) return std::nullopt;
  return found;
}

/// Finds in a join's conditions what bounds the time of its sides.
class BoundFinder {
 public:
  explicit BoundFinder(const Join& join)
      : left_width_(static_cast<uint32_t>(join.left->schema.size())),
        known_left_(known_times(*join.left)),
        known_right_(known_times(*join.right)) {}

  void equal_keys(const Expr& left, const Expr& right) {
    const auto l = shifted_time(left);
    const auto r = shifted_time(right);
    if (!l || !r) return;
    at_most(*l, *r, 0);
    at_least(*l, *r, 0);
  }

  void condition(const Expr& e) {
    if (const auto* logic = std::get_if<expr::Logic>(&e.node); logic && logic->op == expr::LogicOp::And) {
      for (const auto& operand : logic->operands) condition(*operand);
    } else if (const auto* comparison = std::get_if<expr::Comparison>(&e.node)) {
      compare(*comparison);
    }
  }

  JoinBounds take() { return std::move(bounds_); }

 private:
  enum class Side { Neither, Left, Right, Both };

  Side side_of(const Expr& e) const {
    std::vector<bool> used;
    expr::collect_columns(e, used);
    bool left = false, right = false;
    for (size_t i = 0; i < used.size(); ++i) (i < left_width_ ? left : right) |= used[i];
    if (left && right) return Side::Both;
    return left ? Side::Left : right ? Side::Right : Side::Neither;
  }

  void compare(const expr::Comparison& c) {
    const Side a = side_of(*c.left), b = side_of(*c.right);
    const bool straight = a == Side::Left && b == Side::Right;
    if (!straight && !(a == Side::Right && b == Side::Left)) return;
    const auto l = shifted_time(straight ? *c.left : *c.right);
    const auto joined_right = shifted_time(straight ? *c.right : *c.left);
    if (!l || !joined_right) return;
    const ExprPtr own = own_of_right(*joined_right->base);
    const ShiftedTime r{own.get(), joined_right->shift_us};
    const bool less = c.op == ComparisonOp::Less || c.op == ComparisonOp::LessEqual;
    const bool greater = c.op == ComparisonOp::Greater || c.op == ComparisonOp::GreaterEqual;
    const int64_t strictly = c.op == ComparisonOp::Less || c.op == ComparisonOp::Greater ? 1 : 0;
    const bool equal = c.op == ComparisonOp::Equal;
    if (equal || (straight ? less : greater)) at_most(*l, r, strictly);
    if (equal || (straight ? greater : less)) at_least(*l, r, strictly);
  }

  /// Right columns as that side itself counts them.
  ExprPtr own_of_right(const Expr& e) const {
    ExprPtr own = expr::clone(e);
    std::vector<bool> used;
    expr::collect_columns(e, used);
    std::vector<uint32_t> to(used.size());
    for (uint32_t i = left_width_; i < to.size(); ++i) to[i] = i - left_width_;
    expr::remap_columns(*own, to);
    return own;
  }

  /// l + ls <= r + rs (less 1 when strictly): left rows to come, which are after the watermark, end the time of right ones.
  void at_most(const ShiftedTime& l, const ShiftedTime& r, int64_t strictly) {
    add(bounds_.right, r, l, known_left_, strictly);
  }
  void at_least(const ShiftedTime& l, const ShiftedTime& r, int64_t strictly) {
    add(bounds_.left, l, r, known_right_, strictly);
  }

  /// A row that is kept has `kept`; rows to come have `coming` <= `kept`.
  static void add(std::vector<TimeBound>& bounds, const ShiftedTime& kept, const ShiftedTime& coming,
                  const std::vector<KnownTime>& known, int64_t strictly) {
    const auto* column = std::get_if<expr::ColumnRef>(&coming.base->node);
    for (const KnownTime& time : known) {
      if (!column || column->index != time.column) continue;
      int64_t shift = 0;
      const bool overflows = __builtin_sub_overflow(kept.shift_us, coming.shift_us, &shift) ||
                             __builtin_sub_overflow(shift, strictly, &shift) || __builtin_add_overflow(shift, time.lag_us, &shift);
      if (!overflows) bounds.push_back({expr::clone(*kept.base), shift});
    }
  }

  uint32_t left_width_;
  std::vector<KnownTime> known_left_, known_right_;
  JoinBounds bounds_;
};

/// Whether kept rows, too, have their side's watermark column after the watermark: by a bound on it, or on the window start that goes
/// with it.
bool stays_after_watermark(const std::vector<TimeBound>& bounds, const Node& side) {
  for (const KnownTime& known : known_times(side)) {
    for (const TimeBound& bound : bounds) {
      const auto* time = std::get_if<expr::ColumnRef>(&bound.time->node);
      if (time && time->index == known.column && bound.shift_us <= known.lag_us) return true;
    }
  }
  return false;
}

}  // namespace

bool joins_streams(const Join& join) { return join.left->is_stream && join.right->is_stream; }

JoinBounds join_bounds(const Join& join) {
  BoundFinder finder(join);
  for (size_t i = 0; i < join.left_keys.size(); ++i) finder.equal_keys(*join.left_keys[i], *join.right_keys[i]);
  if (join.condition) finder.condition(*join.condition);
  return finder.take();
}

std::optional<uint32_t> watermark_of_stream_join(const Join& join) {
  const JoinBounds bounds = join_bounds(join);
  if (stays_after_watermark(bounds.left, *join.left)) return join.left->watermark_column;
  if (shows_left_only(join.kind) || !stays_after_watermark(bounds.right, *join.right)) return std::nullopt;
  return static_cast<uint32_t>(join.left->schema.size()) + *join.right->watermark_column;
}

}  // namespace millrace::plan
