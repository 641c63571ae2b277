#include <catch2/catch.hpp>

#include "compiler/optimizer/rules.h"
#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

TEST_CASE("two projections become one") {
  NodePtr plan = project(project(scan(0, kTwo), list(string_col(1), add(int_col(0), lit(1)))), list(int_col(1), int_col(1), string_col(0)));
  const NodePtr expected =
      project(scan(0, kTwo), list(add(int_col(0), lit(1)), add(int_col(0), lit(1)), string_col(1)));
  CHECK(plan::equal(*merge_projections(std::move(plan)), *expected));
}

TEST_CASE("what is costly is not computed twice") {
  const auto twice = [] {
    return project(project(scan(0, kTwo), list(cast(string_col(1), Double))), list(double_col(0), gt(double_col(0), lit(1.0))));
  };
  CHECK(plan::equal(*merge_projections(twice()), *twice()));
  NodePtr once = project(project(scan(0, kTwo), list(cast(string_col(1), Double), int_col(0))), list(gt(double_col(0), lit(1.0))));
  CHECK(plan::equal(*merge_projections(std::move(once)),
                    *project(scan(0, kTwo), list(gt(cast(string_col(1), Double), lit(1.0))))));
}

TEST_CASE("an aggregate takes in the projection below it") {
  NodePtr plan = aggregate(project(scan(0, kTwo), list(string_col(1), add(int_col(0), lit(1)))), list(string_col(0)),
                           calls(aggregate_call(kSum, BigInt, list(int_col(1)))));
  const NodePtr expected =
      aggregate(scan(0, kTwo), list(string_col(1)), calls(aggregate_call(kSum, BigInt, list(add(int_col(0), lit(1))))));
  CHECK(plan::equal(*merge_projections(std::move(plan)), *expected));
}
