#include <catch2/catch.hpp>

#include "compiler/pipeline/group_cache.h"

using namespace millrace;
using namespace millrace::pipeline;

namespace {

plan::NodePtr table_of(Schema schema) {
  auto node = std::make_unique<plan::Node>();
  node->op = plan::Scan{};
  node->schema = std::move(schema);
  return node;
}

expr::ExprPtr column(uint32_t i, SqlType type = TypeKind::String) { return expr::column(i, "c", type, true); }

/// A join of (k, v) with (k, name) on k, and an aggregate by one key over the joined row.
struct Fixture {
  plan::Join join;
  plan::Aggregate aggregate;
  AggregateState state;
  Pipeline pipeline;

  Fixture(plan::JoinKind kind, uint32_t key, SqlType type = TypeKind::String) {
    join.kind = kind;
    join.left = table_of({{"k", type, true}, {"v", TypeKind::String, true}});
    join.right = table_of({{"k", type, true}, {"name", TypeKind::String, true}});
    join.left_keys.push_back(column(0, type));
    join.right_keys.push_back(column(0, type));
    aggregate.keys.push_back(column(key));
    state.node = &aggregate;
    pipeline.ops.emplace_back(ProbeOp{&join, 7});
  }
};

}  // namespace

TEST_CASE("keys of the build side, or equal to one, are decided by the match") {
  Fixture by_name(plan::JoinKind::Inner, 3);
  CHECK(join_that_decides_group(by_name.pipeline, by_name.state) == 7);
  Fixture by_probe_key(plan::JoinKind::Inner, 0);
  CHECK(join_that_decides_group(by_probe_key.pipeline, by_probe_key.state) == 7);
}

TEST_CASE("keys of the stream alone, left joins, windows and floating keys are not") {
  Fixture by_value(plan::JoinKind::Inner, 1);
  CHECK(join_that_decides_group(by_value.pipeline, by_value.state) == -1);
  Fixture left(plan::JoinKind::Left, 3);
  CHECK(join_that_decides_group(left.pipeline, left.state) == -1);
  Fixture floating(plan::JoinKind::Inner, 0, TypeKind::Double);
  CHECK(join_that_decides_group(floating.pipeline, floating.state) == -1);
  Fixture timed(plan::JoinKind::Inner, 3);
  timed.state.spec.time = abi::TimeKind::Window;
  CHECK(join_that_decides_group(timed.pipeline, timed.state) == -1);
}
