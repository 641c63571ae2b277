#include "compiler/plan/plan_printer.h"

#include <catch2/catch.hpp>

#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

TEST_CASE("a plan prints a node a line with what it emits") {
  NodePtr input = observe_time(scan(0, {{"gt", String}, {"t", Timestamp}}), 1);
  NodePtr windows = window_assign(std::move(input), 1, {.size_us = 10'000'000, .slide_us = 5'000'000});
  NodePtr root = aggregate(std::move(windows), list(string_col(0, "gt"), col(3, Timestamp, "window_end")),
                           calls(aggregate_call(kCount, BigInt, {})));
  as_aggregate(root).time_key = 1;
  CHECK(plan::print(*root) ==
        "Aggregate by gt, window_end [closed by window_end]: count(*) -> (k0 STRING, k1 TIMESTAMP, count BIGINT) [upsert]\n"
        "  WindowAssign window(c1, size 10s, slide 5s) -> (gt STRING, t TIMESTAMP, window_start TIMESTAMP NOT NULL, "
        "window_end TIMESTAMP NOT NULL) [append] [watermark: window_end]\n"
        "    ObserveTime c1 delay 0s -> (gt STRING, t TIMESTAMP) [append] [watermark: t]\n"
        "      Scan stream r0 -> (gt STRING, t TIMESTAMP) [append]\n");
}

TEST_CASE("grouping sets print as lists of keys") {
  NodePtr root = aggregate(scan(0, {{"a", String}, {"b", String}}, false), list(string_col(0, "a"), string_col(1, "b")), {});
  as_aggregate(root).grouping_sets = {3, 1, 0};
  CHECK_THAT(plan::print(*root), Catch::Contains("Aggregate by a, b sets (a, b), (a), ()"));
}
