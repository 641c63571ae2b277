#include "tests/reference/reference_plan.h"

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/expr/expr_printer.h"
#include "compiler/plan/plan_nullability.h"
#include "compiler/expr/expr_rewrite.h"
#include "tests/reference/reference_aggregates.h"
#include "tests/reference/reference_over.h"

namespace millrace::reference {

namespace {

int64_t floor_mod(int64_t a, int64_t b) {
  const int64_t remainder = a % b;
  return remainder < 0 ? remainder + b : remainder;
}

using Bounds = std::pair<int64_t, int64_t>;

/// All windows in which a time lies, the earliest first. Sessions depend on other rows: see sessions_of.
std::vector<Bounds> windows_of(int64_t time, const plan::WindowSpec& window) {
  std::vector<Bounds> windows;
  const int64_t period = window.kind == plan::WindowKind::Cumulating ? window.size_us : window.slide_us;
  const int64_t newest = time - floor_mod(time - window.offset_us, period);
  if (window.kind == plan::WindowKind::Cumulating) {
    for (int64_t end = newest + window.slide_us; end <= newest + window.size_us; end += window.slide_us) {
      if (end > time) windows.emplace_back(newest, end);
    }
    return windows;
  }
  for (int64_t start = newest; start + window.size_us > time; start -= window.slide_us) {
    windows.emplace_back(start, start + window.size_us);
  }
  std::reverse(windows.begin(), windows.end());
  return windows;
}

/// The sessions of rows at these times: sorted, and cut where the next is more than a gap away.
std::vector<Bounds> sessions_of(std::vector<int64_t> times, int64_t gap) {
  std::sort(times.begin(), times.end());
  std::vector<Bounds> sessions;
  for (const int64_t time : times) {
    if (sessions.empty() || time > sessions.back().second) sessions.emplace_back(time, time);
    sessions.back().second = time + gap;
  }
  return sessions;
}

class Evaluator {
 public:
  Evaluator(const std::vector<Rows>& relations, abi::PipelineContext* context) : relations_(relations), context_(context) {}

  Rows rows(const plan::Node& node) const {
    return std::visit([&](const auto& op) { return this->op(op); }, node.op);
  }

 private:
  Value value(const expr::Expr& e, const Row& row) const {
    std::optional<Value> v = expr::evaluate(e, row, context_);
    if (!v) throw OutOfReach(expr::to_string(e));
    return std::move(*v);
  }
  Row values(const std::vector<plan::ExprPtr>& exprs, const Row& row) const {
    Row out;
    for (const plan::ExprPtr& e : exprs) out.push_back(value(*e, row));
    return out;
  }

  Rows op(const plan::Scan& n) const {
    Rows out;
    for (const Row& row : relations_.at(n.relation)) {
      Row fields;
      for (const uint32_t field : n.fields) fields.push_back(row.at(field));
      out.push_back(std::move(fields));
    }
    return out;
  }
  Rows op(const plan::ObserveTime& n) const { return rows(*n.input); }
  Rows op(const plan::Keep& n) const { return rows(*n.input); }
  /// The result that all changes lead to.
  Rows op(const plan::ShowChanges& n) const {
    Rows out = rows(*n.input);
    if (n.present) std::erase_if(out, [&](const Row& row) { return !row[*n.present].is_true(); });
    for (Row& row : out) row.resize(n.visible);
    return out;
  }
  /// Evaluated is what a maintained plan means, not how it is maintained: see plan::Query::meaning.
  Rows op(const plan::Differentiate&) const { throw OutOfReach("changes"); }
  Rows op(const plan::Integrate&) const { throw OutOfReach("changes"); }
  Rows op(const plan::Values& n) const {
    Rows out;
    for (const auto& row : n.rows) out.push_back(values(row, {}));
    return out;
  }
  Rows op(const plan::Filter& n) const {
    Rows out = rows(*n.input);
    std::erase_if(out, [&](const Row& row) { return !value(*n.predicate, row).is_true(); });
    return out;
  }
  Rows op(const plan::Project& n) const {
    Rows out;
    for (const Row& row : rows(*n.input)) out.push_back(values(n.exprs, row));
    return out;
  }
  Rows op(const plan::WindowAssign& n) const {
    if (n.window.kind == plan::WindowKind::Session) throw OutOfReach("a session that is not grouped by");
    return assign_windows(rows(*n.input), *n.time, n.window);
  }
  Rows assign_windows(const Rows& input, const expr::Expr& time, const plan::WindowSpec& window) const {
    Rows out;
    for (const Row& row : input) {
      const Value at = value(time, row);
      if (at.is_null()) continue;
      for (const auto& [start, end] : windows_of(std::get<int64_t>(at.data), window)) {
        Row assigned = row;
        assigned.push_back({start});
        assigned.push_back({end});
        out.push_back(std::move(assigned));
      }
    }
    return out;
  }
  Rows op(const plan::Generate& n) const;
  Rows assign_sessions(const plan::WindowAssign& assign, const plan::Aggregate& above) const;
  Rows op(const plan::Aggregate& n) const;
  Rows group(const plan::Aggregate& n, const Rows& input, uint64_t set) const;
  Row group_row(const plan::Aggregate& n, const Row& key, const Rows& members, uint64_t set) const;
  Rows op(const plan::Join& n) const;
  bool matches(const plan::Join& n, const Row& left, const Row& right, const Row& both) const;
  Rows op(const plan::Union& n) const {
    Rows out;
    for (const plan::NodePtr& input : n.inputs) {
      for (Row& row : rows(*input)) out.push_back(std::move(row));
    }
    return out;
  }
  Rows op(const plan::Sort& n) const;
  Rows op(const plan::Over& n) const {
    return evaluate_over(n, rows(*n.input), [this](const expr::Expr& e, const Row& row) { return value(e, row); });
  }
  Rows op(const plan::Limit& n) const {
    Rows out = rows(*n.input);
    out.erase(out.begin(), out.begin() + std::min<int64_t>(n.offset, static_cast<int64_t>(out.size())));
    if (n.count >= 0 && n.count < static_cast<int64_t>(out.size())) out.resize(static_cast<size_t>(n.count));
    return out;
  }

