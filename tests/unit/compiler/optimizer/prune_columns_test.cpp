#include <catch2/catch.hpp>

#include "compiler/optimizer/rules.h"
#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

namespace {

const Schema kFour{{"a", BigInt}, {"b", String}, {"c", BigInt}, {"d", String}};

/// A scan of some fields of kFour.
NodePtr scan_of(std::vector<uint32_t> fields, uint32_t relation = 0, bool is_stream = true) {
  Schema schema;
  for (uint32_t f : fields) schema.push_back(kFour[f]);
  NodePtr n = scan(relation, schema, is_stream);
  std::get<plan::Scan>(n->op).fields = std::move(fields);
  return n;
}

}  // namespace

TEST_CASE("a scan reads what the query needs") {
  NodePtr plan = project(filter(scan_of({0, 1, 2, 3}), gt(int_col(2), lit(1))), list(string_col(3)));
  CHECK(plan::equal(*prune_columns(std::move(plan)), *project(filter(scan_of({2, 3}), gt(int_col(0), lit(1))), list(string_col(1)))));
}

TEST_CASE("counting rows needs no field") {
  NodePtr plan = aggregate(scan_of({0, 1, 2, 3}), {}, calls(aggregate_call(kCount, BigInt, {})));
  CHECK(plan::equal(*prune_columns(std::move(plan)), *aggregate(scan_of({}), {}, calls(aggregate_call(kCount, BigInt, {})))));
}

TEST_CASE("calls that nobody reads go, keys stay") {
  NodePtr grouped = aggregate(scan_of({0, 1, 2, 3}), list(string_col(1), string_col(3)),
                              calls(aggregate_call(kSum, BigInt, list(int_col(0))), aggregate_call(kSum, BigInt, list(int_col(2)))));
  NodePtr plan = project(std::move(grouped), list(int_col(3)));
  NodePtr smaller = aggregate(scan_of({1, 2, 3}), list(string_col(0), string_col(2)),
                              calls(aggregate_call(kSum, BigInt, list(int_col(1)))));
  CHECK(plan::equal(*prune_columns(std::move(plan)), *project(std::move(smaller), list(int_col(2)))));
}

TEST_CASE("a join keeps its keys and what is read above") {
  NodePtr joined = join(scan_of({0, 1, 2, 3}), scan_of({0, 1, 2, 3}, 1, false),
                        {.left_keys = list(string_col(1)), .right_keys = list(string_col(1)), .condition = gt(int_col(4), int_col(0))});
  NodePtr plan = project(std::move(joined), list(string_col(7)));
  NodePtr smaller = join(scan_of({0, 1}), scan_of({0, 1, 3}, 1, false),
                         {.left_keys = list(string_col(1)), .right_keys = list(string_col(1)), .condition = gt(int_col(2), int_col(0))});
  CHECK(plan::equal(*prune_columns(std::move(plan)), *project(std::move(smaller), list(string_col(4)))));
}

TEST_CASE("inputs of a union stay aligned") {
  NodePtr united = union_all(scan_of({0, 1, 2, 3}), filter(scan_of({0, 1, 2, 3}, 1), gt(int_col(0), lit(1))));
  NodePtr plan = project(std::move(united), list(int_col(2)));
  NodePtr second = project(filter(scan_of({0, 2}, 1), gt(int_col(0), lit(1))), list(int_col(1)));
  CHECK(plan::equal(*prune_columns(std::move(plan)), *project(union_all(scan_of({2}), std::move(second)), list(int_col(0)))));
}
