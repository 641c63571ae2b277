#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <vector>

#include "compiler/driver/bench/answer_digest.h"
#include "compiler/driver/bench/cost_fit.h"
#include "compiler/driver/bench/distribution.h"
#include "compiler/driver/bench/recording.h"

namespace millrace {
namespace {

std::vector<CostSample> samples_of(double batch_ns, double row_ns, double noise) {
  std::vector<CostSample> samples;
  int turn = 0;
  for (const double rows : {1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6}) {
    for (int i = 0; i < 5; ++i) samples.push_back({rows, (batch_ns + row_ns * rows) * (1 + noise * std::sin(++turn))});
  }
  return samples;
}

TEST_CASE("the cost of a batch is found exactly where nothing disturbs it") {
  const CostFit fit = fit_cost(samples_of(500, 80, 0));
  REQUIRE(fit.ok);
  CHECK(fit.batch_ns == Approx(500));
  CHECK(fit.row_ns == Approx(80));
  CHECK(fit.batch_error_ns == Approx(0).margin(1e-6));
}

TEST_CASE("disturbed runs hardly move the cost of a batch") {
  std::vector<CostSample> samples = samples_of(500, 80, 0.02);
  samples[2].ns *= 10;
  samples[17].ns *= 4;
  samples[30].ns *= 7;
  const CostFit fit = fit_cost(samples);
  CHECK(fit.batch_ns == Approx(500).epsilon(0.05));
  CHECK(fit.row_ns == Approx(80).epsilon(0.05));
  CHECK(fit.batch_error_ns > 0);
  CHECK(fit.batch_error_ns < 100);
}

TEST_CASE("one size of batches says nothing of what a batch costs") {
  CHECK_FALSE(fit_cost(std::vector<CostSample>{{10, 100}, {10, 101}}).ok);
  CHECK_FALSE(fit_cost({}).ok);
}

TEST_CASE("costs are never negative") {
  const CostFit fit = fit_cost(std::vector<CostSample>{{1, 50}, {100, 9000}, {1000, 100000}});
  REQUIRE(fit.ok);
  CHECK(fit.batch_ns >= 0);
  CHECK(fit.row_ns > 0);
}

TEST_CASE("the shortest stable interval is where processing takes as long as arrival") {
  CostFit fit;
  fit.batch_ns = 1e6;
  fit.row_ns = 100;
  const auto interval = stable_interval(fit, 5e6, 0);
  REQUIRE(interval);
  CHECK(interval->seconds == Approx(0.002));  // 10,000 rows: 1 ms + 1 ms
  CHECK(interval->rows == Approx(10'000));
  const auto with_slack = stable_interval(fit, 5e6, 0.2);
  REQUIRE(with_slack);
  CHECK(fit.cost_ns(with_slack->rows) == Approx(0.8e9 * with_slack->seconds));
  CHECK_FALSE(stable_interval(fit, 1e7, 0));
  CHECK_FALSE(stable_interval(fit, 2e7, 0));
  CHECK(stable_interval(fit, 10, 0)->rows == Approx(1));
}

TEST_CASE("quantiles count every duration as often as it was seen") {
  Distribution durations;
  durations.add(10, 98);
  durations.add(1000);
  durations.add(500);
  const Quantiles q = durations.quantiles();
  CHECK(q.p50 == 10);
  CHECK(q.p95 == 10);
  CHECK(q.p99 == 500);
  CHECK(q.max == 1000);
  CHECK(spread_of({3, 1, 2}).median == 2);
  CHECK(spread_of({4, 1, 2, 3}).median == 2.5);
}

TEST_CASE("a row's values are told apart whatever stands in them") {
  std::vector<std::string_view> values;
  split_row(R"({"a":"x,\"y","b":{"c":[1,2]},"d":null})", abi::OutputFormat::Json, &values);
  CHECK(values == std::vector<std::string_view>{R"("a":"x,\"y")", R"("b":{"c":[1,2]})", "\"d\":null"});
  split_row(R"(1,"a ""b"", c",,)", abi::OutputFormat::Csv, &values);
  CHECK(values == std::vector<std::string_view>{"1", R"("a ""b"", c")", "", ""});
}

std::string played(const ReplaySource::Options& options, const std::shared_ptr<const Recording>& recording, size_t buffer_bytes) {
  ReplaySource source(recording, options, {});
  REQUIRE(source.open().ok());
  std::vector<char> buffer(buffer_bytes);
  std::string text;
  for (;;) {
    const ReadResult got = source.read(buffer, -1);
    if (got.kind == ReadResult::Kind::End) return text;
    text.append(buffer.data(), got.bytes);
  }
}

TEST_CASE("a recording is played whole, at any pace, through any buffer") {
  auto recording = std::make_shared<Recording>();
  recording->bytes = "h\n1\n22\n333\n";
  recording->preamble_bytes = 2;
  recording->row_ends = {4, 7, 11};
  CHECK(played({}, recording, 100) == "h\n1\n22\n333\n");
  CHECK(played({.rows = 2}, recording, 100) == "h\n1\n22\n");
  CHECK(played({.rate = 1000}, recording, 2) == "h\n1\n22\n333\n");
  const auto before = std::chrono::steady_clock::now();
  CHECK(played({.rate = 100}, recording, 100) == "h\n1\n22\n333\n");
  CHECK(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(20));  // the third row is due then
}

}  // namespace
}  // namespace millrace
