#include "tests/fuzz/random_queries/result_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

#include "compiler/expr/evaluate_cast.h"

namespace millrace::fuzz {

namespace {

using reference::Row;
using reference::Rows;
using reference::Value;

constexpr double kTolerance = 1e-9;
constexpr size_t kRowsShown = 12;

double parsed_double(const std::string& text) {
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  double value = std::numeric_limits<double>::quiet_NaN();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Doubles by value, everything else by its text.
Value printed(const Cell& cell, const SqlType& type) {
  if (!cell) return {};
  if (type.is_floating()) return {parsed_double(*cell)};
  return {*cell};
}

Value printable(const Value& value, const SqlType& type, abi::PipelineContext* context) {
  if (value.is_null() || type.is_floating()) return value;
  std::optional<Value> text = expr::cast_value(value, type, TypeKind::String, context);
  return text ? *text : Value{std::string("?")};
}

bool near(const Value& a, const Value& b) {
  if (reference::compare_for_grouping(a, b) == 0) return true;
  const auto* x = std::get_if<double>(&a.data);
  const auto* y = std::get_if<double>(&b.data);
  return x && y && std::isfinite(*x) && std::isfinite(*y) && std::abs(*x - *y) <= kTolerance * (1 + std::abs(*x));
}

bool near(const Row& a, const Row& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Value& x, const Value& y) { return near(x, y); });
}

std::string text(const Rows& rows) {
  std::string out;
  for (size_t i = 0; i < std::min(rows.size(), kRowsShown); ++i) {
    out += "   ";
    for (const Value& v : rows[i]) {
      if (const auto* d = std::get_if<double>(&v.data)) out += fmt::format(" {}", *d);
      if (const auto* s = std::get_if<std::string>(&v.data)) out += " '" + *s + "'";
      if (v.is_null()) out += " NULL";
    }
    out += '\n';
  }
  return out + (rows.size() > kRowsShown ? "    …\n" : "");
}

/// Takes out of both sides what is on both. Quadratic, which takes care of doubles that are only near each other.
void drop_common(Rows& expected, Rows& actual) {
  std::erase_if(expected, [&](const Row& row) {
    const auto twin = std::find_if(actual.begin(), actual.end(), [&](const Row& other) { return near(row, other); });
    if (twin == actual.end()) return false;
    actual.erase(twin);
    return true;
  });
}

void apply(std::vector<Cell> row, Cells& rows) {
  const std::string op = row.front().value_or("");
  row.erase(row.begin());
  if (op == "+I" || op == "+U") return rows.push_back(std::move(row));
  const auto found = std::find(rows.begin(), rows.end(), row);
  if (found != rows.end() && (op == "-U" || op == "-D")) {
    rows.erase(found);
    return;
  }
  rows.emplace_back(row.size(), "'" + op + "' of a row that is not there");
}

}  // namespace

Cells applied(const std::vector<Cells>& batches) {
  Cells rows;
  for (const Cells& batch : batches) {
    for (const auto& row : batch) apply(row, rows);
  }
  return rows;
}

Cells last_of_keys(const std::vector<Cells>& batches, const std::vector<uint32_t>& keys) {
  std::map<std::vector<Cell>, std::vector<Cell>> last;
  for (const Cells& batch : batches) {
    for (const std::vector<Cell>& row : batch) {
      std::vector<Cell> key;
      for (const uint32_t column : keys) key.push_back(row[column]);
      last[std::move(key)] = row;
    }
  }
  Cells rows;
  for (auto& [key, row] : last) rows.push_back(std::move(row));
  return rows;
}

std::string difference(const Rows& expected, const Cells& actual, const Schema& schema, bool is_ordered,
                       abi::PipelineContext* context) {
  Rows want;
  for (const Row& row : expected) {
    Row cells;
    for (size_t i = 0; i < row.size(); ++i) cells.push_back(printable(row[i], schema[i].type, context));
    want.push_back(std::move(cells));
  }
  Rows got;
  for (const auto& row : actual) {
    Row cells;
    for (size_t i = 0; i < row.size(); ++i) cells.push_back(printed(row[i], schema[i].type));
    got.push_back(std::move(cells));
  }
  if (is_ordered) {
    const bool same =
        std::equal(want.begin(), want.end(), got.begin(), got.end(), [](const Row& a, const Row& b) { return near(a, b); });
    return same ? "" : "  expected in this order\n" + text(want) + "  but got\n" + text(got);
  }
  drop_common(want, got);
  if (want.empty() && got.empty()) return "";
  return "  missing\n" + text(want) + "  too many\n" + text(got);
}

}  // namespace millrace::fuzz
