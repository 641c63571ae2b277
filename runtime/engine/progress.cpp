#include "runtime/engine/progress.h"

#include <fmt/format.h>

#include <ctime>

#include "runtime/base/clock.h"
#include "runtime/base/write_all.h"

namespace millrace {

namespace {

// A live line that changes faster cannot be read, and costs a write a batch.
constexpr int64_t kLineEveryNs = 100'000'000;

std::string iso_time(int64_t us) {
  auto seconds = static_cast<time_t>(us >= 0 ? us / 1'000'000 : (us - 999'999) / 1'000'000);
  int64_t ms = (us - int64_t{seconds} * 1'000'000) / 1000;
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec, ms);
}

bool is_instant(int64_t watermark_us) { return watermark_us != INT64_MIN && watermark_us < INT64_MAX - 1; }

std::string duration_text(int64_t ns) {
  if (ns < 1'000'000) return fmt::format("{:.0f} us", static_cast<double>(ns) / 1e3);
  if (ns < 1'000'000'000) return fmt::format("{:.1f} ms", static_cast<double>(ns) / 1e6);
  return fmt::format("{:.2f} s", static_cast<double>(ns) / 1e9);
}

std::string count_text(double count) {
  if (count < 10'000) return fmt::format("{:.0f}", count);
  if (count < 10'000'000) return fmt::format("{:.1f}k", count / 1e3);
  return fmt::format("{:.1f}M", count / 1e6);
}

std::string bytes_text(int64_t bytes) {
  if (bytes < 1'000'000) return fmt::format("{:.0f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

double per_second(int64_t rows, int64_t ns) { return ns <= 0 ? 0 : static_cast<double>(rows) * 1e9 / static_cast<double>(ns); }

std::string json_text(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace

namespace {

std::string sources_json(const BatchReport& batch) {
  std::string list;
  for (const SourceShare& source : batch.sources) {
    if (!list.empty()) list += ", ";
    list += fmt::format("{{\"description\": {}, \"numInputRows\": {}}}", json_text(source.name), source.rows);
  }
  return list;
}

/// What AUTO made of a latency target; empty for other queries.
std::string pace_json(const QueryRunner& query) {
  const auto& pacer = query.pacer();
  if (!pacer) return "";
  return fmt::format("\"autoBatch\": {{\"latencyTargetMs\": {:.3f}, \"maxRows\": {}, \"waitMs\": {:.3f}}}, ", static_cast<double>(pacer->target_us()) / 1e3,
                     pacer->rows_max(), static_cast<double>(pacer->wait_us()) / 1e3);
}

}  // namespace

std::string progress_json(const BatchReport& batch, const std::string& run_id) {
  const abi::PipelineContext& context = batch.query.context();
  const abi::QuerySpec& spec = batch.query.spec();
  auto ms = [](int64_t from_ns, int64_t to_ns) { return static_cast<double>(to_ns - from_ns) / 1e6; };
  int64_t whole_ns = batch.written_ns - batch.started_ns;
  std::string event_time = "{}";
  if (is_instant(context.watermark_us)) event_time = "{\"watermark\": " + json_text(iso_time(context.watermark_us)) + "}";
  return fmt::format(
      "{{\"id\": {}, \"runId\": {}, \"name\": {}, \"timestamp\": {}, \"batchId\": {}, \"numInputRows\": {}, "
      "\"inputRowsPerSecond\": {:.1f}, \"processedRowsPerSecond\": {:.1f}, "
      "\"durationMs\": {{\"triggerExecution\": {:.3f}, \"addBatch\": {:.3f}, \"emit\": {:.3f}, \"write\": {:.3f}}}, "
      "\"compileMs\": {:.3f}, {}\"eventTime\": {}, "
      "\"stateOperators\": [{{\"numRowsTotal\": {}, \"numRowsUpdated\": {}, \"numRowsDroppedByWatermark\": {}, "
      "\"memoryUsedBytes\": {}}}], \"sources\": [{}], \"numErrorRows\": {}, \"sink\": {{\"description\": {}, \"numOutputRows\": {}}}}}\n",
      json_text(spec.name), json_text(run_id), json_text(spec.name), json_text(iso_time(context.batch_time_us)), batch.batch_id,
      batch.rows_in, per_second(batch.query.rows_in(), batch.written_ns - batch.query.first_row_ns()),
      per_second(batch.rows_in, whole_ns), ms(batch.started_ns, batch.written_ns), ms(batch.started_ns, batch.fed_ns),
      ms(batch.fed_ns, batch.computed_ns), ms(batch.computed_ns, batch.written_ns), spec.compile_ms, pace_json(batch.query), event_time,
      batch.query.states().kept_count(), batch.query.states().shown_count(), context.rows_late,
      batch.query.states().memory_bytes(), sources_json(batch), context.rows_bad, json_text(spec.sink.connector), batch.rows_out);
}

std::string summary_line(const QuerySummary& query) {
  std::string line = fmt::format("{}: {} batch{}, {} rows in, {} out, {} late, {} bad", query.name, query.batches,
                                 query.batches == 1 ? "" : "es", query.rows_in, query.rows_out, query.rows_late, query.rows_bad);
  if (query.texts_replaced > 0) line += fmt::format(", {} text{} with U+FFFD for what is not UTF-8", query.texts_replaced, query.texts_replaced == 1 ? "" : "s");
  if (query.seconds > 0) {
    double rate = static_cast<double>(query.rows_in) / query.seconds;
    line += fmt::format(", {:.3f} s, {} rows/s", query.seconds, count_text(rate));
  }
  if (query.join_rows_most > 0) {
    line += fmt::format(", joins kept up to {} rows in {}", count_text(static_cast<double>(query.join_rows_most)),
                        bytes_text(query.join_bytes_most));
  }
  line += fmt::format(", latency p50 {} p99 {}", duration_text(query.latency_p50_ns), duration_text(query.latency_p99_ns));
  line += fmt::format(", SQL to native code {:.1f} ms (tier {})", query.compile_ms, query.tier);
  if (query.reader_gone) line += ", ended as nobody read its output";
  if (!query.error.empty()) line += ", FAILED";
  return line + '\n';
}

std::string checkpoint_line(const CheckpointCosts& costs) {
  if (costs.taken == 0 && costs.restore_ns == 0) return {};
  std::string line = fmt::format("checkpoints: {}", costs.taken);
  if (costs.taken > 0) line += fmt::format(", the last of {}, {} of it written", bytes_text(costs.bytes), bytes_text(costs.bytes_written));
  if (costs.hold_longest_ns > 0) line += ", held up for at most " + duration_text(costs.hold_longest_ns);
  if (costs.restore_ns > 0) line += ", went on from one after " + duration_text(costs.restore_ns);
  return line + '\n';
}

Progress::Progress(ProgressMode mode, int fd) : mode_(mode), fd_(fd) {
  run_id_ = fmt::format("{:016x}", wall_clock_us());
}

void Progress::report(const BatchReport& batch) {
  if (mode_ == ProgressMode::None) return;
  std::lock_guard<std::mutex> lock(mutex_);
  if (mode_ == ProgressMode::Json) return write(progress_json(batch, run_id_));
  if (batch.written_ns - last_line_ns_ < kLineEveryNs) return;
  last_line_ns_ = batch.written_ns;
  write(live_line(batch));
}

std::string Progress::live_line(const BatchReport& batch) {
  const abi::PipelineContext& context = batch.query.context();
  const LatencyHistogram& latency = batch.query.latency();
  std::string watermark = is_instant(context.watermark_us) ? iso_time(context.watermark_us) : "-";
  live_line_shown_ = true;
  double rate = per_second(batch.query.rows_in(), batch.written_ns - batch.query.first_row_ns());
  std::string pace;
  if (const auto& pacer = batch.query.pacer()) {
    pace = fmt::format(" | target {}: batches up to {} rows, waiting {}", duration_text(pacer->target_us() * 1000), count_text(static_cast<double>(pacer->rows_max())),
                       duration_text(pacer->wait_us() * 1000));
  }
  return fmt::format("\r\x1b[K{}: batch {} | {} rows in | {} rows/s | p50 {} p99 {} | watermark {} | state {} | errors {} | late {}{}",
                     batch.query.spec().name, batch.batch_id, batch.query.rows_in(), count_text(rate),
                     duration_text(latency.quantile_ns(0.5)), duration_text(latency.quantile_ns(0.99)), watermark,
                     batch.query.states().kept_count(), context.rows_bad, context.rows_late, pace);
}

void Progress::erase_live_line(std::string& text) {
  if (live_line_shown_) text.insert(0, "\r\x1b[K");
  live_line_shown_ = false;
}

void Progress::notice(std::string_view text) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::string line = fmt::format("millrace: {}\n", text);
  erase_live_line(line);
  write(line);
}

void Progress::finish(const RunSummary& run, bool summary) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::string text;
  if (live_line_shown_) text = "\n";
  live_line_shown_ = false;
  for (const QuerySummary& query : run.queries) {
    if (summary) text += summary_line(query);
  }
  if (summary) text += checkpoint_line(run.checkpoints);
  write(text);
}

void Progress::write(const std::string& text) { (void)write_all(fd_, text.data(), text.size()); }

}  // namespace millrace
