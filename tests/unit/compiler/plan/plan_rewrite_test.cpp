#include "compiler/plan/plan_rewrite.h"

#include <catch2/catch.hpp>

#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

namespace {

NodePtr sample(int64_t limit) {
  NodePtr joined = join(filter(scan(0, kTwo), gt(int_col(0), lit(limit))), scan(1, kTwo, false),
                        {.left_keys = list(int_col(0)), .right_keys = list(int_col(0)), .condition = eq(string_col(1), string_col(3))});
  return aggregate(std::move(joined), list(string_col(1)), calls(aggregate_call(kCount, BigInt, list(int_col(2)))));
}

}  // namespace

TEST_CASE("a cloned plan equals its original") {
  const NodePtr original = sample(1);
  CHECK(plan::equal(*original, *plan::clone(*original)));
}

TEST_CASE("plans differ when an expression, an input or an operator's own data differs") {
  CHECK_FALSE(plan::equal(*sample(1), *sample(2)));
  CHECK_FALSE(plan::equal(*scan(0, kTwo), *scan(1, kTwo)));
  NodePtr sets = sample(1);
  as_aggregate(sets).grouping_sets = {1, 0};
  CHECK_FALSE(plan::equal(*sample(1), *sets));
}
