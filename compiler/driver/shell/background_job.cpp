#include "compiler/driver/shell/background_job.h"

#include <algorithm>
#include <chrono>

#include "runtime/base/clock.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/query_runner.h"

namespace millrace {
namespace {

constexpr int64_t kRateWindowNs = 2'000'000'000;

}  // namespace

BackgroundJob::BackgroundJob(std::string name, abi::Program program, RunOptions options, OnEnd on_end)
    : name_(std::move(name)), program_(std::move(program)) {
  for (const abi::QuerySpec& query : program_.queries) {
    if (query.view) view_id_ = query.view->id;
  }
  options.handle_signals = false;
  options.stop_requests = &stop_requests_;
  options.batch_observer = [this](const BatchReport& batch) { note(batch); };
  start_ = older_ = newer_ = {steady_clock_ns(), 0};
  thread_ = std::thread([this, options = std::move(options), on_end = std::move(on_end)] { run(options, on_end); });
}

BackgroundJob::~BackgroundJob() {
  request_stop();
  thread_.join();
}

void BackgroundJob::run(const RunOptions& options, const OnEnd& on_end) {
  const RunSummary summary = Engine(program_, options).run();
  JobReport last;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (const QuerySummary& query : summary.queries) {
      report_.batches = query.batches;
      report_.rows_in = query.rows_in;
      report_.rows_out = query.rows_out;
      if (query.seconds > 0) report_.rows_per_second = static_cast<double>(query.rows_in) / query.seconds;
      if (!query.error.empty()) report_.error = query.error;
    }
    report_.state = summary.failed()              ? JobReport::State::Failed
                    : stop_requests_.load() != 0  ? JobReport::State::Stopped
                                                  : JobReport::State::Ended;
    last = report_;
  }
  on_end(*this, last);
  ended_.notify_all();
}

void BackgroundJob::note(const BatchReport& batch) {
  std::lock_guard<std::mutex> lock(mutex_);
  ++report_.batches;
  report_.rows_in += batch.rows_in;
  report_.rows_out += batch.rows_out;
  report_.watermark_us = batch.query.context().next_watermark_us;
  if (batch.written_ns - newer_.time_ns < kRateWindowNs) return;
  older_ = newer_;
  newer_ = {batch.written_ns, report_.rows_in};
}

bool BackgroundJob::wait(int64_t timeout_ms) {
  std::unique_lock<std::mutex> lock(mutex_);
  return ended_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return report_.state != JobReport::State::Running; });
}

JobReport BackgroundJob::report() const {
  std::lock_guard<std::mutex> lock(mutex_);
  JobReport report = report_;
  if (report.state != JobReport::State::Running) return report;
  const int64_t elapsed_ns = std::max<int64_t>(steady_clock_ns() - older_.time_ns, 1);
  report.rows_per_second = static_cast<double>(report.rows_in - older_.rows_in) * 1e9 / static_cast<double>(elapsed_ns);
  return report;
}

}  // namespace millrace
