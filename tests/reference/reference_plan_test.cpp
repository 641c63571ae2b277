#include "tests/reference/reference_plan.h"

#include <catch2/catch.hpp>

#include "compiler/functions/function_catalog.h"
#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;
using reference::Rows;
using reference::Value;

namespace {

Value i(int64_t v) { return {v}; }
Value s(const char* v) { return {std::string(v)}; }
const Value kNull{};

/// Rows as text, a row a line.
std::string text(const Rows& rows) {
  struct Cell {
    std::string operator()(std::monostate) const { return "NULL"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return std::to_string(v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const std::vector<Value>&) const { return "{}"; }
    std::string operator()(const abi::Decimal& v) const { return std::to_string(static_cast<int64_t>(v.low)); }
  };
  std::string out;
  for (const auto& row : rows) {
    for (const Value& v : row) out += std::visit(Cell{}, v.data) + ' ';
    out.back() = '\n';
  }
  return out;
}

std::string result(NodePtr root, const std::vector<Rows>& relations) {
  plan::Query query;
  query.root = std::move(root);
  return text(reference::evaluate(query, relations, nullptr));
}

plan::AggregateCall call_of(const char* name, SqlType type, std::vector<ExprPtr> arguments) {
  std::vector<SqlType> types;
  for (const ExprPtr& a : arguments) types.push_back(a->type);
  const auto bound = bind_aggregate(name, types);
  REQUIRE(bound.failure == BindFailure::None);
  return aggregate_call(*bound.overload.function, std::move(type), std::move(arguments));
}

const Rows kRows{{i(1), s("x")}, {i(2), s("y")}, {kNull, s("x")}, {i(4), kNull}};

}  // namespace

TEST_CASE("groups come in order of arrival and NULL is a group") {
  NodePtr plan = aggregate(scan(0, kTwo), list(string_col(1)),
                           calls(call_of("count", BigInt, list(int_col(0))), call_of("sum", BigInt, list(int_col(0)))));
  CHECK(result(std::move(plan), {kRows}) == "x 1 1\ny 1 2\nNULL 1 4\n");
}

TEST_CASE("an ungrouped aggregate of nothing is one row, a grouped one none") {
  CHECK(result(aggregate(scan(0, kTwo), {}, calls(call_of("count", BigInt, list(int_col(0))), call_of("max", BigInt, list(int_col(0))))),
               {Rows{}}) == "0 NULL\n");
  CHECK(result(aggregate(scan(0, kTwo), list(int_col(0)), {}), {Rows{}}).empty());
}

TEST_CASE("grouping sets lack the keys that they roll up") {
  NodePtr plan = aggregate(scan(0, kTwo), list(string_col(1)), calls(call_of("count", BigInt, list(int_col(0)))));
  as_aggregate(plan).grouping_sets = {1, 0};
  as_aggregate(plan).emits_grouping_id = true;
  CHECK(result(std::move(plan), {kRows}) == "x 0 1\ny 0 1\nNULL 0 1\nNULL 1 3\n");
}

TEST_CASE("a row lies in every window that holds its time") {
  const Rows times{{i(12)}, {i(-1)}, {kNull}};
  NodePtr plan = window_assign(scan(0, {{"t", Timestamp}}), 0, {.size_us = 10, .slide_us = 5});
  CHECK(result(std::move(plan), {times}) == "12 5 15\n12 10 20\n-1 -10 0\n-1 -5 5\n");
}

TEST_CASE("a cumulating window ends a step later each, up to its size") {
  const Rows times{{i(12)}, {i(-1)}};
  NodePtr plan = window_assign(scan(0, {{"t", Timestamp}}), 0,
                               {.size_us = 15, .slide_us = 5, .kind = plan::WindowKind::Cumulating});
  CHECK(result(std::move(plan), {times}) == "12 0 15\n-1 -15 0\n");
  NodePtr moved = window_assign(scan(0, {{"t", Timestamp}}), 0,
                                {.size_us = 15, .slide_us = 5, .offset_us = 2, .kind = plan::WindowKind::Cumulating});
  CHECK(result(std::move(moved), {times}) == "12 2 17\n-1 -13 2\n");
}

TEST_CASE("a session holds the rows of a group that are at most a gap apart") {
  const Rows visits{{i(10), s("a")}, {i(21), s("a")}, {i(12), s("b")}, {i(15), s("a")}, {i(27), s("a")}};
  NodePtr assign = window_assign(scan(0, {{"t", Timestamp}, {"k", String}}), 0,
                                 {.size_us = 5, .slide_us = 5, .kind = plan::WindowKind::Session});
  NodePtr plan = aggregate(std::move(assign), list(col(2, Timestamp), col(3, Timestamp), string_col(1)),
                           calls(call_of("count", BigInt, list(col(0, Timestamp)))));
  CHECK(result(std::move(plan), {visits}) == "10 20 a 2\n21 26 a 1\n12 17 b 1\n27 32 a 1\n");
}

TEST_CASE("NULL keys never match, outer rows are padded") {
  const Rows users{{i(1), s("one")}, {kNull, s("none")}, {i(9), s("nine")}};
  const auto joined = [&](plan::JoinKind kind) {
    return result(join(scan(0, kTwo), scan(1, kTwo, false), {.kind = kind, .left_keys = list(int_col(0)), .right_keys = list(int_col(0))}),
                  {kRows, users});
  };
  CHECK(joined(plan::JoinKind::Inner) == "1 x 1 one\n");
  CHECK(joined(plan::JoinKind::Left) == "1 x 1 one\n2 y NULL NULL\nNULL x NULL NULL\n4 NULL NULL NULL\n");
  CHECK(joined(plan::JoinKind::Right) == "1 x 1 one\nNULL NULL NULL none\nNULL NULL 9 nine\n");
  CHECK(joined(plan::JoinKind::LeftAnti) == "2 y\nNULL x\n4 NULL\n");
}

TEST_CASE("DISTINCT and FILTER apply to one call") {
  plan::AggregateCall distinct = call_of("count", BigInt, list(string_col(1)));
  distinct.distinct = true;
  plan::AggregateCall filtered = call_of("count", BigInt, list(string_col(1)));
  filtered.filter = gt(int_col(0), lit(1));
  CHECK(result(aggregate(scan(0, kTwo), {}, calls(std::move(distinct), std::move(filtered))), {kRows}) == "2 1\n");
}

TEST_CASE("sorting keeps the order of equal rows and puts NULL where it is told") {
  plan::Sort sort{scan(0, kTwo), {}};
  sort.items.push_back({string_col(1), true, false});
  CHECK(result(node(std::move(sort), kTwo), {kRows}) == "2 y\n1 x\nNULL x\n4 NULL\n");
}
