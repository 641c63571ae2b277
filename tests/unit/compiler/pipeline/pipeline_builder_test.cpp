#include <catch2/catch.hpp>

#include "compiler/base/sql_error.h"
#include "compiler/pipeline/pipeline.h"

using namespace millrace;

namespace {

plan::NodePtr node_of(plan::Node::Op op, Schema schema, bool is_stream) {
  auto node = std::make_unique<plan::Node>();
  node->op = std::move(op);
  node->schema = std::move(schema);
  node->is_stream = is_stream;
  return node;
}

plan::NodePtr scan(uint32_t relation, const std::string& name, bool is_stream) {
  return node_of(plan::Scan{relation, name, is_stream, {0}}, {{"k", TypeKind::BigInt, true}}, is_stream);
}

plan::Query query_over(std::vector<std::string> names) {
  plan::Query query;
  query.name = "q";
  for (const std::string& name : names) {
    plan::Source source;
    source.spec.name = name;
    source.columns = {{"k", TypeKind::BigInt, true}};
    query.sources.push_back(std::move(source));
  }
  return query;
}

plan::NodePtr aggregate_over(plan::NodePtr input, std::vector<uint64_t> sets) {
  plan::Aggregate aggregate;
  aggregate.keys.push_back(expr::column(0, "k", TypeKind::BigInt, true));
  aggregate.emits_grouping_id = sets.size() > 1;
  aggregate.grouping_sets = std::move(sets);
  bool is_stream = input->is_stream;
  aggregate.input = std::move(input);
  return node_of(std::move(aggregate), {{"k", TypeKind::BigInt, true}}, is_stream);
}

}  // namespace

TEST_CASE("an aggregate cuts its pipeline in two: per block and per batch") {
  plan::Query query = query_over({"s"});
  query.mode = abi::EmitMode::Update;
  query.root = aggregate_over(scan(0, "s", true), {1});
  pipeline::PhysicalQuery physical = pipeline::build_pipelines(query);
  REQUIRE(physical.pipelines.size() == 2);
  CHECK(pipeline::describe(physical, physical.pipelines[0]) == "scan s (k) -> aggregate #1");
  CHECK(physical.pipelines[0].phase == abi::Phase::Stream);
  CHECK(pipeline::describe(physical, physical.pipelines[1]) == "groups #1 -> output");
  CHECK(physical.pipelines[1].phase == abi::Phase::Emit);
  const auto& state = std::get<pipeline::AggregateState>(physical.states[1]);
  CHECK(state.spec.what == abi::EmitWhat::Touched);
  CHECK_FALSE(state.rolls_up);
}

TEST_CASE("several grouping sets roll up by a function of their own, after the pipelines") {
  plan::Query query = query_over({"s"});
  query.mode = abi::EmitMode::Complete;
  query.root = aggregate_over(scan(0, "s", true), {1, 0});
  pipeline::PhysicalQuery physical = pipeline::build_pipelines(query);
  abi::QuerySpec spec;
  abi::QuerySharing sharing;
  pipeline::fill_program(physical, spec, sharing);
  const auto& aggregate = std::get<abi::AggregateSpec>(spec.states[1]);
  CHECK(aggregate.rollup_entry == 2);
  CHECK(aggregate.what == abi::EmitWhat::All);
  CHECK(aggregate.rollup_entry_size > aggregate.entry_size);
}

TEST_CASE("a join's build side is set up before the stream runs") {
  plan::Query query = query_over({"s", "t"});
  plan::Join join;
  join.left = scan(0, "s", true);
  join.right = scan(1, "t", false);
  join.left_keys.push_back(expr::column(0, "k", TypeKind::BigInt, true));
  join.right_keys.push_back(expr::column(0, "k", TypeKind::BigInt, true));
  query.root = node_of(std::move(join), {{"k", TypeKind::BigInt, true}, {"k", TypeKind::BigInt, true}}, true);
  pipeline::PhysicalQuery physical = pipeline::build_pipelines(query);
  REQUIRE(physical.pipelines.size() == 2);
  CHECK(physical.pipelines[0].phase == abi::Phase::Setup);
  CHECK(physical.pipelines[0].finish_slots == std::vector<int32_t>{0});
  CHECK(pipeline::describe(physical, physical.pipelines[1]) == "scan s (k) -> inner join probe #0 -> output");
}

TEST_CASE("a second LIMIT on a stream is refused, not run wrongly") {
  plan::Query query = query_over({"s"});
  auto inner = node_of(plan::Limit{scan(0, "s", true), 5, 0}, {{"k", TypeKind::BigInt, true}}, true);
  query.root = node_of(plan::Limit{std::move(inner), 3, 0}, {{"k", TypeKind::BigInt, true}}, true);
  CHECK_THROWS_AS(pipeline::build_pipelines(query), SqlError);
}
