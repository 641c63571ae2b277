#include "compiler/driver/bench/bench_job.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "compiler/base/letter_case.h"
#include "runtime/base/clock.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/query_runner.h"

namespace millrace {

namespace {

constexpr std::chrono::seconds kLongestCompilation{20};
/// Rows of a batch wait for different times; so many of them stand for all.
constexpr int64_t kRowsThatStandForABatch = 8;
/// Adding up what all states hold takes a while.
constexpr int64_t kBatchesAMemoryLook = 64;
/// A query has kept up with its input if it was done within so much of the whole time, or so much, after the last row.
constexpr double kLateShare = 0.03;
constexpr int64_t kLateNs = 20'000'000;

/// As the query's own sink, it wants the rows that a console would show; drops them.
class DroppingSink final : public Sink {
 public:
  /// `bytes` counts those of the results.
  DroppingSink(const abi::QuerySpec& query, int64_t* bytes) : is_table_(query.sink.format == abi::OutputFormat::Table), bytes_(bytes) {}
  Status open() override { return {}; }
  int64_t rows_wanted() const override { return is_table_ ? kTableRows : -1; }
  SinkResult write(const SinkBatch& batch) override {
    *bytes_ += batch.rows->size;
    return {};
  }
  Status close() override { return {}; }

 private:
  static constexpr int64_t kTableRows = 20;
  bool is_table_;
  int64_t* bytes_;
};

/// Watches one query of one run; on the query's thread.
class Watch {
 public:
  Watch(double rate, const std::map<std::string_view, int64_t>& started_ns) : rate_(rate), started_ns_(started_ns) {}

  void see(const BatchReport& report) {
    const int64_t before = last_written_ns_ == 0 ? report.query.first_row_ns() : last_written_ns_;
    last_written_ns_ = report.written_ns;
    const int64_t took = rate_ > 0 ? report.written_ns - report.started_ns : report.written_ns - before;
    batch_.add(took);
    ++measure_.batches;
    measure_.rows += report.rows_in;
    measure_.rows_out += report.rows_out;
    measure_.kept_most = std::max(measure_.kept_most, report.query.states().kept_count());
    if (measure_.batches % kBatchesAMemoryLook == 1) measure_.state_bytes_most = std::max(measure_.state_bytes_most, report.query.states().memory_bytes());
    if (rate_ <= 0) {
      record_.add(took, std::max<int64_t>(report.rows_in, 1));
    } else {
      for (const SourceShare& share : report.sources) see_rows(share, report.written_ns);
    }
  }

  RunMeasure finish() {
    measure_.batch = batch_.quantiles();
    measure_.record = record_.quantiles();
    int64_t start_ns = INT64_MAX;
    for (const auto& [name, ns] : started_ns_) start_ns = std::min(start_ns, ns);
    measure_.seconds = static_cast<double>(std::max<int64_t>(last_written_ns_ - start_ns, 1)) / 1e9;
    if (rate_ > 0) {
      int64_t last_due_ns = start_ns;
      for (const auto& [name, rows] : rows_seen_) last_due_ns = std::max(last_due_ns, due_ns(name, rows - 1));
      const auto allowed = std::max(kLateNs, static_cast<int64_t>(kLateShare * static_cast<double>(last_due_ns - start_ns)));
      measure_.kept_up = last_written_ns_ - last_due_ns <= allowed;
    }
    return measure_;
  }

 private:
  int64_t due_ns(std::string_view stream, int64_t row) const {
    return started_ns_.at(stream) + static_cast<int64_t>(static_cast<double>(row) / rate_ * 1e9);
  }

  void see_rows(const SourceShare& share, int64_t written_ns) {
    int64_t& seen = rows_seen_[share.name];
    const int64_t parts = std::min(share.rows, kRowsThatStandForABatch);
    for (int64_t i = 0; i < parts; ++i) {
      const int64_t from = share.rows * i / parts, to = share.rows * (i + 1) / parts;
      record_.add(written_ns - due_ns(share.name, seen + (from + to - 1) / 2), to - from);
    }
    seen += share.rows;
  }

