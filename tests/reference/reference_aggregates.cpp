#include "tests/reference/reference_aggregates.h"

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "tests/reference/reference_plan.h"

namespace millrace::reference {

namespace {

using Function = Value (*)(const Rows& rows, const SqlType& type);

Value count(const Rows& rows, const SqlType&) { return {static_cast<int64_t>(rows.size())}; }

double number(const Value& value) {
  if (const auto* i = std::get_if<int64_t>(&value.data)) return static_cast<double>(*i);
  return std::get<double>(value.data);
}

double total(const Rows& rows, size_t argument = 0) {
  double sum = 0;
  for (const Row& row : rows) sum += number(row[argument]);
  return sum;
}

Value sum(const Rows& rows, const SqlType& type) {
  if (rows.empty()) return {};
  if (type.is_floating()) return {total(rows)};
  __int128 exact = 0;
  for (const Row& row : rows) exact += std::get<int64_t>(row[0].data);
  const IntegerRange range = integer_range(TypeKind::BigInt);
  if (exact < range.min || exact > range.max) return {};
  return {static_cast<int64_t>(exact)};
}

Value average(const Rows& rows, const SqlType&) {
  if (rows.empty()) return {};
  return {total(rows) / static_cast<double>(rows.size())};
}

Value extreme(const Rows& rows, int sign) {
  if (rows.empty()) return {};
  const Row* best = &rows.front();
  for (const Row& row : rows) {
    if (expr::compare_values(row[0], (*best)[0]) * sign > 0) best = &row;
  }
  return (*best)[0];
}
Value least(const Rows& rows, const SqlType&) { return extreme(rows, -1); }
Value greatest(const Rows& rows, const SqlType&) { return extreme(rows, 1); }
Value first(const Rows& rows, const SqlType&) { return rows.empty() ? Value{} : rows.front()[0]; }
Value last(const Rows& rows, const SqlType&) { return rows.empty() ? Value{} : rows.back()[0]; }

Value every(const Rows& rows, const SqlType&) {
  if (rows.empty()) return {};
  for (const Row& row : rows) {
    if (!row[0].is_true()) return {false};
  }
  return {true};
}
Value some(const Rows& rows, const SqlType&) {
  if (rows.empty()) return {};
  for (const Row& row : rows) {
    if (row[0].is_true()) return {true};
  }
  return {false};
}
Value count_if(const Rows& rows, const SqlType&) {
  int64_t n = 0;
  for (const Row& row : rows) n += row[0].is_true() ? 1 : 0;
  return {n};
}

template <class Combine>
Value bits(const Rows& rows, Combine combine) {
  if (rows.empty()) return {};
  int64_t result = std::get<int64_t>(rows.front()[0].data);
  for (size_t i = 1; i < rows.size(); ++i) result = combine(result, std::get<int64_t>(rows[i][0].data));
  return {result};
}
Value bit_and(const Rows& rows, const SqlType&) {
  return bits(rows, [](int64_t a, int64_t b) { return a & b; });
}
Value bit_or(const Rows& rows, const SqlType&) {
  return bits(rows, [](int64_t a, int64_t b) { return a | b; });
}
Value bit_xor(const Rows& rows, const SqlType&) {
  return bits(rows, [](int64_t a, int64_t b) { return a ^ b; });
}

/// Mean squared deviation in two passes; `less` is what is taken off the count.
Value deviation(const Rows& rows, size_t less, bool root) {
  if (rows.size() <= less) return {};
  const double mean = total(rows) / static_cast<double>(rows.size());
  double squares = 0;
  for (const Row& row : rows) squares += (number(row[0]) - mean) * (number(row[0]) - mean);
  const double variance = squares / static_cast<double>(rows.size() - less);
  return {root ? std::sqrt(variance) : variance};
}
Value var_samp(const Rows& rows, const SqlType&) { return deviation(rows, 1, false); }
Value var_pop(const Rows& rows, const SqlType&) { return deviation(rows, 0, false); }
Value stddev_samp(const Rows& rows, const SqlType&) { return deviation(rows, 1, true); }
Value stddev_pop(const Rows& rows, const SqlType&) { return deviation(rows, 0, true); }

const std::map<std::string, Function>& functions() {
  static const std::map<std::string, Function> known = {
      {"count", count},         {"sum", sum},           {"avg", average},           {"mean", average},
      {"min", least},           {"max", greatest},      {"first", first},           {"first_value", first},
      {"any_value", first},     {"last", last},         {"last_value", last},       {"bool_and", every},
      {"every", every},         {"bool_or", some},      {"some", some},             {"any", some},
      {"count_if", count_if},   {"bit_and", bit_and},   {"bit_or", bit_or},         {"bit_xor", bit_xor},
      {"variance", var_samp},   {"var_samp", var_samp}, {"var_pop", var_pop},       {"stddev", stddev_samp},
      {"std", stddev_samp},     {"stddev_samp", stddev_samp}, {"stddev_pop", stddev_pop},
  };
  return known;
}

bool has_null(const Row& row) {
  return std::any_of(row.begin(), row.end(), [](const Value& value) { return value.is_null(); });
}

}  // namespace

Value aggregate(const plan::AggregateCall& call, const Rows& arguments) {
  const auto function = functions().find(std::string(call.function->name));
  if (function == functions().end()) throw OutOfReach("aggregate " + std::string(call.function->name));
  Rows taken;
  std::set<Row, RowLess> seen;
  for (const Row& row : arguments) {
    if (has_null(row) || (call.distinct && !seen.insert(row).second)) continue;
    taken.push_back(row);
  }
  return function->second(taken, call.type);
}

}  // namespace millrace::reference
