#include <algorithm>
#include <optional>
#include <utility>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using abi::OverFunction;
using expr::ComparisonOp;

/// `rank <= n` as a test of one of the functions of an Over: which, and the largest rank that passes.
struct RankTest {
  OverFunction ranked_by;
  int64_t most;
};

/// The input column that an expression is, looking through casts between integers.
std::optional<uint32_t> column_behind(const expr::Expr& e) {
  if (const auto* column = std::get_if<expr::ColumnRef>(&e.node)) return column->index;
  const auto* cast = std::get_if<expr::Cast>(&e.node);
  if (!cast || !e.type.is_integer() || !cast->operand->type.is_integer()) return std::nullopt;
  return column_behind(*cast->operand);
}

std::optional<int64_t> integer_value(const expr::Expr& e) {
  const auto* literal = std::get_if<expr::Literal>(&e.node);
  const auto* value = literal && e.type.is_integer() ? std::get_if<int64_t>(&literal->value) : nullptr;
  return value ? std::optional(*value) : std::nullopt;
}

ComparisonOp turned(ComparisonOp op) {
  switch (op) {
    case ComparisonOp::Greater: return ComparisonOp::Less;
    case ComparisonOp::GreaterEqual: return ComparisonOp::LessEqual;
    case ComparisonOp::Less: return ComparisonOp::Greater;
    case ComparisonOp::LessEqual: return ComparisonOp::GreaterEqual;
    default: return op;
  }
}

std::optional<RankTest> rank_test(const expr::Expr& e, const plan::Over& over) {
  const auto* comparison = std::get_if<expr::Comparison>(&e.node);
  if (!comparison) return std::nullopt;
  const expr::Expr* rank = comparison->left.get();
  const expr::Expr* limit = comparison->right.get();
  ComparisonOp op = comparison->op;
  if (integer_value(*rank)) {
    std::swap(rank, limit);
    op = turned(op);
  }
  const auto column = column_behind(*rank);
  const auto value = integer_value(*limit);
  const size_t first_call = over.input->schema.size();
  if (!column || !value || *column < first_call || *value == INT64_MIN) return std::nullopt;
  const OverFunction function = over.calls[*column - first_call].function;
  if (function > OverFunction::DenseRank) return std::nullopt;
  switch (op) {
    case ComparisonOp::Less: return RankTest{function, *value - 1};
    case ComparisonOp::LessEqual:
    case ComparisonOp::Equal:
    case ComparisonOp::NullSafeEqual: return RankTest{function, *value};
    default: return std::nullopt;
  }
}

/// Whether what a function gives to the rows up to a rank does not depend on the rows beyond it.
bool looks_back_only(const plan::OverCall& call, OverFunction ranked_by) {
  switch (call.function) {
    case OverFunction::RowNumber:
    case OverFunction::Rank:
    case OverFunction::DenseRank: return true;
    case OverFunction::PercentRank:
    case OverFunction::CumeDist:
    case OverFunction::Ntile: return false;
    case OverFunction::Shift: return call.number <= 0;
    case OverFunction::Nth:
    case OverFunction::Last:
    case OverFunction::Aggregate: break;
  }
  const plan::FrameBound& end = call.frame.end;
  if (end.kind == abi::FrameBound::Kind::Rows) return end.rows <= 0;
  // Peers have one rank, but numbers of their own.
  return end.kind == abi::FrameBound::Kind::Peers && ranked_by != OverFunction::RowNumber;
}

void look_for_tests(const expr::Expr& e, const plan::Over& over, std::optional<RankTest>& best) {
  const auto* logic = std::get_if<expr::Logic>(&e.node);
  if (logic && logic->op == expr::LogicOp::And) {
    for (const auto& operand : logic->operands) look_for_tests(*operand, over, best);
    return;
  }
  const auto test = rank_test(e, over);
  if (test && (!best || test->most < best->most)) best = test;
}

/// Whether a node hands on rows of a stream as they come.
bool passes_rows(const plan::Node& node) {
  if (std::holds_alternative<plan::Scan>(node.op)) return node.is_stream;
  const bool by_row = std::holds_alternative<plan::ObserveTime>(node.op) || std::holds_alternative<plan::Filter>(node.op) ||
                      std::holds_alternative<plan::Project>(node.op) || std::holds_alternative<plan::Generate>(node.op);
  bool passes = by_row;
  plan::for_each_input(node, [&](const plan::Node& input) { passes = passes && passes_rows(input); });
  return passes;
}