  double rate_;
  const std::map<std::string_view, int64_t>& started_ns_;
  std::map<std::string_view, int64_t> rows_seen_;
  Distribution batch_;
  Distribution record_;
  RunMeasure measure_;
  int64_t last_written_ns_ = 0;
};

Status failure_of(const RunSummary& summary) {
  for (const QuerySummary& query : summary.queries) {
    if (!query.error.empty()) return Status::error(query.name + ": " + query.error);
  }
  return {};
}

}  // namespace

RunOptions BenchJob::options(int64_t batch_rows) const {
  RunOptions options;
  options.work = &script_.sharing;
  options.dead_letters = false;
  options.batch_rows = batch_rows;
  const auto is_auto = [](const abi::QuerySpec& query) { return query.trigger.kind == abi::TriggerKind::Auto; };
  const std::vector<abi::QuerySpec>& queries = script_.program.queries;
  // A latency target that the queries state stays theirs.
  if (batch_rows == 0 && !std::all_of(queries.begin(), queries.end(), is_auto)) options.trigger = abi::TriggerSpec{};
  options.notice = [](std::string_view) {};
  return options;
}

int64_t BenchJob::rows() const {
  int64_t rows = 0;
  for (const auto& [name, recording] : recordings_) rows = std::max(rows, recording->rows());
  return rows;
}

Result<std::vector<RunMeasure>> BenchJob::measure(const BenchSetting& setting, int64_t rows, int64_t timeout_us) const {
  std::map<std::string_view, int64_t> started_ns;
  RunOptions run = options(setting.batch_rows);
  run.timeout_us = timeout_us;
  for (const abi::SourceSpec& source : script_.program.sources) {
    if (recordings_.contains(lower_case(source.name))) started_ns[source.name] = 0;
  }
  run.source_factory = [&](const abi::SourceSpec& spec) -> std::unique_ptr<Source> {
    const auto found = recordings_.find(lower_case(spec.name));
    if (found == recordings_.end()) return nullptr;
    const ReplaySource::Options replay{.rows = rows, .rate = setting.rate, .started_ns = &started_ns.at(spec.name)};
    return std::make_unique<ReplaySource>(found->second, replay, ConnectorContext{});
  };
  const std::vector<abi::QuerySpec>& queries = script_.program.queries;
  std::vector<int64_t> bytes_out(queries.size());
  run.sink_factory = [&](const abi::QuerySpec& query) {
    return std::make_unique<DroppingSink>(query, &bytes_out[static_cast<size_t>(&query - queries.data())]);
  };
  std::vector<Watch> watches(queries.size(), Watch(setting.rate, started_ns));
  run.batch_observer = [&](const BatchReport& report) {
    watches[static_cast<size_t>(&report.query.spec() - queries.data())].see(report);
  };
  const Status failed = failure_of(Engine(script_.program, std::move(run)).run());
  if (!failed.ok()) return failed;
  std::vector<RunMeasure> measures;
  for (size_t i = 0; i < watches.size(); ++i) {
    measures.push_back(watches[i].finish());
    measures.back().bytes_out = bytes_out[i];
  }
  return measures;
}

Result<std::vector<BenchJob::Answer>> BenchJob::answers(int64_t batch_rows, int64_t rows) const {
  const std::vector<abi::QuerySpec>& queries = script_.program.queries;
  std::vector<Answer> answers(queries.size());
  RunOptions run = options(batch_rows);
  run.source_factory = [&](const abi::SourceSpec& spec) -> std::unique_ptr<Source> {
    const auto found = recordings_.find(lower_case(spec.name));
    if (found == recordings_.end()) return nullptr;
    return std::make_unique<ReplaySource>(found->second, ReplaySource::Options{.rows = rows}, ConnectorContext{});
  };
  run.sink_factory = [&](const abi::QuerySpec& query) {
    const auto index = static_cast<size_t>(&query - queries.data());
    return std::make_unique<DigestSink>(query, script_.result_keys[index].value_or(std::vector<uint32_t>{}), &answers[index].digest);
  };
  const RunSummary summary = Engine(script_.program, std::move(run)).run();
  const Status failed = failure_of(summary);
  if (!failed.ok()) return failed;
  for (size_t i = 0; i < answers.size(); ++i) answers[i].rows_late = summary.queries[i].rows_late;
  return answers;
}

void BenchJob::await_best_code() const {
  const auto deadline = std::chrono::steady_clock::now() + kLongestCompilation;
  for (const abi::QuerySpec& query : script_.program.queries) {
    if (!query.code->request_optimised) continue;
    query.code->request_optimised();
    while (query.code->optimised_us.load() == 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

}  // namespace millrace
