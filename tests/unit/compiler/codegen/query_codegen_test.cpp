#include <catch2/catch.hpp>

#include "compiler/functions/function_catalog.h"
#include "tests/unit/compiler/codegen/query_harness.h"

using namespace millrace;
using namespace millrace::testing;

namespace {

plan::NodePtr node_of(plan::Node::Op op, Schema schema) {
  auto node = std::make_unique<plan::Node>();
  node->op = std::move(op);
  node->schema = std::move(schema);
  node->is_stream = true;
  return node;
}

expr::ExprPtr real(double v) { return expr::make(expr::Literal{v}, TypeKind::Double, false); }

plan::NodePtr filter_greater(plan::NodePtr input, uint32_t column, double bound) {
  auto predicate = expr::make(expr::Comparison{expr::ComparisonOp::Greater, PlanBuilder::col(*input, column), real(bound)},
                              TypeKind::Boolean, true);
  Schema schema = input->schema;
  return node_of(plan::Filter{std::move(input), std::move(predicate)}, schema);
}

plan::AggregateCall call_of(const char* name, std::vector<expr::ExprPtr> arguments, bool distinct = false) {
  std::vector<SqlType> types;
  for (const auto& a : arguments) types.push_back(a->type);
  auto bound = bind_aggregate(name, types);
  REQUIRE(bound.failure == BindFailure::None);
  plan::AggregateCall call;
  call.function = bound.overload.function;
  call.arguments = std::move(arguments);
  call.type = bound.overload.result;
  call.distinct = distinct;
  return call;
}

constexpr const char* kLines =
    "{\"gt\": \"walk\", \"x\": 0.75, \"n\": 1}\n"
    "{\"gt\": \"sit\", \"x\": 0.25, \"n\": 2}\n"
    "{\"gt\": \"walk\", \"x\": 1.5, \"n\": 3}\n"
    "{\"x\": 2.5, \"gt\": \"sit\", \"n\": 4}\n"
    "{\"gt\": \"st\\u0061nd\", \"x\": null, \"n\": 5}\n"
    "not json\n"
    "{\"gt\": \"walk\", \"x\": 1e0, \"n\": 9223372036854775807}\n";

Schema columns() {
  return {{"gt", TypeKind::String, true}, {"x", TypeKind::Double, true}, {"n", TypeKind::BigInt, true}};
}

}  // namespace

TEST_CASE("a filter and a projection of a json stream come out as json") {
  for (Tier tier : {Tier::Fast, Tier::Optimised}) {
    PlanBuilder builder(columns(), abi::Format::Json);
    builder.query.root = filter_greater(builder.scan(), 1, 0.5);
    RunResult result = run_json(builder.query, kLines, tier);
    CHECK(result.output ==
          "{\"gt\":\"walk\",\"x\":0.75,\"n\":1}\n"
          "{\"gt\":\"walk\",\"x\":1.5,\"n\":3}\n"
          "{\"gt\":\"sit\",\"x\":2.5,\"n\":4}\n"
          "{\"gt\":\"walk\",\"x\":1.0,\"n\":9223372036854775807}\n");
    CHECK(result.rows_bad == 1);
  }
}

TEST_CASE("a malformed line is a row of NULLs, and is counted") {
  for (Tier tier : {Tier::Fast, Tier::Optimised}) {
    PlanBuilder builder(columns(), abi::Format::Json);
    builder.query.root = builder.scan();
    RunResult result = run_json(builder.query, "nonsense\n{\"gt\":\"a\",\"x\":1,\"n\":01}\n", tier);
    CHECK(result.output == "{\"gt\":null,\"x\":null,\"n\":null}\n{\"gt\":null,\"x\":null,\"n\":null}\n");
    CHECK(result.rows_bad == 2);
  }
}

TEST_CASE("groups are shown in order of first arrival, NULL among them") {
  for (Tier tier : {Tier::Fast, Tier::Optimised}) {
    PlanBuilder builder(columns(), abi::Format::Json);
    auto scan = builder.scan();
    plan::Aggregate aggregate;
    aggregate.keys.push_back(PlanBuilder::col(*scan, 0));
    aggregate.grouping_sets = {1};
    std::vector<expr::ExprPtr> none, x, n;
    x.push_back(PlanBuilder::col(*scan, 1));
    n.push_back(PlanBuilder::col(*scan, 2));
    aggregate.calls.push_back(call_of("count", std::move(none)));
    aggregate.calls.push_back(call_of("avg", std::move(x)));
    aggregate.calls.push_back(call_of("max", std::move(n)));
    aggregate.input = std::move(scan);
    builder.query.mode = abi::EmitMode::Complete;
    builder.query.root = node_of(std::move(aggregate), {{"gt", TypeKind::String, true},
                                                        {"count", TypeKind::BigInt, false},
                                                        {"avg", TypeKind::Double, true},
                                                        {"max", TypeKind::BigInt, true}});
    RunResult result = run_json(builder.query, kLines, tier);
    CHECK(result.output ==
          "{\"gt\":\"walk\",\"count\":3,\"avg\":1.0833333333333333,\"max\":9223372036854775807}\n"
          "{\"gt\":\"sit\",\"count\":2,\"avg\":1.375,\"max\":4}\n"
          "{\"gt\":\"stand\",\"count\":1,\"avg\":null,\"max\":5}\n"
          "{\"gt\":null,\"count\":1,\"avg\":null,\"max\":null}\n");
  }
}

