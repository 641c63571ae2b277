#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/expr_cost.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using plan::ExprPtr;

/// A window of more panes than this would take too long to put together when it is shown. Cumulating windows share that work: each is
/// the one before and a pane.
constexpr int64_t kPanesMax = 1024;
constexpr int64_t kCumulatedPanesMax = 65536;

bool has_few_panes(const plan::WindowSpec& window) {
  const int64_t panes = window.size_us / std::gcd(window.size_us, window.slide_us);
  return panes <= (window.kind == plan::WindowKind::Cumulating ? kCumulatedPanesMax : kPanesMax);
}

/// What of an expression lies in the two window columns, which follow the `width` columns of the input.
enum class Reads { NoWindow, WindowOnly, Both };

Reads reads(const expr::Expr& e, size_t width) {
  std::vector<bool> used;
  expr::collect_columns(e, used);
  bool window = false;
  bool other = false;
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i]) (i < width ? other : window) = true;
  }
  if (!window) return Reads::NoWindow;
  return other ? Reads::Both : Reads::WindowOnly;
}

/// Whether the value of a key tells which window it is: column `first` or a later one, or a struct with one of them.
bool identifies_window(const expr::Expr& e, size_t first) {
  if (const auto* ref = std::get_if<expr::ColumnRef>(&e.node)) return ref->index >= first;
  if (!std::holds_alternative<expr::MakeStruct>(e.node)) return false;
  bool identifies = false;
  expr::for_each_child(e, [&](const expr::Expr& field) { identifies = identifies || identifies_window(field, first); });
  return identifies;
}

class WindowFusion {
 public:
  WindowFusion(plan::Aggregate& aggregate, plan::WindowAssign& assign)
      : aggregate_(aggregate), assign_(assign), width_(assign.input->schema.size()), window_keys_(aggregate.keys.size()) {}

  /// Whether the aggregate can hold the window; finds the keys that the window replaces.
  bool possible() {
    // Each distinct row is shown once, when first seen: that is said of groups, not of panes.
    if (aggregate_.window || aggregate_.is_distinct || !has_few_panes(assign_.window)) return false;
    for (const plan::AggregateCall& call : aggregate_.calls) {
      if (!reads_input_only(call)) return false;
    }
    uint64_t in_all = ~uint64_t{0};
    for (uint64_t set : aggregate_.grouping_sets) in_all &= set;
    bool identified = false;
    // Several cumulating windows begin at once.
    const size_t identifying = width_ + (assign_.window.kind == plan::WindowKind::Cumulating ? 1 : 0);
    for (size_t i = 0; i < aggregate_.keys.size(); ++i) {
      const expr::Expr& key = *aggregate_.keys[i];
      const Reads what = reads(key, width_);
      if (what == Reads::Both || (what == Reads::WindowOnly && !is_deterministic(key))) return false;
      if (what == Reads::NoWindow) continue;
      if ((in_all >> i & 1) == 0) return false;
      window_keys_[i] = true;
      identified = identified || identifies_window(key, identifying);
    }
    return identified && grouping_id_stays() && (!aggregate_.time_key || window_keys_[*aggregate_.time_key]);
  }

  plan::NodePtr run(plan::NodePtr node);

 private:
  bool reads_input_only(const plan::AggregateCall& call) const {
    for (const ExprPtr& argument : call.arguments) {
      if (reads(*argument, width_) != Reads::NoWindow) return false;
    }
    return !call.filter || reads(*call.filter, width_) == Reads::NoWindow;
  }
  /// The number keeps its value when the keys that go stand before those that stay: their bits, always 0, are the highest.
  bool grouping_id_stays() const {
    if (!aggregate_.emits_grouping_id) return true;
    bool stayed = false;
    for (const bool goes : window_keys_) {
      if (goes && stayed) return false;
      stayed = stayed || !goes;
    }
    return true;
  }
  /// The old output columns, computed from the fused aggregate's.
  std::vector<ExprPtr> old_columns(const Schema& schema);
  Schema fused_schema(const Schema& schema) const;
  void drop_window_keys();

