#include "runtime/recording/run_recorder.h"

#include "runtime/abi/calls/math.h"
#include "runtime/base/clock.h"
#include "runtime/recording/packed_texts.h"

namespace millrace {

namespace {

using Kind = RecordedEvent::Kind;

}  // namespace

void seed_random_numbers(uint64_t job_seed, uint64_t event_number) { abi::mr_seed_random(job_seed + event_number * 0x9E3779B97F4A7C15u); }

Status RunRecorder::open(const std::string& path) {
  started_ns_ = steady_clock_ns();
  return writer_.open(path);
}

/// Returns the event's number.
uint64_t RunRecorder::put(RecordedEvent event, bool flushes) {
  std::lock_guard<std::mutex> lock(mutex_);
  const uint64_t number = events_++;
  if (is_broken_) return number;
  event.at_ns = steady_clock_ns() - started_ns_;
  Status written = writer_.append(event);
  if (written.ok() && flushes) written = writer_.flush();
  if (written.ok()) return number;
  is_broken_ = true;
  if (notice_) notice_(written.message() + ": the job goes on, what comes now is not recorded");
  return number;
}

/// What the thread computes now draws its random numbers by the event's number.
void RunRecorder::put_with_random(const RecordedEvent& event, bool flushes) { seed_random_numbers(random_seed_, put(event, flushes)); }

void RunRecorder::job(const RecordedJob& job) {
  random_seed_ = job.random_seed;
  put({.kind = Kind::Job, .value = static_cast<int64_t>(job.random_seed),
       .bytes = pack_texts({job.version, job.script_name, job.script, job.base_directory, job.format})}, true);
}

void RunRecorder::schema(const std::string& table, const std::vector<std::string>& columns) {
  put({.kind = Kind::Schema, .origin = table, .bytes = pack_texts(columns)});
}

void RunRecorder::program(const abi::Program& program) {
  std::vector<std::string> names;
  for (const abi::SourceSpec& source : program.sources) names.push_back(source.name);
  for (const abi::QuerySpec& query : program.queries) names.push_back(query.name);
  put({.kind = Kind::Program, .bytes = pack_texts(names)}, true);
}

void RunRecorder::set_up(int32_t query, int64_t wall_us) { put_with_random({.kind = Kind::SetUp, .query = query, .value = wall_us}, true); }

void RunRecorder::received(int32_t source, bool is_table, const ReadResult& result, std::span<const char> buffer) {
  if (result.kind == ReadResult::Kind::Nothing) return;
  std::string_view bytes;
  if (result.kind == ReadResult::Kind::Data) bytes = {buffer.data(), result.bytes};
  if (result.kind == ReadResult::Kind::Failed) bytes = result.status.message();
  put({.kind = is_table ? Kind::TableRead : Kind::Received, .outcome = static_cast<uint8_t>(result.kind), .source = source,
       .origin = result.origin, .bytes = bytes});
}

void RunRecorder::began(int32_t query, int64_t wall_us) { put_with_random({.kind = Kind::Began, .query = query, .value = wall_us}); }

void RunRecorder::fed(int32_t query, int32_t source, int64_t rows) {
  put_with_random({.kind = Kind::Fed, .query = query, .source = source, .value = rows}, true);
}

std::unique_lock<std::mutex> RunRecorder::ending(int32_t query, int64_t wall_us, std::span<const int32_t> ended) {
  std::unique_lock<std::mutex> turn(turn_);
  put_with_random({.kind = Kind::Ending, .query = query, .value = wall_us,
                   .bytes = {reinterpret_cast<const char*>(ended.data()), ended.size_bytes()}}, true);
  return turn;
}

void RunRecorder::failed(int32_t query, std::string_view why) { put({.kind = Kind::Failed, .query = query, .bytes = why}); }

void RunRecorder::finished(int32_t query) { put({.kind = Kind::Finished, .query = query}); }

void RunRecorder::close() {
  put({.kind = Kind::Closed});
  std::lock_guard<std::mutex> lock(mutex_);
  if (is_broken_) return;
  if (Status closed = writer_.close(); !closed.ok() && notice_) notice_(closed.message());
}

}  // namespace millrace
