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

constexpr int kRowsHeard = 200;  ///< at least, of those that a run without faults sends

/// Connects to whoever listens at a port, time and again, reads to the end, and keeps the text of each connection by itself.
class RowListener {
 public:
  explicit RowListener(int port) : port_(port), thread_([this] { listen_again_and_again(); }) {}
  ~RowListener() {
    stops_ = true;
    thread_.join();
  }
  RowListener(const RowListener&) = delete;
  RowListener& operator=(const RowListener&) = delete;

  /// What has come since the last call, once nobody listens at the port any more. Nothing when somebody stays.
  std::vector<std::string> take() { return texts_.take(); }

 private:
  void listen_again_and_again() {
    while (!stops_) {
      const int connection = connect_locally(port_);
      if (connection < 0) {
        texts_.settle();
        sleep_ms(1);
        continue;
      }
      texts_.add(read_to_end(connection, stops_));
      ::close(connection);
    }
  }

  int port_;
  ConnectionTexts texts_;
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

/// Its client hears whole rows, none left out while a connection lasts, from the row on that was the next when it came.
class ListenSinkFaultJob final : public FaultJob {
 public:
  const char* name() const override { return "listening sink"; }
  bool has_peers() const override { return true; }

  /// The first run also writes the rows to a file.
  void make(const std::string& folder) override {
    const std::string rows = "SELECT Index FROM s WHERE Index IS NOT NULL;\n";
    std::string script = "CREATE STREAM s (Index BIGINT) WITH (connector = 'generator', kind = 'iot', seed = 1, rate = 8000, rows = 400);\n"
                         "CREATE SINK out WITH (connector = 'socket', listen = true, port = " + std::to_string(port_) + ", format = 'json');\n"
                         "INSERT INTO out " + rows;
    if (sent_.empty()) script += "CREATE SINK sent WITH (connector = 'file', path = 'sent.ndjson', format = 'json');\nINSERT INTO sent " + rows;
    write_file(folder + "/job.sql", script);
    (void)listener_.take();
    heard_.assign(sent_.size(), false);
  }

  bool take_expected(const std::string& folder) override {
    sent_ = whole_lines(read_file(folder + "/sent.ndjson"));
    heard_.assign(sent_.size(), false);
    return problem(folder, true).empty() && std::count(heard_.begin(), heard_.end(), true) > kRowsHeard;
  }

  /// What nobody has heard, the job has told: rows that came while nobody was there, or a client that went away before it had everything.
  std::string problem(const std::string& folder, bool is_complete) override {
    for (const std::string& text : listener_.take()) {
      if (std::string seen = hear(text); !seen.empty()) return seen;
    }
    const auto missed = std::count(heard_.begin(), heard_.end(), false);
    if (!is_complete || missed == 0) return "";
    const std::string told = read_file(folder + "/../log");
    const bool is_told = told.find("rows came while nobody was connected") != std::string::npos || told.find("went away before") != std::string::npos;
    return is_told ? "" : "nobody has heard " + std::to_string(missed) + " rows, and nobody was told";
  }

 private:
  std::string hear(const std::string& text) {
    const std::vector<std::string> lines = whole_lines(text);
    if (lines.empty()) return {};
    auto row = std::find(sent_.begin(), sent_.end(), lines[0]);
    for (const std::string& line : lines) {
      if (row == sent_.end() || line != *row) return "a client hears what does not follow: " + line;
      heard_[static_cast<size_t>(row++ - sent_.begin())] = true;
    }
    return {};
  }

  int port_ = free_local_port();
  RowListener listener_{port_};
  std::vector<std::string> sent_;  ///< by a run without faults
  std::vector<bool> heard_;        ///< of those, since the job began
};

}  // namespace

std::unique_ptr<FaultJob> make_listen_sink_fault_job() { return std::make_unique<ListenSinkFaultJob>(); }

}  // namespace millrace::recovery