  plan::Aggregate& aggregate_;
  plan::WindowAssign& assign_;
  size_t width_;
  std::vector<bool> window_keys_;
};

std::vector<ExprPtr> WindowFusion::old_columns(const Schema& schema) {
  const ExprPtr start = expr::column(0, "window_start", TypeKind::Timestamp, false);
  const ExprPtr end = expr::column(1, "window_end", TypeKind::Timestamp, false);
  std::vector<const expr::Expr*> bounds(width_ + 2, nullptr);
  bounds[width_] = start.get();
  bounds[width_ + 1] = end.get();
  std::vector<ExprPtr> columns;
  uint32_t next = 2;
  for (size_t i = 0; i < schema.size(); ++i) {
    if (i < window_keys_.size() && window_keys_[i]) {
      columns.push_back(expr::substitute(expr::clone(*aggregate_.keys[i]), bounds));
    } else {
      columns.push_back(expr::column(next++, schema[i].name, schema[i].type, schema[i].nullable));
    }
  }
  return columns;
}

Schema WindowFusion::fused_schema(const Schema& schema) const {
  Schema fused{{"window_start", TypeKind::Timestamp, false}, {"window_end", TypeKind::Timestamp, false}};
  for (size_t i = 0; i < schema.size(); ++i) {
    if (i >= window_keys_.size() || !window_keys_[i]) fused.push_back(schema[i]);
  }
  return fused;
}

void WindowFusion::drop_window_keys() {
  std::vector<ExprPtr> kept;
  std::vector<uint64_t> sets(aggregate_.grouping_sets.size(), 0);
  for (size_t i = 0; i < aggregate_.keys.size(); ++i) {
    if (window_keys_[i]) continue;
    for (size_t s = 0; s < sets.size(); ++s) sets[s] |= (aggregate_.grouping_sets[s] >> i & 1) << kept.size();
    kept.push_back(std::move(aggregate_.keys[i]));
  }
  aggregate_.keys = std::move(kept);
  aggregate_.grouping_sets = std::move(sets);
}

plan::NodePtr WindowFusion::run(plan::NodePtr node) {
  const auto* time = std::get_if<expr::ColumnRef>(&assign_.time->node);
  const std::optional<uint32_t> event_time = assign_.input->watermark_column;
  const bool has_watermark = aggregate_.time_key.has_value() || (time && event_time && time->index == *event_time);
  plan::NodePtr project = plan::make_node(plan::Project{nullptr, old_columns(node->schema)}, node->schema, *node);
  project->watermark_column = node->watermark_column;
  node->schema = fused_schema(node->schema);
  node->watermark_column = has_watermark ? std::optional<uint32_t>(1) : std::nullopt;
  drop_window_keys();
  aggregate_.time_key = std::nullopt;
  aggregate_.window = assign_.window;
  aggregate_.window_time = std::move(assign_.time);
  aggregate_.window_has_watermark = has_watermark;
  plan::NodePtr input = std::move(assign_.input);
  aggregate_.input = std::move(input);
  std::get<plan::Project>(project->op).input = std::move(node);
  return project;
}

plan::NodePtr fuse_node(plan::NodePtr node) {
  auto* aggregate = std::get_if<plan::Aggregate>(&node->op);
  auto* assign = aggregate ? std::get_if<plan::WindowAssign>(&aggregate->input->op) : nullptr;
  if (!assign) return node;
  WindowFusion fusion(*aggregate, *assign);
  return fusion.possible() ? fusion.run(std::move(node)) : std::move(node);
}

}  // namespace

plan::NodePtr fuse_windows(plan::NodePtr root) { return plan::rewrite_bottom_up(std::move(root), fuse_node); }

}  // namespace millrace
