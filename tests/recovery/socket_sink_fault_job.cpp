#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "tests/recovery/fault_jobs.h"
#include "tests/recovery/local_listener.h"
#include "tests/recovery/process.h"

namespace millrace::recovery {

namespace {

constexpr int kRowsRead = 400;
constexpr int kRowsOfBatch = 20;

std::string sent_line(int number) { return "{\"id\":" + std::to_string(number) + ",\"text\":\"row " + std::to_string(number) + " of a file\"}"; }

/// Reads from whoever connects, one after the other, and keeps the text of each connection by itself.
class LineReader {
 public:
  LineReader() : listener_(listen_locally(&port_)), thread_([this] { read_all(); }) {}
  ~LineReader() {
    stops_ = true;
    thread_.join();
    ::close(listener_);
  }
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  int port() const { return port_; }

  /// What has come since the last call, once nobody is connected any more. Nothing when somebody stays.
  std::vector<std::string> take() { return texts_.take(); }

 private:
  void read_all() {
    while (!stops_) {
      const int connection = accept_within(listener_, 2);
      if (connection < 0) {
        texts_.settle();  // it was not busy: all who had connected have been read to their end
        continue;
      }
      texts_.add(read_to_end(connection, stops_));
      ::close(connection);
    }
  }

  int port_ = 0;
  int listener_;
  ConnectionTexts texts_;
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

class SocketSinkFaultJob final : public FaultJob {
 public:
  explicit SocketSinkFaultJob(bool reconnects) : reconnects_(reconnects) {}

  const char* name() const override { return reconnects_ ? "socket sink that reconnects" : "socket sink"; }
  bool has_peers() const override { return true; }

  void make(const std::string& folder) override {
    std::string rows;
    for (int row = 0; row < kRowsRead; ++row) rows += sent_line(row) + "\n";
    write_file(folder + "/rows.ndjson", rows);
    write_file(folder + "/job.sql", "CREATE STREAM s (id BIGINT, text STRING) WITH (connector = 'file', path = 'rows.ndjson', format = 'json');\n"
                                    "CREATE SINK out WITH (connector = 'socket', port = " + std::to_string(reader_.port()) +
                                        ", format = 'json', connect_timeout = '2 seconds'" + (reconnects_ ? ", reconnect = true" : "") + ");\n"
                                        "INSERT INTO out SELECT id, text FROM s EMIT APPEND EVERY " + std::to_string(kRowsOfBatch) + " ROWS;\n");
    (void)reader_.take();
    next_ = 0;
  }

  bool take_expected(const std::string&) override { return take_in().empty() && next_ == kRowsRead; }

  /// Whoever reads gets whole lines in their order; after a gap in the connection, or in the job, from some earlier one on.
  std::string problem(const std::string&, bool is_complete) override {
    std::string seen = take_in();
    if (!seen.empty()) return seen;
    return is_complete && next_ != kRowsRead ? "only " + std::to_string(next_) + " rows have arrived" : "";
  }

 private:
  std::string take_in() {
    for (const std::string& text : reader_.take()) {
      int line = -1;
      for (const std::string& got : whole_lines(text)) {
        if (line < 0) {
          for (line = 0; line < next_ && got != sent_line(line);) ++line;
        }
        if (got != sent_line(line)) return "where row " + std::to_string(line) + " should be, or one before it, the reader has: " + got;
        next_ = std::max(next_, ++line);
      }
    }
    return {};
  }

  bool reconnects_;
  LineReader reader_;
  int next_ = 0;  ///< rows before it have arrived
};

}  // namespace

std::unique_ptr<FaultJob> make_socket_sink_fault_job() { return std::make_unique<SocketSinkFaultJob>(false); }
std::unique_ptr<FaultJob> make_reconnecting_sink_fault_job() { return std::make_unique<SocketSinkFaultJob>(true); }

}  // namespace millrace::recovery
