#include "runtime/engine/batch_pacer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <utility>
#include <vector>

namespace millrace {
namespace {

/// A query whose batches cost `batch_ns` and `row_ns` a row, and a socket in front of it, simulated: rows that arrive while a batch is computed
/// wait, the next batch takes them up to the pacer's bound or waits for more as long as the pacer says.
class Simulation {
 public:
  Simulation(BatchPacer& pacer, double batch_ns, double row_ns) : pacer_(pacer), batch_ns_(batch_ns), row_ns_(row_ns) {}

  /// Offers rows for so long; gives the latencies of the last third's batches: of the batch's oldest row.
  std::vector<double> offer(double rows_per_second, double seconds) {
    const double end = now_ + seconds * 1e9, judged_from = now_ + seconds * 1e9 * 2 / 3;
    std::vector<double> latencies;
    while (now_ < end) {
      if (waiting_ < 1) pass(1e9 / rows_per_second, rows_per_second);
      // The oldest of the rows that wait came when the last batch took its share, at the latest.
      const double oldest = now_ - std::min(waiting_ / rows_per_second * 1e9, now_);
      if (waiting_ < static_cast<double>(pacer_.rows_max())) pass(static_cast<double>(pacer_.wait_us()) * 1e3, rows_per_second);
      const double rows = std::clamp(std::floor(waiting_), 1.0, static_cast<double>(pacer_.rows_max()));
      waiting_ -= rows;
      const double cost = batch_ns_ + row_ns_ * rows;
      pass(cost, rows_per_second);
      pacer_.batch_ended(static_cast<int64_t>(rows), static_cast<int64_t>(cost), static_cast<int64_t>(now_));
      if (now_ > judged_from) latencies.push_back(now_ - oldest);
    }
    return latencies;
  }

 private:
  void pass(double ns, double rows_per_second) {
    now_ += ns;
    waiting_ += ns * rows_per_second / 1e9;
  }

  BatchPacer& pacer_;
  double batch_ns_;
  double row_ns_;
  double now_ = 1;
  double waiting_ = 0;
};

constexpr double kLoads[] = {1e3, 1e5, 5e6, 1e6, 1e4, 5e6, 1e3};

TEST_CASE("a target is kept while the load goes from a thousand to five million rows a second and back") {
  const auto [batch_ns, row_ns] = GENERATE(std::pair{400.0, 80.0}, std::pair{50e3, 100.0}, std::pair{1e6, 20.0});
  CAPTURE(batch_ns, row_ns);
  BatchPacer pacer(5000);
  Simulation query(pacer, batch_ns, row_ns);
  for (const double load : kLoads) {
    CAPTURE(load);
    const std::vector<double> latencies = query.offer(load, 2);
    REQUIRE(!latencies.empty());
    CHECK(*std::max_element(latencies.begin(), latencies.end()) <= 5e6);
  }
}

TEST_CASE("nothing waits where batches cost little") {
  BatchPacer pacer(5000);
  Simulation query(pacer, 400, 80);
  query.offer(100e3, 1);
  CHECK(pacer.wait_us() == 0);
}

TEST_CASE("where a batch costs much, what it costs is paid more seldom as the load grows, and no more often than needed") {
  BatchPacer pacer(20'000);
  Simulation query(pacer, 1e6, 50);
  query.offer(100, 2);
  CHECK(pacer.wait_us() == 0);  // ten milliseconds between rows
  query.offer(5e6, 2);
  // The shortest interval at which it keeps up: 1 ms + 50 ns * 5e6/s * t = 0.8 t gives 1.8 ms.
  CHECK(pacer.wait_us() > 200);
  CHECK(pacer.wait_us() < 8000);
}

TEST_CASE("rows that are all there come in batches that half of the target computes") {
  BatchPacer pacer(5000);
  int64_t now = 1;
  for (int i = 0; i < 200; ++i) {
    const int64_t rows = pacer.rows_max(), busy = 100 * rows;
    pacer.batch_ended(rows, busy, now += busy);
  }
  CHECK(pacer.rows_max() * 100 > 1'250'000);
  CHECK(pacer.rows_max() * 100 <= 2'900'000);
}

TEST_CASE("a target that no batch can keep makes neither waits nor batches of no rows") {
  BatchPacer pacer(1000);
  Simulation query(pacer, 3e6, 100);
  query.offer(1e5, 2);
  CHECK(pacer.wait_us() == 0);
  CHECK(pacer.rows_max() >= 1);
}

}  // namespace
}  // namespace millrace
