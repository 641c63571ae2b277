#include "compiler/optimizer/optimizer.h"

#include <catch2/catch.hpp>

#include "compiler/plan/plan_verifier.h"
#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

namespace {

const Schema kIot{{"gt", String}, {"x", Double}, {"t", Timestamp}};
const Schema kUsers{{"name", String}, {"age", BigInt}};

plan::Query query(NodePtr root) {
  plan::Query q;
  q.root = std::move(root);
  q.sources.resize(2);
  q.sources[0].columns = kIot;
  q.sources[1].columns = kUsers;
  return q;
}

}  // namespace

TEST_CASE("filters, windows, joins and projections are optimized together and stay a plan") {
  NodePtr filtered = filter(observe_time(scan(0, kIot), 2), is_not_null(double_col(1)));
  NodePtr windows = window_assign(std::move(filtered), 2, {.size_us = 10, .slide_us = 5});
  NodePtr selected = filter(std::move(windows), like(string_col(0), "%stairs%"));
  NodePtr grouped = aggregate(std::move(selected), list(string_col(0), expr::column(4, "window_end", Timestamp, false)),
                              calls(aggregate_call(kCount, BigInt, {})));
  as_aggregate(grouped).time_key = 1;
  NodePtr joined = join(std::move(grouped), scan(1, kUsers, false), {.left_keys = list(string_col(0)), .right_keys = list(string_col(0))});
  NodePtr root = project(filter(std::move(joined), and_(gt(int_col(4), lit(1)), boolean(true))), list(string_col(0), int_col(2)));
  const plan::Query optimized = optimize(query(std::move(root)));
  plan::verify(optimized);
  const auto& top = std::get<plan::Project>(optimized.root->op);
  const auto& the_join = std::get<plan::Join>(top.input->op);
  CHECK(std::holds_alternative<plan::Filter>(the_join.right->op));
  const plan::Node* left = the_join.left.get();
  if (const auto* below = std::get_if<plan::Project>(&left->op)) left = below->input.get();
  const auto& fused = std::get<plan::Aggregate>(left->op);
  CHECK(fused.window.has_value());
  CHECK(fused.window_has_watermark);
}
