#include <catch2/catch.hpp>

#include "compiler/optimizer/rules.h"
#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

namespace {
const Schema kTimed{{"a", BigInt}, {"t", Timestamp}};
}

TEST_CASE("event time is observed only for those who wait for it") {
  CHECK(plan::equal(*drop_unused_observe_time(project(observe_time(scan(0, kTimed), 1), list(int_col(0)))),
                    *project(scan(0, kTimed), list(int_col(0)))));
  const auto waiting = [] {
    NodePtr n = aggregate(observe_time(scan(0, kTimed), 1), list(col(1, Timestamp)), {});
    as_aggregate(n).time_key = 0;
    return n;
  };
  CHECK(plan::equal(*drop_unused_observe_time(waiting()), *waiting()));
}

TEST_CASE("a projection of all columns in order goes, unless it renames the result") {
  NodePtr inner = project(scan(0, kTimed), list(int_col(0), col(1, Timestamp)));
  NodePtr plan = remove_identity_projections(filter(std::move(inner), gt(int_col(0), lit(1))));
  CHECK(plan::equal(*plan, *filter(scan(0, kTimed), gt(int_col(0), lit(1)))));
  const auto renaming = [] { return project(scan(0, kTimed), list(int_col(0), col(1, Timestamp))); };
  CHECK(plan::equal(*remove_identity_projections(renaming()), *renaming()));
  CHECK(plan::equal(*remove_identity_projections(project(scan(0, kTimed), list(col(1, Timestamp)))),
                    *project(scan(0, kTimed), list(col(1, Timestamp)))));
}
