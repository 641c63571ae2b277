#include <catch2/catch.hpp>

#include "compiler/optimizer/rules.h"
#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

namespace {

const Schema kTimedUsers{{"gt", String}, {"t", Timestamp}};
constexpr plan::WindowSpec kHop{.size_us = 10'000'000, .slide_us = 5'000'000};

ExprPtr start(uint32_t i) { return expr::column(i, "window_start", Timestamp, false); }
ExprPtr end(uint32_t i) { return expr::column(i, "window_end", Timestamp, false); }
NodePtr source(bool watermark) { return watermark ? observe_time(scan(0, kTimedUsers), 1) : scan(0, kTimedUsers); }
NodePtr windowed(std::vector<ExprPtr> keys, bool watermark = true, plan::WindowSpec window = kHop) {
  return aggregate(window_assign(source(watermark), 1, window), std::move(keys), calls(aggregate_call(kCount, BigInt, {})));
}

/// The aggregate that holds the window and groups by gt.
NodePtr fused_by_gt(bool watermark = true) {
  NodePtr n = aggregate(source(watermark), list(string_col(0)), calls(aggregate_call(kCount, BigInt, {})));
  plan::Aggregate& op = as_aggregate(n);
  op.window = kHop;
  op.window_time = col(1, Timestamp);
  op.window_has_watermark = watermark;
  n->schema.insert(n->schema.begin(), {{"window_start", Timestamp, false}, {"window_end", Timestamp, false}});
  if (watermark) n->watermark_column = 1;
  return n;
}

NodePtr upserts(NodePtr n) {
  n->changes = plan::Changes::Upsert;
  return n;
}

}  // namespace

TEST_CASE("an aggregate by window takes the window in") {
  const NodePtr plan = fuse_windows(windowed(list(start(2), string_col(0), end(3))));
  const NodePtr expected = upserts(project(fused_by_gt(), list(start(0), string_col(2), end(1), int_col(3))));
  CHECK(plan::equal(*plan, *expected));
}

TEST_CASE("a struct of the bounds is a window key too") {
  ExprPtr window = expr::make(expr::MakeStruct{list(start(2), end(3))}, SqlType::window(), false);
  const NodePtr plan = fuse_windows(windowed(list(std::move(window), string_col(0))));
  ExprPtr above = expr::make(expr::MakeStruct{list(start(0), end(1))}, SqlType::window(), false);
  CHECK(plan::equal(*plan, *upserts(project(fused_by_gt(), list(std::move(above), string_col(2), int_col(3))))));
}

TEST_CASE("without a watermark the window is kept for ever") {
  const NodePtr plan = fuse_windows(windowed(list(string_col(0), end(3)), false));
  CHECK(plan::equal(*plan, *upserts(project(fused_by_gt(false), list(string_col(2), end(1), int_col(3))))));
}

TEST_CASE("grouping sets lose the window's bit") {
  NodePtr grouped = windowed(list(end(3), string_col(0)));
  as_aggregate(grouped).grouping_sets = {3, 1};
  grouped = fuse_windows(std::move(grouped));
  const auto& project = std::get<plan::Project>(grouped->op);
  CHECK(std::get<plan::Aggregate>(project.input->op).grouping_sets == std::vector<uint64_t>{1, 0});
}

TEST_CASE("a window stays below when it cannot be a part of the aggregate") {
  const auto unchanged = [](auto make) { return plan::equal(*fuse_windows(make()), *make()); };
  SECTION("a grouping set lacks it") {
    CHECK(unchanged([] {
      NodePtr n = windowed(list(end(3), string_col(0)));
      as_aggregate(n).grouping_sets = {3, 2};
      return n;
    }));
  }
  SECTION("no key names it") {
    CHECK(unchanged([] { return windowed(list(string_col(0))); }));
  }
  SECTION("a call reads it") {
    CHECK(unchanged([] {
      NodePtr n = windowed(list(end(3)));
      as_aggregate(n).calls[0].arguments = list(start(2));
      return n;
    }));
  }
  SECTION("it has too many panes") {
    CHECK(unchanged([] { return windowed(list(end(3)), true, {.size_us = 3'600'000'000, .slide_us = 1'000'000}); }));
  }
}