  const std::vector<Rows>& relations_;
  abi::PipelineContext* context_;
};

Rows Evaluator::op(const plan::Generate& n) const {
  Rows out;
  const SqlType& type = n.collection->type;
  const size_t width = plan::generated_columns(n).size();
  for (const Row& row : rows(*n.input)) {
    const Value collection = value(*n.collection, row);
    std::vector<Row> made;  // the generated columns, without the position
    const Row none;
    const Row& parts = collection.is_null() ? none : std::get<Row>(collection.data);
    const bool map = type.is(TypeKind::Map) && !parts.empty();
    const Row& elements = map ? std::get<Row>(parts[0].data) : parts;
    for (size_t i = 0; i < elements.size(); ++i) {
      if (map) made.push_back({elements[i], std::get<Row>(parts[1].data).at(i)});
      else if (!n.inlines) made.push_back({elements[i]});
      else if (elements[i].is_null()) made.push_back(Row(width));
      else made.push_back(std::get<Row>(elements[i].data));
    }
    for (size_t i = 0; i < made.size(); ++i) {
      Row whole = row;
      if (n.with_position) whole.push_back({static_cast<int64_t>(i)});
      whole.insert(whole.end(), made[i].begin(), made[i].end());
      out.push_back(std::move(whole));
    }
    if (!made.empty() || !n.outer) continue;
    Row whole = row;
    whole.resize(row.size() + width);
    out.push_back(std::move(whole));
  }
  return out;
}

/// Rows with the bounds of their sessions: those of the rows that the aggregate above groups together.
Rows Evaluator::assign_sessions(const plan::WindowAssign& assign, const plan::Aggregate& above) const {
  const size_t width = assign.input->schema.size();
  std::vector<const expr::Expr*> keys;
  for (const plan::ExprPtr& key : above.keys) {
    std::vector<bool> used;
    expr::collect_columns(*key, used);
    if (used.size() <= width) keys.push_back(key.get());
  }
  const auto key_of = [&](const Row& row) {
    Row key;
    for (const expr::Expr* e : keys) key.push_back(value(*e, row));
    return key;
  };
  const auto time_of = [&](const Row& row) { return std::get<int64_t>(value(*assign.time, row).data); };
  Rows input = rows(*assign.input);
  std::erase_if(input, [&](const Row& row) { return value(*assign.time, row).is_null(); });
  std::map<Row, std::vector<int64_t>, RowLess> times;
  for (const Row& row : input) times[key_of(row)].push_back(time_of(row));
  for (Row& row : input) {
    const int64_t time = time_of(row);
    for (const auto& [start, end] : sessions_of(times[key_of(row)], assign.window.size_us)) {
      if (time < start || time > end) continue;
      row.push_back({start});
      row.push_back({end});
      break;
    }
  }
  return input;
}

Rows Evaluator::op(const plan::Aggregate& n) const {
  const auto* assign = std::get_if<plan::WindowAssign>(&n.input->op);
  const bool sessions = assign && assign->window.kind == plan::WindowKind::Session;
  Rows input = sessions ? assign_sessions(*assign, n) : rows(*n.input);
  if (n.window) input = assign_windows(input, *n.window_time, *n.window);
  Rows out;
  for (const uint64_t set : n.grouping_sets) {
    for (Row& row : group(n, input, set)) out.push_back(std::move(row));
  }
  return out;
}

/// One grouping set. The key of a group is its window's bounds, if any, then the keys.
Rows Evaluator::group(const plan::Aggregate& n, const Rows& input, uint64_t set) const {
  std::map<Row, size_t, RowLess> index;
  std::vector<std::pair<Row, Rows>> groups;
  if (n.keys.empty() && !n.window) groups.emplace_back();  // an ungrouped aggregate of nothing is one row
  for (const Row& row : input) {
    Row key;
    if (n.window) key.assign(row.end() - 2, row.end());
    for (size_t i = 0; i < n.keys.size(); ++i) key.push_back((set >> i & 1) != 0 ? value(*n.keys[i], row) : Value{});
    if (n.keys.empty() && !n.window) {
      groups.front().second.push_back(row);
      continue;
    }
    const auto [at, is_new] = index.try_emplace(key, groups.size());
    if (is_new) groups.emplace_back(std::move(key), Rows{});
    groups[at->second].second.push_back(row);
  }
  Rows out;
  for (const auto& [key, members] : groups) out.push_back(group_row(n, key, members, set));
  return out;
}

Row Evaluator::group_row(const plan::Aggregate& n, const Row& key, const Rows& members, uint64_t set) const {
  Row out = key;
  if (n.emits_grouping_id) {
    int64_t id = 0;
    for (size_t i = 0; i < n.keys.size(); ++i) id = id * 2 + ((set >> i & 1) != 0 ? 0 : 1);
    out.push_back({id});
  }
  for (const plan::AggregateCall& call : n.calls) {
    Rows arguments;
    for (const Row& row : members) {
      if (!call.filter || value(*call.filter, row).is_true()) arguments.push_back(values(call.arguments, row));
    }
    out.push_back(aggregate(call, arguments));
  }
  return out;
}

bool Evaluator::matches(const plan::Join& n, const Row& left, const Row& right, const Row& both) const {
  for (size_t i = 0; i < n.left_keys.size(); ++i) {
    const Value a = value(*n.left_keys[i], left);
    const Value b = value(*n.right_keys[i], right);
    if (a.is_null() || b.is_null() || expr::compare_values(a, b) != 0) return false;
  }
  return !n.condition || value(*n.condition, both).is_true();
}

Rows Evaluator::op(const plan::Join& n) const {
  using enum plan::JoinKind;
  const Rows left = rows(*n.left);
  const Rows right = rows(*n.right);
  std::vector<bool> right_matched(right.size(), false);
  const bool shows_pairs = n.kind != LeftSemi && n.kind != LeftAnti;
  Rows out;
  for (const Row& l : left) {
    bool matched = false;
    for (size_t i = 0; i < right.size(); ++i) {
      Row both = l;
      both.insert(both.end(), right[i].begin(), right[i].end());
      if (!matches(n, l, right[i], both)) continue;
      matched = true;
      right_matched[i] = true;
      if (shows_pairs) out.push_back(std::move(both));
    }
    if (matched ? n.kind == LeftSemi : n.kind == LeftAnti) out.push_back(l);
    if (matched || (n.kind != Left && n.kind != Full)) continue;
    Row padded = l;
    padded.resize(l.size() + n.right->schema.size());
    out.push_back(std::move(padded));
  }
  for (size_t i = 0; i < right.size() && (n.kind == Right || n.kind == Full); ++i) {
    if (right_matched[i]) continue;
    Row padded(n.left->schema.size());
    padded.insert(padded.end(), right[i].begin(), right[i].end());
    out.push_back(std::move(padded));
  }
  return out;
}

Rows Evaluator::op(const plan::Sort& n) const {
  Rows out = rows(*n.input);
  std::vector<std::pair<Row, size_t>> order;
  for (size_t i = 0; i < out.size(); ++i) {
    Row keys;
    for (const plan::SortItem& item : n.items) keys.push_back(value(*item.expr, out[i]));
    order.emplace_back(std::move(keys), i);
  }
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    for (size_t k = 0; k < n.items.size(); ++k) {
      const Value& x = a.first[k];
      const Value& y = b.first[k];
      if (x.is_null() != y.is_null()) return x.is_null() == n.items[k].nulls_first;
      const int by = compare_for_grouping(x, y);
      if (by != 0) return n.items[k].descending ? by > 0 : by < 0;
    }
    return a.second < b.second;
  });
  Rows sorted;
  for (const auto& [keys, i] : order) sorted.push_back(std::move(out[i]));
  return sorted;
}

}  // namespace

Rows evaluate(const plan::Query& query, const std::vector<Rows>& relations, abi::PipelineContext* context) {
  return Evaluator(relations, context).rows(query.meaning ? *query.meaning : *query.root);
}

}  // namespace millrace::reference