TEST_CASE("a cube is rolled up from its finest groups") {
  for (Tier tier : {Tier::Fast, Tier::Optimised}) {
    PlanBuilder builder({{"a", TypeKind::String, true}, {"b", TypeKind::BigInt, true}}, abi::Format::Json);
    auto scan = builder.scan();
    plan::Aggregate aggregate;
    aggregate.keys.push_back(PlanBuilder::col(*scan, 0));
    aggregate.keys.push_back(PlanBuilder::col(*scan, 1));
    aggregate.grouping_sets = {3, 1, 2, 0};
    aggregate.emits_grouping_id = true;
    std::vector<expr::ExprPtr> none, b;
    b.push_back(PlanBuilder::col(*scan, 1));
    aggregate.calls.push_back(call_of("count", std::move(none)));
    aggregate.calls.push_back(call_of("count", std::move(b), true));
    aggregate.input = std::move(scan);
    builder.query.mode = abi::EmitMode::Complete;
    builder.query.root = node_of(std::move(aggregate), {{"a", TypeKind::String, true},
                                                        {"b", TypeKind::BigInt, true},
                                                        {"id", TypeKind::BigInt, false},
                                                        {"n", TypeKind::BigInt, false},
                                                        {"d", TypeKind::BigInt, false}});
    RunResult result = run_json(builder.query, "{\"a\":\"p\",\"b\":1}\n{\"a\":\"q\",\"b\":1}\n{\"a\":\"p\",\"b\":1}\n", tier);
    CHECK(result.output ==
          "{\"a\":\"p\",\"b\":1,\"id\":0,\"n\":2,\"d\":1}\n"
          "{\"a\":\"p\",\"b\":null,\"id\":1,\"n\":2,\"d\":1}\n"
          "{\"a\":null,\"b\":1,\"id\":2,\"n\":3,\"d\":1}\n"
          "{\"a\":null,\"b\":null,\"id\":3,\"n\":3,\"d\":1}\n"
          "{\"a\":\"q\",\"b\":1,\"id\":0,\"n\":1,\"d\":1}\n"
          "{\"a\":\"q\",\"b\":null,\"id\":1,\"n\":1,\"d\":1}\n");
  }
}

TEST_CASE("sliding windows are kept as panes, late rows are dropped and counted") {
  for (Tier tier : {Tier::Fast, Tier::Optimised}) {
    PlanBuilder builder({{"t", TypeKind::Timestamp, true}}, abi::Format::Json);
    auto scan = builder.scan();
    plan::Aggregate aggregate;
    aggregate.window = plan::WindowSpec{10'000'000, 5'000'000, 0};
    aggregate.window_time = PlanBuilder::col(*scan, 0);
    aggregate.window_has_watermark = true;
    aggregate.grouping_sets = {0};
    std::vector<expr::ExprPtr> none;
    aggregate.calls.push_back(call_of("count", std::move(none)));
    aggregate.input = std::move(scan);
    builder.query.mode = abi::EmitMode::Append;
    builder.query.root = node_of(std::move(aggregate), {{"s", TypeKind::Timestamp, false},
                                                        {"e", TypeKind::Timestamp, false},
                                                        {"n", TypeKind::BigInt, false}});
    RunResult result = run_json(builder.query, "{\"t\":12}\n{\"t\":14}\n{\"t\":16}\n{\"t\":3}\n{\"t\":null}\n", tier, 11'000'000);
    CHECK(result.rows_late == 1);
    CHECK(result.output ==
          "{\"s\":\"1970-01-01 00:00:05\",\"e\":\"1970-01-01 00:00:15\",\"n\":2}\n"
          "{\"s\":\"1970-01-01 00:00:10\",\"e\":\"1970-01-01 00:00:20\",\"n\":3}\n"
          "{\"s\":\"1970-01-01 00:00:15\",\"e\":\"1970-01-01 00:00:25\",\"n\":1}\n");
  }
}