/// Rows that an Over keeps by itself, and forgets, are not kept below it as well.
void drop_keep(plan::NodePtr& node) {
  if (auto* keep = std::get_if<plan::Keep>(&node->op)) {
    if (passes_rows(*keep->input)) node = std::exchange(keep->input, nullptr);
  } else if (auto* filter = std::get_if<plan::Filter>(&node->op)) {
    drop_keep(filter->input);
  } else if (auto* project = std::get_if<plan::Project>(&node->op)) {
    drop_keep(project->input);
  }
}

/// The first rows of an order over rows of a stream: those beyond can never be among them again. An order of which only the first rows are wanted is that of an
/// Over without functions, which forgets the others.
plan::NodePtr keep_first_rows(plan::NodePtr node) {
  const auto& limit = std::get<plan::Limit>(node->op);
  plan::NodePtr* at = &std::get<plan::Limit>(node->op).input;
  while (auto* project = std::get_if<plan::Project>(&(*at)->op)) at = &project->input;
  auto* sort = std::get_if<plan::Sort>(&(*at)->op);
  if (!sort || limit.count < 0) return node;
  const auto* keep = std::get_if<plan::Keep>(&sort->input->op);
  if (!passes_rows(keep ? *keep->input : *sort->input)) return node;
  plan::Over first{.input = std::move(sort->input), .partition = {}, .order = std::move(sort->items), .calls = {},
                   .rank_max = limit.count + limit.offset, .ranked_by = OverFunction::RowNumber};
  drop_keep(first.input);
  (*at)->op = std::move(first);
  return node;
}

/// The column of an Integrate that an expression over projections of it is.
std::optional<uint32_t> column_of_rows(const plan::Node* at, const expr::Expr& e) {
  const auto* column = std::get_if<expr::ColumnRef>(&e.node);
  if (!column) return std::nullopt;
  const auto* project = std::get_if<plan::Project>(&at->op);
  return project ? column_of_rows(project->input.get(), *project->exprs[column->index]) : std::optional(column->index);
}

/// Where rows come and go, all are kept, but groups that have changed are looked at no further than to the last rank.
void look_at_first_rows(plan::Over& over) {
  plan::Node* at = over.input.get();
  while (auto* project = std::get_if<plan::Project>(&at->op)) at = project->input.get();
  auto* rows = std::get_if<plan::Integrate>(&at->op);
  if (!rows || !rows->group) return;
  std::vector<plan::Integrate::Order> order;
  for (const plan::SortItem& item : over.order) {
    const auto column = column_of_rows(over.input.get(), *item.expr);
    if (!column || item.expr->type.is_nested()) return;
    order.push_back({*column, item.descending, item.nulls_first});
  }
  rows->order = std::move(order);
  rows->first = over.rank_max;
  rows->ranked_by = over.ranked_by;
}

/// The Over whose rows, or their changes, a filter tests; `by_over` becomes the filter's condition over its columns.
plan::Over* tested_over(const plan::Filter& filter, expr::ExprPtr& by_over) {
  by_over = expr::clone(*filter.predicate);
  plan::Node* at = filter.input.get();
  if (auto* changes = std::get_if<plan::Differentiate>(&at->op)) at = changes->input.get();
  if (auto* project = std::get_if<plan::Project>(&at->op); project && at != filter.input.get()) {
    std::vector<const expr::Expr*> by;
    for (const auto& e : project->exprs) by.push_back(e.get());
    by_over = expr::substitute(std::move(by_over), by);
    at = project->input.get();
  }
  return std::get_if<plan::Over>(&at->op);
}

}  // namespace

plan::NodePtr limit_ranks(plan::NodePtr root) {
  return plan::rewrite_bottom_up(std::move(root), [](plan::NodePtr node) {
    if (std::holds_alternative<plan::Limit>(node->op)) return keep_first_rows(std::move(node));
    const auto* filter = std::get_if<plan::Filter>(&node->op);
    expr::ExprPtr predicate;
    auto* over = filter ? tested_over(*filter, predicate) : nullptr;
    if (!over) return node;
    std::optional<RankTest> test;
    look_for_tests(*predicate, *over, test);
    const auto safe = [&](const plan::OverCall& call) { return looks_back_only(call, test->ranked_by); };
    if (!test || !std::all_of(over->calls.begin(), over->calls.end(), safe)) return node;
    over->rank_max = std::max<int64_t>(test->most, 0);
    over->ranked_by = test->ranked_by;
    drop_keep(over->input);
    look_at_first_rows(*over);
    return node;
  });
}

}  // namespace millrace
