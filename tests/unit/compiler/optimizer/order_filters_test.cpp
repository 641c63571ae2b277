#include <catch2/catch.hpp>

#include "compiler/optimizer/rules.h"
#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

TEST_CASE("cheap conditions come first, equal ones stay in order") {
  const Schema columns{{"n", BigInt}, {"s", String}, {"m", BigInt}};
  const NodePtr plan = order_filters(filter(
      scan(0, columns), and_(gt(cast(string_col(1), Double), lit(1.0)), gt(int_col(0), lit(1)), like(string_col(1), "%x%"),
                             eq(string_col(1), lit("a")), gt(int_col(2), lit(1)), is_not_null(int_col(0)))));
  const NodePtr expected = filter(
      scan(0, columns), and_(is_not_null(int_col(0)), eq(string_col(1), lit("a")), like(string_col(1), "%x%"),
                             gt(int_col(0), lit(1)), gt(int_col(2), lit(1)), gt(cast(string_col(1), Double), lit(1.0))));
  CHECK(plan::equal(*plan, *expected));
}
