#include "tests/reference/reference_over.h"

#include <optional>
#include <utility>

#include "tests/reference/reference_aggregates.h"

namespace millrace::reference {

namespace {

using abi::OverFunction;
using Kind = abi::FrameBound::Kind;

struct Member {
  const Row* row = nullptr;
  Row partition;
  Row order;
};

int compare_keys(const Value& a, const Value& b, const plan::SortItem& item) {
  if (a.is_null() || b.is_null()) {
    const int nulls_first = static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
    return item.nulls_first ? nulls_first : -nulls_first;
  }
  const int order = expr::compare_values(a, b);
  return item.descending ? -order : order;
}

class OverEvaluator {
 public:
  OverEvaluator(const plan::Over& over, const Evaluate& value) : over_(over), value_(value) {}

  Rows run(const Rows& input) {
    std::vector<Member> all;
    for (const Row& row : input) {
      Member member{&row, {}, {}};
      for (const auto& key : over_.partition) member.partition.push_back(value_(*key, row));
      for (const auto& item : over_.order) member.order.push_back(value_(*item.expr, row));
      all.push_back(std::move(member));
    }
    std::stable_sort(all.begin(), all.end(), [this](const Member& a, const Member& b) {
      if (RowLess()(a.partition, b.partition)) return true;
      return !RowLess()(b.partition, a.partition) && compare_order(a, b) < 0;
    });
    Rows out;
    for (const Member& member : all) {
      partition_.clear();
      for (const Member& other : all) {
        const bool same = !RowLess()(member.partition, other.partition) && !RowLess()(other.partition, member.partition);
        if (&other == &member) own_ = partition_.size();
        if (same) partition_.push_back(&other);
      }
      Row row = *member.row;
      for (const plan::OverCall& call : over_.calls) row.push_back(result(call));
      out.push_back(std::move(row));
    }
    return out;
  }

 private:
  int compare_order(const Member& a, const Member& b) const {
    for (size_t i = 0; i < over_.order.size(); ++i) {
      const int order = compare_keys(a.order[i], b.order[i], over_.order[i]);
      if (order != 0) return order;
    }
    return 0;
  }

  const Row& row(size_t i) const { return *partition_[i]->row; }
  bool is_peer(size_t i) const { return compare_order(*partition_[i], *partition_[own_]) == 0; }

  /// Below 0: row i lies before the bound; above 0: behind it.
  int side_of(size_t i, const plan::Frame& frame, const plan::FrameBound& bound) const {
    switch (bound.kind) {
      case Kind::Partition: return 0;
      case Kind::Rows: {
        const int64_t distance = static_cast<int64_t>(i) - static_cast<int64_t>(own_) - bound.rows;
        return distance < 0 ? -1 : distance > 0 ? 1 : 0;
      }
      case Kind::Peers: return compare_order(*partition_[i], *partition_[own_]);
      case Kind::Value: break;
    }
    const Value key = value_(*frame.key, row(i)), limit = value_(*bound.value, row(own_));
    const bool out_of_range = limit.is_null() && !value_(*frame.key, row(own_)).is_null();
    if (out_of_range && !key.is_null()) return bound.rows < 0 ? 1 : -1;
    if (out_of_range) return over_.order[0].nulls_first ? -1 : 1;
    return compare_keys(key, limit, over_.order[0]);
  }

  std::vector<size_t> frame_rows(const plan::OverCall& call) const {
    std::vector<size_t> rows;
    for (size_t i = 0; i < partition_.size(); ++i) {
      if (side_of(i, call.frame, call.frame.start) >= 0 && side_of(i, call.frame, call.frame.end) <= 0) rows.push_back(i);
    }
    return rows;
  }

  /// Those of the rows that the function does not pass over.
  std::vector<size_t> wanted(const plan::OverCall& call, std::vector<size_t> rows) const {
    std::erase_if(rows, [&](size_t i) {
      const bool filtered = call.call.filter && !value_(*call.call.filter, row(i)).is_true();
      return filtered || (call.ignore_nulls && value_(*call.call.arguments[0], row(i)).is_null());
    });
    return rows;
  }

  Value result(const plan::OverCall& call) const {
    switch (call.function) {
      case OverFunction::Shift: return shifted(call);
      case OverFunction::Nth:
      case OverFunction::Last: {
        const std::vector<size_t> rows = wanted(call, frame_rows(call));
        const auto number = static_cast<size_t>(call.number);
        if (call.function == OverFunction::Last) return rows.empty() ? Value{} : value_(*call.call.arguments[0], row(rows.back()));
        return number > rows.size() ? Value{} : value_(*call.call.arguments[0], row(rows[number - 1]));
      }
      case OverFunction::Aggregate: {
        Rows arguments;
        for (const size_t i : wanted(call, frame_rows(call))) {
          Row& values = arguments.emplace_back();
          for (const auto& argument : call.call.arguments) values.push_back(value_(*argument, row(i)));
        }
        return aggregate(call.call, arguments);
      }
      default: return ranked(call);
    }
  }

  Value ranked(const plan::OverCall& call) const {
    const auto size = static_cast<int64_t>(partition_.size());
    int64_t before = 0, up_to_peers = 0, groups = 1;
    for (size_t i = 0; i < partition_.size(); ++i) {
      const int order = compare_order(*partition_[i], *partition_[own_]);
      before += order < 0;
      up_to_peers += order <= 0;
      const bool new_group = i == 0 || compare_order(*partition_[i - 1], *partition_[i]) != 0;
      groups += order < 0 && new_group;
    }
    switch (call.function) {
      case OverFunction::RowNumber: return {static_cast<int64_t>(own_) + 1};
      case OverFunction::Rank: return {before + 1};
      case OverFunction::DenseRank: return {groups};
      case OverFunction::PercentRank: return {size == 1 ? 0.0 : static_cast<double>(before) / static_cast<double>(size - 1)};
      case OverFunction::CumeDist: return {static_cast<double>(up_to_peers) / static_cast<double>(size)};
      default: break;
    }
    int64_t bucket = 1, left = size / call.number + (size % call.number > 0);
    for (size_t i = 0; i < own_; ++i) {
      if (--left > 0) continue;
      left = size / call.number + (bucket < size % call.number);
      ++bucket;
    }
    return {bucket};
  }

  Value shifted(const plan::OverCall& call) const {
    std::optional<size_t> found;
    std::vector<size_t> rows;
    for (size_t i = 0; i < partition_.size(); ++i) {
      const bool on_its_side = call.number < 0 ? i < own_ : i > own_;
      if (on_its_side) rows.push_back(i);
    }
    rows = wanted(call, std::move(rows));
    const auto distance = static_cast<size_t>(call.number < 0 ? -call.number : call.number);
    if (distance == 0) found = own_;
    else if (distance <= rows.size()) found = call.number < 0 ? rows[rows.size() - distance] : rows[distance - 1];
    if (found) return value_(*call.call.arguments[0], row(*found));
    return call.call.arguments.size() > 1 ? value_(*call.call.arguments[1], row(own_)) : Value{};
  }

  const plan::Over& over_;
  const Evaluate& value_;
  std::vector<const Member*> partition_;  ///< of the row in hand
  size_t own_ = 0;                        ///< its place there
};

}  // namespace

Rows evaluate_over(const plan::Over& over, const Rows& input, const Evaluate& value) { return OverEvaluator(over, value).run(input); }

}  // namespace millrace::reference
