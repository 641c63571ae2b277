#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "runtime/abi/calls/state.h"
#include "runtime/state/group_table.h"

using namespace millrace;

TEST_CASE("a distinct set takes each value once, in order of arrival") {
  GroupTable table({24, true, 16}, nullptr);
  abi::DistinctSet* set = nullptr;
  CHECK(abi::mr_distinct_count(set) == 0);
  for (int round = 0; round < 2; ++round) {
    for (int64_t i = 0; i < 5000; ++i) CHECK(abi::mr_distinct_add_int(&table, &set, i * 977) == (round == 0));
  }
  REQUIRE(abi::mr_distinct_count(set) == 5000);
  for (int64_t i = 0; i < 5000; ++i) CHECK(abi::mr_distinct_int(set, i) == i * 977);
}

TEST_CASE("doubles: NaN equals NaN, zero has one sign") {
  GroupTable table({24, true, 16}, nullptr);
  abi::DistinctSet* set = nullptr;
  CHECK(abi::mr_distinct_add_double(&table, &set, 0.0));
  CHECK_FALSE(abi::mr_distinct_add_double(&table, &set, -0.0));
  CHECK(abi::mr_distinct_add_double(&table, &set, NAN));
  CHECK_FALSE(abi::mr_distinct_add_double(&table, &set, -NAN));
  CHECK(abi::mr_distinct_add_double(&table, &set, 1.5));
  CHECK(abi::mr_distinct_double(set, 2) == 1.5);
}

TEST_CASE("strings are copied") {
  GroupTable table({24, true, 16}, nullptr);
  abi::DistinctSet* set = nullptr;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 300; ++i) {
      std::string text(static_cast<size_t>(i), 'a');
      abi::StringRef value{text.data(), i};
      CHECK(abi::mr_distinct_add_string(&table, &set, &value) == (round == 0));
    }
  }
  abi::StringRef third;
  abi::mr_distinct_string(set, 3, &third);
  CHECK(std::string(third.data, static_cast<size_t>(third.size)) == "aaa");
}
