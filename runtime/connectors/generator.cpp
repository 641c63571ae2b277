#include "runtime/connectors/generator.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <thread>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/write_all.h"
#include "runtime/connectors/place_text.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
// Reading the clock for each row would cost a tenth of the row.
constexpr size_t kRowsAClockReading = 16;
constexpr int64_t kRowsAtOnce = 64;
constexpr size_t kWriteBytes = size_t{256} << 10;

Status unknown_kind(const std::string& kind) { return Status::error("there is no generator kind '" + kind + "'"); }

int64_t wall_clock_ns() { return wall_clock_us() * 1000; }

}  // namespace

Status GeneratorSource::open() {
  const RecordKind* kind = find_record_kind(options_.kind);
  if (kind == nullptr) return unknown_kind(options_.kind);
  records_ = kind->make({.seed = options_.seed, .table = options_.table, .scale = options_.scale});
  if (records_ == nullptr) return Status::error("the generator kind '" + options_.kind + "' has no table '" + options_.table + "'");
  rows_at_once_ = kind->tables.empty() ? kRowsAtOnce : 1;  // those of tables end: each may be the last one
  if (options_.rate == 0) tick_ns_ = static_cast<double>(records_->tick_at_full_speed_ns());
  else tick_ns_ = static_cast<double>(kSecondNs) / (static_cast<double>(options_.rate) * records_->ticks_a_row());
  started_ns_ = steady_clock_ns();
  return {};
}

std::optional<std::string> GeneratorSource::position() const { return PlaceText().add(rows_made_).take(); }

Status GeneratorSource::resume(std::string_view position) {
  PlaceReader place(position);
  const int64_t rows = place.number();
  if (!place.ok()) return place.status();
  Status opened = open();
  std::vector<char> record(RecordMaker::kLongestRecord);
  while (opened.ok() && rows_made_ < rows && !records_->ended() && !context_.stopping()) {
    (void)records_->append(record.data(), clock_of_row(rows_made_));
    ++rows_made_;
  }
  rows_before_ = rows_made_;
  started_ns_ = steady_clock_ns();
  return opened;
}

int64_t GeneratorSource::rows_due() {
  int64_t limit = options_.rows.value_or(INT64_MAX) - rows_made_;
  if (options_.rate == 0) return limit;
  double elapsed = static_cast<double>(steady_clock_ns() - started_ns_) / static_cast<double>(kSecondNs);
  auto due = static_cast<int64_t>(elapsed * static_cast<double>(options_.rate)) + 1;  // the first at once
  return std::min(limit, due - (rows_made_ - rows_before_));
}

int64_t GeneratorSource::clock_of_row(int64_t row) const {
  if (!options_.start_time_ns) return wall_clock_ns();
  return *options_.start_time_ns + static_cast<int64_t>(static_cast<double>(records_->tick_of_row(row)) * tick_ns_);
}

/// As clock_of_row, of the rows that are made next.
void GeneratorSource::read_clock(std::span<int64_t> times_ns) const {
  if (!options_.start_time_ns) {
    for (size_t i = 0; i < times_ns.size(); ++i) times_ns[i] = i % kRowsAClockReading == 0 ? wall_clock_ns() : times_ns[i - 1];
    return;
  }
  records_->ticks_of_rows(rows_made_, times_ns);
  for (int64_t& time : times_ns) time = *options_.start_time_ns + static_cast<int64_t>(static_cast<double>(time) * tick_ns_);
}

ReadResult GeneratorSource::read(std::span<char> buffer, int64_t timeout_us) {
  if (records_->ended() || (options_.rows && rows_made_ >= *options_.rows)) return ReadResult::end();
  int64_t due = rows_due();
  if (due <= 0) {
    int64_t pause_us = std::max<int64_t>(1'000'000 / std::max<int64_t>(options_.rate, 1), 50);
    sleep_us(context_, timeout_us < 0 ? pause_us : std::min(pause_us, timeout_us));
    due = rows_due();
    if (due <= 0) return ReadResult::nothing();
  }
  char* out = buffer.data();
  const char* const end = buffer.data() + buffer.size();
  const auto longest = static_cast<ptrdiff_t>(records_->longest_record());
  while (due > 0 && end - out >= longest && !records_->ended()) {
    const int64_t rows = std::min({due, rows_at_once_, static_cast<int64_t>((end - out) / longest)});
    int64_t times_ns[kRowsAtOnce];
    read_clock({times_ns, static_cast<size_t>(rows)});
    out = records_->append_some(out, {times_ns, static_cast<size_t>(rows)});
    rows_made_ += rows;
    due -= rows;
  }
  return ReadResult::data(static_cast<size_t>(out - buffer.data()));
}

Status write_records(const GeneratorOptions& options, int fd, const ConnectorContext& context) {
  GeneratorSource source(options, context);
  Status opened = source.open();
  if (!opened.ok()) return opened;
  ignore_broken_pipes();
  std::vector<char> buffer(kWriteBytes);
  while (!context.stopping()) {
    ReadResult got = source.read(buffer, 100'000);
    if (got.kind == ReadResult::Kind::End) return {};
    if (got.bytes == 0) continue;
    WriteOutcome outcome = write_all(fd, buffer.data(), got.bytes);
    if (outcome == WriteOutcome::ReaderGone) return {};
    if (outcome == WriteOutcome::Failed) return system_error("cannot write records");
  }
  return {};
}

namespace {

/// A thread that serves one client. The server closes the connection, after the thread has ended: its number cannot be another's meanwhile.
class Client {
 public:
  Client(int fd, const GeneratorOptions& options, const ConnectorContext& context)
      : fd_(fd), thread_([this, options, &context] {
          (void)write_records(options, fd_, context);  // a client that leaves is no error of the server's
          ::shutdown(fd_, SHUT_WR);
          done_.store(true);
        }) {}
  ~Client() {
    ::shutdown(fd_, SHUT_RDWR);  // wakes a thread that is blocked in a write
    thread_.join();
    ::close(fd_);
  }

  bool done() const { return done_.load(); }

 private:
  int fd_;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace

Status serve_records(const GeneratorOptions& options, const TcpEndpoint& endpoint, const ConnectorContext& context) {
  const RecordKind* kind = find_record_kind(options.kind);
  if (kind == nullptr) return unknown_kind(options.kind);
  auto listening = listen_on(endpoint);
  if (!listening) return listening.error();
  ignore_broken_pipes();
  std::list<Client> clients;
  GeneratorOptions of_client = options;
  while (wait_readable(context, *listening, -1)) {
    clients.remove_if([](const Client& client) { return client.done(); });
    int fd = ::accept4(*listening, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    clients.emplace_back(fd, of_client, context);
    if (kind->tables.empty()) ++of_client.seed;
  }
  ::close(*listening);
  return {};
}

}  // namespace millrace
