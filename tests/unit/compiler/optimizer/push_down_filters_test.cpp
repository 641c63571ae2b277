#include <catch2/catch.hpp>

#include "compiler/optimizer/rules.h"
#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;
using plan::JoinKind;

namespace {

NodePtr left() { return scan(0, kTwo); }
NodePtr right() { return scan(1, kTwo, false); }
NodePtr joined(JoinKind kind, NodePtr l, NodePtr r) {
  return join(std::move(l), std::move(r), {.kind = kind, .left_keys = list(int_col(0)), .right_keys = list(int_col(0))});
}
ExprPtr left_test() { return eq(string_col(1), lit("x")); }
ExprPtr right_test() { return eq(string_col(3), lit("y")); }

}  // namespace

TEST_CASE("a filter goes through a projection and joins the filter below") {
  NodePtr plan = filter(project(filter(scan(0, kTwo), gt(int_col(0), lit(1))), list(string_col(1), int_col(0))),
                        eq(string_col(0), lit("x")));
  const NodePtr expected = project(filter(scan(0, kTwo), and_(gt(int_col(0), lit(1)), eq(string_col(1), lit("x")))),
                                   list(string_col(1), int_col(0)));
  CHECK(plan::equal(*push_down_filters(std::move(plan)), *expected));
}

TEST_CASE("a filter on a costly column stays above the projection that keeps it") {
  const auto plan = [] {
    return filter(project(scan(0, kTwo), list(cast(string_col(1), Double))), gt(double_col(0), lit(1.0)));
  };
  CHECK(plan::equal(*push_down_filters(plan()), *plan()));
}

TEST_CASE("no filter passes ObserveTime") {
  const Schema timed{{"a", BigInt}, {"t", Timestamp}};
  const auto plan = [&] { return filter(observe_time(scan(0, timed), 1), gt(int_col(0), lit(1))); };
  CHECK(plan::equal(*push_down_filters(plan()), *plan()));
}

TEST_CASE("conditions on the window stay above it, others go below") {
  const Schema timed{{"a", BigInt}, {"t", Timestamp}};
  const plan::WindowSpec window{.size_us = 10, .slide_us = 10};
  NodePtr plan = filter(window_assign(scan(0, timed), 1, window), and_(gt(int_col(0), lit(1)), is_not_null(col(2, Timestamp))));
  const NodePtr expected =
      filter(window_assign(filter(scan(0, timed), gt(int_col(0), lit(1))), 1, window), is_not_null(col(2, Timestamp)));
  CHECK(plan::equal(*push_down_filters(std::move(plan)), *expected));
}

TEST_CASE("a filter is copied into every input of a union") {
  NodePtr plan = filter(union_all(scan(0, kTwo), scan(1, kTwo)), gt(int_col(0), lit(1)));
  const NodePtr expected =
      union_all(filter(scan(0, kTwo), gt(int_col(0), lit(1))), filter(scan(1, kTwo), gt(int_col(0), lit(1))));
  CHECK(plan::equal(*push_down_filters(std::move(plan)), *expected));
}

TEST_CASE("an inner join's sides are filtered before they meet") {
  NodePtr plan = filter(joined(JoinKind::Inner, left(), right()), and_(left_test(), right_test()));
  const NodePtr expected = joined(JoinKind::Inner, filter(left(), left_test()), filter(right(), eq(string_col(1), lit("y"))));
  CHECK(plan::equal(*push_down_filters(std::move(plan)), *expected));
}

TEST_CASE("a left join keeps conditions on its right columns above") {
  NodePtr plan = filter(joined(JoinKind::Left, left(), right()), and_(left_test(), right_test()));
  const NodePtr expected = filter(joined(JoinKind::Left, filter(left(), left_test()), right()), right_test());
  CHECK(plan::equal(*push_down_filters(std::move(plan)), *expected));
}

TEST_CASE("a left join's ON filters its right side only") {
  NodePtr plan = join(left(), right(),
                      {.kind = JoinKind::Left, .left_keys = list(int_col(0)), .right_keys = list(int_col(0)),
                       .condition = and_(left_test(), right_test())});
  const NodePtr expected = join(left(), filter(right(), eq(string_col(1), lit("y"))),
                                {.kind = JoinKind::Left, .left_keys = list(int_col(0)), .right_keys = list(int_col(0)),
                                 .condition = left_test()});
  CHECK(plan::equal(*push_down_filters(std::move(plan)), *expected));
}

TEST_CASE("an equality between the sides of a cross join is a key") {
  NodePtr plan = filter(join(left(), right(), {.kind = JoinKind::Cross}), eq(int_col(2), int_col(0)));
  CHECK(plan::equal(*push_down_filters(std::move(plan)), *joined(JoinKind::Inner, left(), right())));
}

TEST_CASE("conditions on keys that all grouping sets have go below the aggregate") {
  const auto grouped = [](NodePtr input, std::vector<uint64_t> sets) {
    NodePtr n = aggregate(std::move(input), list(int_col(0), string_col(1)), calls(aggregate_call(kCount, BigInt, {})));
    as_aggregate(n).grouping_sets = std::move(sets);
    return n;
  };
  const auto test_all = [] { return and_(gt(int_col(0), lit(1)), left_test(), gt(int_col(2), lit(5))); };
  NodePtr below = filter(scan(0, kTwo), gt(int_col(0), lit(1)));
  const NodePtr expected = filter(grouped(std::move(below), {3, 1}), and_(left_test(), gt(int_col(2), lit(5))));
  CHECK(plan::equal(*push_filters_below_aggregates(filter(grouped(scan(0, kTwo), {3, 1}), test_all())), *expected));
}
